"""What caps leave of a group's points, and the period in which they count."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from .counting import Count, _count, capped, count
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
    share of what it corrects.

    :param rows: all rows of the group so far, in the order of booking
    :param new: the rows of the document
    :param rooms: points that the wallet may still get, by the root of each capped
        rule, in the period of `cap_days`; a rule left out may give what it wants
    :return: the count before, the count after, and rows of the part 'cap' that have
        to be booked behind ``new``; with them `count` says the same as the second
    """
    before = count(rows, ruleset)
    grants = _Grants(rows, new, before, dict(rooms or {}))
    after = _count([*rows, *new], ruleset, grants)
    return before, after, grants.rows


def cap_days(
    rows: Sequence[Row], new: Iterable[Row], ruleset: RuleSet
) -> dict[int, datetime.date]:
    """Return the day by which a group counts in the cap of each capped rule.

    It is the one of the document with which the group first earned by the rule: an
    order counts in one period, however its invoices are spread.

    :return: root of the rule → day
    """
    if not ruleset.capped:
        return {}
    days = {}
    for row in new:
        if row.rule in ruleset.capped and row.day:
            days.setdefault(row.root, row.day)
    stands = count(rows, ruleset).caps
    for row in rows:
        if row.part == "cap" and stands.get(row.rule, (0, 0))[0]:
            days[row.root] = row.day
    return days


class _Grants:
    """Grants what a capped rule wants, as far as there is room."""

    def __init__(
        self,
        rows: Sequence[Row],
        new: Sequence[Row],
        before: Count,
        rooms: dict[int, int],
    ):
        self._caps = {row.rule: row for row in rows if row.part == "cap"}
        self._new = new
        self._before = before
        self._rooms = rooms
        self.rows: list[Row] = []

    def __call__(self, rule: Rule, wanted: int) -> int:
        """Return the points that a rule gets of those it wants."""
        stood, given = self._before.caps.get(rule.id, (0, 0))
        if wanted <= stood:
            return capped(self._caps, rule, wanted)
        more = wanted - stood
        if rule.root in self._rooms:
            more = max(0, min(more, self._rooms[rule.root]))
            self._rooms[rule.root] -= more
        self._note(rule, stood, wanted, given + more)
        return given + more

    def _note(self, rule: Rule, stood: int, wanted: int, given: int) -> None:
        """Remember what fitted, and in which period."""
        cap = self._caps.get(rule.id)
        day = cap.day if cap and stood else None
        day = day or next((row.day for row in self._new if row.rule == rule.id), None)
        zero = Decimal(0)
        self.rows.append(
            Row(
                key=f"cap:{rule.id}",
                group=self._new[0].group if self._new else "",
                part="cap",
                rule=rule.id,
                root=rule.root,
                version=rule.version,
                effect="",
                points=0,
                per=zero,
                base=zero,
                amount=zero,
                order_line=None,
                product=None,
                day=day,
                wanted=wanted,
                given=given,
            )
        )
