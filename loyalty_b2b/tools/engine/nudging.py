"""How much more a customer would have to order to earn something extra."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from ..rounding import from_minor
from .counting import group_points, uncapped
from .keys import Item, exactly, remaining
from .lines import Row
from .rules import Rule
from .ruleset import RuleSet


class Nudge(NamedTuple):
    """An amount in programme currency that is missing, and what it would earn."""

    missing: Decimal
    points: int


@exactly
def next_step(rows: Sequence[Row], ruleset: RuleSet, digits: int = 2) -> Nudge | None:
    """Return the nearest threshold of a rule that a group has not reached yet.

    Looked at are steps, ladders and minimum amounts of the rules that cover some of
    the group's lines; what would be earned is counted by the one formula, as if the
    most valuable of these lines grew.

    :param int digits: decimal places of the programme's currency
    :return: None if there is no such threshold
    """
    by_rule: dict[int | None, list[Item]] = defaultdict(list)
    for item in remaining(uncapped(rows)):
        by_rule[item.row.rule].append(item)
    now = group_points(rows, ruleset)
    found = []
    for rule_id, items in by_rule.items():
        rule = ruleset.get(rule_id)
        if rule and not rule.is_deferred:
            for missing in _missing(rule, items):
                amount = from_minor(ceil(missing * 10**digits), digits)
                grown = _grow(rows, items, amount)
                points = group_points(grown, ruleset) - now
                if points > 0:
                    found.append(Nudge(amount, points))
    return min(found, key=lambda nudge: (nudge.missing, -nudge.points), default=None)


def _missing(rule: Rule, items: Sequence[Item]) -> Iterator[Fraction]:
    """Yield what a rule lacks to its next threshold."""
    amount = sum((Fraction(item.amount) for item in items), Fraction(0))
    if amount <= 0:
        return
    if amount < rule.min_amount:
        yield Fraction(rule.min_amount) - amount
    elif rule.effect == "step":
        yield Fraction(rule.per) - amount % Fraction(rule.per)
    elif rule.effect == "ladder":
        higher = [step for step, _points in rule.steps if step > amount]
        if higher:
            yield Fraction(min(higher)) - amount


def _grow(rows: Sequence[Row], items: Sequence[Item], more: Decimal) -> list[Row]:
    """Return the rows as if the most valuable line of the items grew."""
    largest = max(items, key=lambda item: item.amount).row
    ratio = 1 + Fraction(more) / Fraction(largest.amount)

    def grown(value: Decimal) -> Decimal:
        exact = Fraction(value) * ratio
        return Decimal(exact.numerator) / Decimal(exact.denominator)

    return [
        replace(
            row,
            base=grown(row.base),
            amount=largest.amount + more,
            quantity=grown(row.quantity),
        )
        if row.key == largest.key and row.part == "line"
        else row
        for row in rows
    ]
