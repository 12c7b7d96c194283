"""The one formula: the points of a group, from its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import floor

from . import effects
from .keys import ZERO, Item, exactly, remaining
from .lines import Row
from .rules import Rule
from .ruleset import NOTHING, RuleSet, stacked

# Effects that the quick way can count; a row without one earns nothing.
PLAIN = frozenset({"proportional", ""})
NONE = Fraction(0)
# Rule, its points for each `per`, and the amount that counts.
Sum = tuple[int | None, int, Decimal, Decimal | Fraction]
# Says how many of the points that a capped rule wants it gets.
Grant = Callable[[Rule, int], int]


@dataclass(slots=True)
class Count:
    """What a group earns: exactly by rule, and rounded.

    ``pools`` holds whole points by what is rounded together (see `Rule.pool`), ``caps``
    (wanted, given) by the id of each capped rule, ``why`` the code of why a line earns
    nothing by a rule although it meets its conditions, by rule id and key. ``exact``
    are points by rule before rounding, ``sums`` (rule, points, per, amount) where each
    line counted by itself.
    """

    pools: dict[str, int] = field(default_factory=dict)
    caps: dict[int, tuple[int, int]] = field(default_factory=dict)
    why: dict[tuple[int | None, str], str] = field(default_factory=dict)
    exact: dict[int | None, Fraction] = field(default_factory=dict)
    sums: list[Sum] = field(default_factory=list)

    @property
    def gives(self) -> dict[int | None, Fraction]:
        """Points by rule id before rounding."""
        gives = defaultdict(Fraction, self.exact)
        for rule, points, per, amount in self.sums:
            gives[rule] += Fraction(amount) * points / Fraction(per)
        return gives

    @property
    def points(self) -> int:
        """Whole points of the group, 0 or more."""
        return sum(self.pools.values())


@exactly
def count(rows: Iterable[Row], ruleset: RuleSet = NOTHING) -> Count:
    """Count the points of a group: the one formula (DESIGN §5).

    Of each key and rule, what remains counts: the value less discounts and
    corrections, between zero and the value, at the rate and exchange of its latest
    line row. Minimums and stacking are decided on what remains, then each rule gives
    what its effect says; multipliers come last. Rules with a cap, and those whose
    points have a life of their own, are rounded down by themselves, all others
    together, once.

    :param rows: all rows of one group, in the order of booking; a capped rule without
        rows of the part 'cap' is counted as if there were room
    :param ruleset: the programme's, for what the rows do not say themselves
    """
    rows = list(rows)
    stands = cap_sums(rows) if ruleset.capped else {}

    def grant(rule: Rule, wanted: int) -> int:
        return capped(stands[rule.id], wanted) if rule.id in stands else wanted

    return _count(rows, ruleset, grant)


def group_points(rows: Iterable[Row], ruleset: RuleSet = NOTHING) -> int:
    """Return the points of a group: whole, 0 or more (see `count`)."""
    return count(rows, ruleset).points


@exactly
def deferred_parts(rows: Iterable[Row], rule: Rule) -> list[tuple[Item, Fraction]]:
    """Return what a rule that counts later gives for each line, before rounding.

    :param rows: all rows of one group, in the order of booking
    :param rule: one with another trigger than 'purchase'
    :return: what remains of the lines that reach its minimums, with exact points;
        other versions of the rule are not counted
    """
    rows = uncapped(rows)
    items = [item for item in remaining(rows) if item.row.rule == rule.id]
    items = effects.reached(rule, items)
    return list(zip(items, effects.give(rule, items, {}), strict=True)) if items else []


def deferred_points(rows: Iterable[Row], rule: Rule) -> int:
    """Return what a rule gives that counts later, in an entry of its own.

    :param rows: all rows of one group, in the order of booking
    :param rule: one with another trigger than 'purchase'
    :return: whole points, 0 or more, at most its cap for each order; other versions
        of the rule are not counted, and caps of wallets are the caller's
    """
    points = floor(sum((part for _, part in deferred_parts(rows, rule)), Fraction(0)))
    if rule.cap_order is not None:
        points = min(points, rule.cap_order)
    return max(0, points)


def uncapped(rows: Iterable[Row]) -> list[Row]:
    """Return the rows that say something of the value of lines."""
    return [row for row in rows if row.part != "cap"]


def cap_sums(rows: Iterable[Row]) -> dict[int | None, tuple[int, int]]:
    """Return (wanted, given) of each capped rule, as documents booked them so far."""
    sums: dict[int | None, tuple[int, int]] = {}
    for row in rows:
        if row.part == "cap":
            wanted, given = sums.get(row.rule, (0, 0))
            sums[row.rule] = (wanted + row.wanted, given + row.given)
    return sums


def capped(stands: tuple[int, int], wanted: int) -> int:
    """Return what a cap leaves of the points a rule wants, by what was booked.

    Less than was wanted gets the same share; of what is wanted beyond it nothing was
    granted yet.

    :param stands: (wanted, given) of `cap_sums`
    """
    decided, given = stands[0], max(0, stands[1])
    return min(given, wanted) if wanted >= decided else wanted * given // decided


def _count(rows: Sequence[Row], ruleset: RuleSet, grant: Grant) -> Count:
    """Count rows, by the quick way if each line counts by itself."""
    intricate = ruleset.intricate
    sums = _sum_untouched(rows, intricate)
    if sums is None:
        for row in rows:
            if row.rule in intricate or row.effect not in PLAIN:
                return _Counting(uncapped(rows), ruleset, grant).run()
        sums = [
            (item.row.rule, item.row.points, item.row.per, Fraction(item.amount))
            for item in remaining(uncapped(rows))
        ]
    return Count(pools={"": max(0, _floor(sums))}, sums=sums)


def _sum_untouched(rows: Sequence[Row], intricate: Collection) -> list[Sum] | None:
    """Sum up the usual, quick case; None if it is another one.

    Each key counts with its full value (see `is_untouched`), by rules under which each
    line counts by itself, whose rate is the same on all lines. One pass and no look at
    a row more than once: it is what a rehearsal does millions of times.
    """
    first: dict[int | None, Row] = {}
    amounts: dict[int | None, Decimal] = {}
    places = set()
    for row in rows:
        rule = row.rule
        if row.part != "line" or row.base <= ZERO:
            return None
        places.add((row.key, row.root))
        if not row.effect:
            continue
        known = first.get(rule)
        if known is None:
            if rule in intricate or row.effect not in PLAIN:
                return None
            first[rule], amounts[rule] = row, row.amount
        elif (
            row.effect == known.effect
            and (row.per is known.per or row.per == known.per)
            and row.points == known.points
        ):
            amounts[rule] += row.amount
        else:
            return None
    if len(places) < len(rows):
        return None
    return [(rule, r.points, r.per, amounts[rule]) for rule, r in first.items()]


def _floor(sums: Iterable[Sum]) -> int:
    """Return the whole points of amounts at their rates, all together."""
    whole: dict[Decimal, Decimal | Fraction] = {}
    exact = True
    for _rule, points, per, amount in sums:
        exact = exact and isinstance(amount, Decimal)
        whole[per] = whole.get(per, 0) + amount * points
    if exact and len(whole) == 1:
        ((per, points),) = whole.items()
        return int(points // per)  # above zero: exact, and much quicker
    return floor(
        sum((Fraction(points) / Fraction(per) for per, points in whole.items()), NONE)
    )


class _Counting:
    """A group while it is counted, rule by rule."""

    def __init__(self, rows: Sequence[Row], ruleset: RuleSet, grant: Grant):
        self._ruleset = ruleset
        self._grant = grant
        self._rules: dict[int | None, Rule] = {}
        self._items = list(remaining(rows))
        self._gained: dict[str, Fraction] = defaultdict(Fraction)
        self._result = Count()

    def _rule(self, item: Item) -> Rule:
        """Return the rule of an item; if none is known, what its row says itself."""
        row = item.row
        if row.rule not in self._rules:
            rule = self._ruleset.get(row.rule)
            self._rules[row.rule] = rule or _rule_of(row)
        return self._rules[row.rule]

    def run(self) -> Count:
        """Count: first what gives points by itself, then what multiplies these."""
        # not in the order of the lines, which must not decide who gets the room left
        kept = sorted(self._stack(), key=lambda pair: _turn(pair[0]))
        multipliers = sum(rule.effect == "multiplier" for rule, _items in kept)
        for turn, (rule, items) in enumerate(kept, 1):
            alone = not multipliers or turn == len(kept)
            self._count_rule(rule, items, alone)
        pools: dict[str, Fraction] = {"": Fraction(0)}
        for rule_id, points in self._result.exact.items():
            pool = self._rules[rule_id].pool
            pools[pool] = pools.get(pool, Fraction(0)) + points
        self._result.pools = {
            pool: max(0, floor(points)) for pool, points in pools.items()
        }
        return self._result

    def _stack(self) -> list[tuple[Rule, list[Item]]]:
        """Return what counts for each rule, by minimums and stacking."""
        by_rule: dict[int | None, list[Item]] = defaultdict(list)
        for item in self._items:
            by_rule[item.row.rule].append(item)
        kept = []
        for items in by_rule.values():
            rule = self._rule(items[0])
            if rule.is_deferred:
                self._explain_nothing(items, "later")
                continue
            reached = effects.reached(rule, items)
            if len(reached) < len(items):
                counted = {id(item) for item in reached}
                below = [item for item in items if id(item) not in counted]
                self._explain_nothing(below, "below_minimum")
            if reached:
                kept.append((rule, reached))
        if len(kept) > 1 and any(rule.stop or rule.exclusive for rule, _ in kept):
            return self._exclude(kept)
        return kept

    def _exclude(
        self, kept: Sequence[tuple[Rule, list[Item]]]
    ) -> list[tuple[Rule, list[Item]]]:
        """Leave out, line by line, what other rules stop or exclude."""
        counted = {id(item) for _rule, items in kept for item in items}
        by_key: dict[str, dict[int | None, Item]] = defaultdict(dict)
        for item in self._items:
            if id(item) in counted:
                by_key[item.row.key][item.row.rule] = item
        left: dict[int | None, list[Item]] = defaultdict(list)
        for items in by_key.values():
            rules = [self._rules[rule_id] for rule_id in items]
            for rule in stacked(rules, lambda _: True):
                left[rule.id].append(items.pop(rule.id))
            self._explain_nothing(items.values(), "stacked")
        return [(self._rules[rule_id], items) for rule_id, items in left.items()]

    def _explain_nothing(self, items: Iterable[Item], code: str) -> None:
        for item in items:
            self._result.why[item.row.rule, item.row.key] = code

    def _count_rule(self, rule: Rule, items: Sequence[Item], alone: bool) -> None:
        """Count one rule and cap it.

        :param bool alone: no multiplier comes after it
        """
        total = fits = effects.give_together(rule, items, self._gained)
        if rule.cap_order is not None:
            fits = min(total, Fraction(rule.cap_order))
        if rule.cap is not None:
            wanted = max(0, floor(fits))
            given = self._grant(rule, wanted)
            self._result.caps[rule.id] = (wanted, given)
            fits = Fraction(given)
        self._result.exact[rule.id] = fits
        if total and not fits:
            self._explain_nothing(items, "capped")
        if not alone and (fits or not total):
            parts = effects.give(rule, items, self._gained)
            if fits != total:
                share = fits / total
                parts = [part * share for part in parts]
            for item, part in zip(items, parts, strict=True):
                self._gained[item.row.key] += part


def _turn(rule: Rule) -> tuple[bool, int, int]:
    return rule.effect == "multiplier", rule.sequence, rule.id


def _rule_of(row: Row) -> Rule:
    """Return a rule with what a row says of it."""
    return Rule(row.rule, row.root, row.version, 0, row.effect, row.points, row.per)
