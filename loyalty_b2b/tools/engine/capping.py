"""What caps leave of a group's points, and the period in which they count."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from .counting import Count, _count, cap_sums, capped
from .keys import exactly
from .lines import Row
from .rules import Rule
from .ruleset import RuleSet


@exactly
def extend(
    rows: Sequence[Row],
    new: Sequence[Row],
    ruleset: RuleSet,
    rooms: Mapping[int, int] | None = None,
) -> tuple[Count, Count, list[Row]]:
    """Count a group before and after a document, under the caps of its rules.

    What a cap leaves is frozen as a share: a credit takes back, and frees, the same
    share of what it corrects. Each document books what it wants and gets more or less,
    so that documents which did not see each other add up; what they want only
    together is granted once the group is extended by nothing (``new`` empty).

    :param rows: all rows of the group so far, in the order of booking
    :param new: the rows of the document
    :param rooms: points that the wallet may still get, by the root of each capped
        rule, in the period of `cap_days`; a rule left out may give what it wants
    :return: the count before, the count after, and rows of the part 'cap' that have
        to be booked behind ``new``; with them `count` says the same as the second.
        What is used of a cap changes by what these rows give, on their days
    """
    stands = cap_sums(rows)
    before = _count(
        rows, ruleset, lambda rule, wanted: capped(stands.get(rule.id, NONE), wanted)
    )
    grants = _Grants(rows, new, ruleset, dict(rooms or {}))
    after = _count([*rows, *new], ruleset, grants)
    grants.free_the_rest()
    return before, after, grants.rows


def cap_days(
    rows: Sequence[Row], new: Iterable[Row], ruleset: RuleSet
) -> dict[int, datetime.date]:
    """Return the day by which a group counts in the cap of each capped rule.

    It is the one of the document with which the group first earned by the rule: an
    order counts in one period, however its invoices are spread. Where a document
    lets lines of an earlier one earn (a rule that excluded them fell below its
    minimum), it is the day of these.

    :return: root of the rule → day
    """
    days: dict[int, datetime.date] = {}
    for row in (*new, *rows) if ruleset.capped else ():
        if row.rule in ruleset.capped and row.day and row.part != "cap":
            days.setdefault(row.root, row.day)
    stands = cap_sums(rows)
    for row in rows:
        if row.part == "cap" and row.day and any(stands[row.rule]):
            days[row.root] = row.day
    return days


NONE = (0, 0)


class _Grants:
    """Grants what a capped rule wants, as far as there is room."""

    def __init__(
        self,
        rows: Sequence[Row],
        new: Sequence[Row],
        ruleset: RuleSet,
        rooms: dict[int, int],
    ):
        self._stands = cap_sums(rows)
        self._latest = {row.rule: row for row in rows if row.part == "cap"}
        self._days = cap_days(rows, new, ruleset)
        self._group = (*new, *rows)[0].group if new or rows else ""
        self._rooms = rooms
        self._seen: set[int | None] = set()
        self.rows: list[Row] = []

    def __call__(self, rule: Rule, wanted: int) -> int:
        """Return the points that a rule gets of those it wants."""
        stands = self._stands.get(rule.id, NONE)
        given = capped(stands, wanted)
        more = wanted - max(0, stands[0])
        if more > 0:
            if rule.root in self._rooms:
                more = max(0, min(more, self._rooms[rule.root]))
                self._rooms[rule.root] -= more
            given += more
        self._seen.add(rule.id)
        if stands != (wanted, given):
            row = self._row(rule, self._days.get(rule.root))
            self._note(row, wanted - stands[0], given - stands[1])
        return given

    def free_the_rest(self) -> None:
        """Free what rules got for which nothing remains, or which are excluded now."""
        for rule_id, (wanted, given) in self._stands.items():
            if rule_id not in self._seen and (wanted or given):
                self._note(self._latest[rule_id], -wanted, -given)

    def _note(self, row: Row, wanted: int, given: int) -> None:
        """Remember how much more fitted, or less."""
        self.rows.append(replace(row, wanted=wanted, given=given))

    def _row(self, rule: Rule, day: datetime.date | None) -> Row:
        return Row(
            key=f"cap:{rule.id}",
            group=self._group,
            part="cap",
            rule=rule.id,
            root=rule.root,
            version=rule.version,
            day=day,
        )
