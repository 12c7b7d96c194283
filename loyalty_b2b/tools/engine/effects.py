"""How much each effect of a rule gives for what remains of a group's lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import floor

from .keys import Item
from .rules import Rule

# Points of each item, before rounding; they sum to what the rule gives.
Gives = list[Fraction]


def give(rule: Rule, items: Sequence[Item], gained: Mapping[str, Fraction]) -> Gives:
    """Return what a rule gives for each of the items it counts for.

    :param items: what remains of the lines; not empty
    :param gained: key → points that other rules gave for it (for multipliers)
    """
    if rule.effect in EACH:
        return [EACH[rule.effect](rule, item, gained) for item in items]
    amount = sum((Fraction(item.amount) for item in items), Fraction(0))
    return share(Fraction(TOGETHER[rule.effect](rule, amount)), items)


def share(points: Fraction, items: Sequence[Item]) -> Gives:
    """Share out points by the amounts of the items, exactly.

    Lines against the others, such as a discount of the order, get none: otherwise a
    multiplier for some of the lines would find more points there than were given.
    """
    amounts = [max(Fraction(0), Fraction(item.amount)) for item in items]
    whole = sum(amounts)
    if whole:
        return [points * amount / whole for amount in amounts]
    return [points, *[Fraction(0)] * (len(items) - 1)]


def reached(rule: Rule, items: Sequence[Item]) -> list[Item]:
    """Return the items that count, given the minimums of the rule.

    Minimums of a line are those of the order line, whatever invoices it is on.
    """
    if rule.min_line_amount or rule.min_line_quantity:
        items = _reached_lines(rule, items)
    if not items or not rule.has_minimum:
        return list(items)
    amount, quantity = _sums(items)
    enough = amount >= rule.min_amount and quantity >= rule.min_quantity
    return list(items) if enough else []


def _reached_lines(rule: Rule, items: Sequence[Item]) -> list[Item]:
    by_line: dict[object, list[Item]] = defaultdict(list)
    for item in items:
        by_line[item.row.order_line or item.row.key].append(item)
    result = []
    for line_items in by_line.values():
        amount, quantity = _sums(line_items)
        if amount >= rule.min_line_amount and quantity >= rule.min_line_quantity:
            result += line_items
    return result


def _sums(items: Sequence[Item]) -> tuple[Fraction, Fraction]:
    return (
        sum((Fraction(item.amount) for item in items), Fraction(0)),
        sum((Fraction(item.quantity) for item in items), Fraction(0)),
    )


def _step(rule: Rule, amount: Fraction) -> int:
    return max(0, floor(amount / Fraction(rule.per))) * rule.points


def _order(rule: Rule, amount: Fraction) -> int:
    return rule.points if amount > 0 else 0


def _ladder(rule: Rule, amount: Fraction) -> int:
    points = [points for threshold, points in rule.steps if amount >= threshold]
    return sum(points[-1:] if rule.highest_only else points)


EACH: dict[str, Callable[[Rule, Item, Mapping[str, Fraction]], Fraction]] = {
    "proportional": lambda rule, item, gained: (
        Fraction(item.amount) * rule.points / Fraction(rule.per)
    ),
    "unit": lambda rule, item, gained: (
        Fraction(item.quantity) * rule.points / Fraction(rule.per)
    ),
    "multiplier": lambda rule, item, gained: (
        gained.get(item.row.key, Fraction(0)) * (Fraction(rule.factor) - 1)
    ),
}
TOGETHER: dict[str, Callable[[Rule, Fraction], int]] = {
    "step": _step,
    "order": _order,
    "bonus": _order,
    "ladder": _ladder,
}
