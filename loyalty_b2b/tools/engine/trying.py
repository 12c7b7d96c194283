"""What each rule gives for a document, and why the others give nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor

from .capping import extend
from .conditions import DEPTH
from .counting import Count, count, deferred_points
from .explained import Part, contributions, explained
from .explaining import explain
from .keys import exactly
from .lines import Line, Row
from .rules import Rule
from .ruleset import RuleSet

NONE = Fraction(0)
# How far a line came with a rule that covers it: the later the code, the further.
COUNTED = ("newer_version", "stacked", "below_minimum", "capped", "later")


@dataclass(slots=True)
class Outcome:
    """What one rule gives for a document.

    ``points`` are whole, rounded together with those of the other rules; ``uncapped``
    is what they were without the rule's caps; ``later`` what a rule gives that counts
    in an entry of its own. ``reason`` is the code of why there are no points.
    """

    rule: Rule
    points: int = 0
    uncapped: int = 0
    later: int = 0
    reason: str = ""


@dataclass(slots=True)
class Trial:
    """What a document gives: by rule, and by row with its whole points."""

    points: int
    outcomes: list[Outcome]
    rows: list[tuple[Row, int]]


@exactly
def try_out(
    lines: Sequence[Line],
    ruleset: RuleSet,
    earlier: Iterable[Sequence[Line]] = (),
    digits: int = 2,
) -> Trial:
    """Work out what a document gives, as posting does, in a wallet with empty caps.

    :param lines: those of the document, of one or several groups
    :param earlier: the lines of documents of the same groups that came before, one
        list for each; what they gave is not given again
    :param int digits: decimal places of the document's currency
    """
    return _Trying(lines, ruleset, earlier, digits).run()


class _Trying:
    """One document, while it is tried out."""

    def __init__(
        self,
        lines: Sequence[Line],
        ruleset: RuleSet,
        earlier: Iterable[Sequence[Line]],
        digits: int,
    ):
        self._lines = lines
        self._ruleset = ruleset
        self._new = _by_group(explain(lines, ruleset, digits))
        self._old: dict[str, list[Row]] = defaultdict(list)
        for document in earlier:
            for group, rows in _by_group(explain(document, ruleset, digits)).items():
                self._old[group] += rows
        self._rooms = {
            rule.root: rule.cap or 0
            for rule in sorted(ruleset.capped.values(), key=lambda rule: rule.version)
        }
        self._exact: dict[int | None, Fraction] = defaultdict(Fraction)
        self._stood: dict[int | None, Fraction] = defaultdict(Fraction)
        self._points: dict[int | None, int] = defaultdict(int)
        self._why: dict[int | None, set[str]] = defaultdict(set)
        self._rows: list[tuple[Row, int]] = []

    def run(self) -> Trial:
        """Count group by group."""
        for group, rows in self._new.items():
            self._count(self._old.get(group, []), rows)
        return Trial(
            points=sum(points for _row, points in self._rows),
            outcomes=[self._outcome(rule) for rule in self._ruleset.rules],
            rows=self._rows,
        )

    def _count(self, old: list[Row], new: list[Row]) -> None:
        """Count one group: what the document changes in it."""
        stood, caps = extend([], old, self._ruleset, self._rooms)[1:]
        self._take(caps)
        before, after, caps = extend([*old, *caps], new, self._ruleset, self._rooms)
        self._take(caps)
        for rule, points in after.gives.items():
            self._exact[rule] += points - before.gives.get(rule, NONE)
        for rule, points in stood.gives.items():
            self._stood[rule] += points
        for row in new:
            code = after.why.get((row.rule, row.key))
            if code:
                self._why[row.rule].add(code)
        self._share(contributions(new, before, after), before, after)

    def _take(self, caps: Iterable[Row]) -> None:
        """Take what was given out of the room that is left for other groups."""
        for cap in caps:
            if cap.root in self._rooms:
                self._rooms[cap.root] -= cap.given

    def _share(self, parts: Iterable[Part], before: Count, after: Count) -> None:
        """Round the rows together that posting rounds together."""
        pools: dict[str, list[Part]] = defaultdict(list)
        for row, part in parts:
            rule = self._ruleset.get(row.rule)
            code = after.why.get((row.rule, row.key), "")
            row = replace(row, reason=row.reason or code)
            pools[rule.pool if rule else ""].append((row, part))
        for pool, pool_parts in pools.items():
            change = after.pools.get(pool, 0) - before.pools.get(pool, 0)
            for (row, _part), points in zip(
                pool_parts, explained(pool_parts, change), strict=True
            ):
                self._points[row.rule] += points
                self._rows.append((row, points))

    def _outcome(self, rule: Rule) -> Outcome:
        outcome = Outcome(rule, points=self._points.get(rule.id, 0))
        outcome.uncapped = outcome.points
        if rule.cap_order is not None or rule.cap_points is not None:
            outcome.uncapped = max(outcome.points, self._count_uncapped(rule))
        if rule.is_deferred:
            outcome.later = self._count_later(rule)
        if not outcome.points:
            outcome.reason = self._get_reason(rule)
        return outcome

    def _count_uncapped(self, rule: Rule) -> int:
        """Return what a rule would give for the document without its caps."""
        free = RuleSet(
            replace(one, cap_order=None, cap_points=None)
            if one.root == rule.root
            else one
            for one in self._ruleset.rules
        )
        points = NONE
        for group, rows in self._new.items():
            old = self._old.get(group, [])
            points += count([*old, *rows], free).gives.get(rule.id, NONE)
            points -= count(old, free).gives.get(rule.id, NONE)
        return floor(points)

    def _count_later(self, rule: Rule) -> int:
        points = 0
        for group, rows in self._new.items():
            old = self._old.get(group, [])
            points += deferred_points([*old, *rows], rule) - deferred_points(old, rule)
        return points

    def _get_reason(self, rule: Rule) -> str:
        """Return the code of why a rule gives no points for the document."""
        codes = self._why.get(rule.id)
        if codes:
            return max(codes, key=COUNTED.index)
        if any(row.rule == rule.id for row in self._all_rows()):
            return self._get_reason_of_nothing(rule)
        return max(
            (self._get_failed(rule, line) for line in self._lines if _is_sale(line)),
            key=_depth,
            default="ignored",
        )

    def _get_reason_of_nothing(self, rule: Rule) -> str:
        """Return why a rule that counts for some lines gives nothing for them."""
        if rule.effect == "multiplier":
            return "nothing_to_multiply"
        if rule.effect in ("order", "bonus") and self._stood.get(rule.id):
            return "given_before"
        if rule.effect in ("step", "ladder"):
            return "below_step"
        return "too_little" if self._exact.get(rule.id) else "no_value"

    def _get_failed(self, rule: Rule, line: Line) -> str:
        code = self._ruleset.failed(rule, line)
        if code:
            return code
        versions = {
            one.id for one in self._ruleset.match(line) if one.root == rule.root
        }
        return "newer_version" if versions else "stacked"

    def _all_rows(self) -> Iterator[Row]:
        for rows in self._new.values():
            yield from rows


def _by_group(rows: Iterable[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.group].append(row)
    return groups


def _is_sale(line: Line) -> bool:
    return line.kind == "product"


def _depth(code: str) -> int:
    """Return how far a line came: its own exclusion, then conditions, then counting."""
    if code in COUNTED:
        return len(DEPTH) + COUNTED.index(code)
    return DEPTH.get(code, -1)
