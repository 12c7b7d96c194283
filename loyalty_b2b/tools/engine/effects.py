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


def give_together(
    rule: Rule, items: Sequence[Item], gained: Mapping[str, Fraction]
) -> Fraction:
    """Return what a rule gives for all items together: the sum of `give`, quickly."""
    if rule.effect == "multiplier":
        return sum(give(rule, items, gained), Fraction(0))
    if rule.effect == "unit":
        return Fraction(sum(item.quantity for item in items)) * _rate(rule)
    amount = Fraction(sum(item.amount for item in items))
    if rule.effect == "proportional":
        return amount * _rate(rule)
    return Fraction(TOGETHER[rule.effect](rule, amount))


def give(rule: Rule, items: Sequence[Item], gained: Mapping[str, Fraction]) -> Gives:
    """Return what a rule gives for each of the items it counts for.

    :param items: what remains of the lines; not empty
    :param gained: key → points that other rules gave for it (for multipliers)
    """
    if rule.effect == "multiplier":
        more = Fraction(rule.factor) - 1
        return [gained.get(item.row.key, Fraction(0)) * more for item in items]
    if rule.effect in TOGETHER:
        return share(give_together(rule, items, gained), items)
    rate = _rate(rule)
    if rule.effect == "unit":
        return [Fraction(item.quantity) * rate for item in items]
    return [Fraction(item.amount) * rate for item in items]


def _rate(rule: Rule) -> Fraction:
    return Fraction(rule.points) / Fraction(rule.per)


def share(points: Fraction, items: Sequence[Item]) -> Gives:
    """Share out points by the amounts of the items, exactly.

    Lines against the others, such as a discount of the order, get none: otherwise a
    multiplier for some of the lines would find more points there than were given.
    """
    amounts = [max(Fraction(0), Fraction(item.amount)) for item in items]
    whole = sum(amounts)
    if whole:
        rate = points / whole
        return [amount * rate for amount in amounts]
    return [points, *[Fraction(0)] * (len(items) - 1)]


def reached(rule: Rule, items: Sequence[Item]) -> list[Item]:
    """Return the items that count, given the minimums of the rule.

    Minimums of a line are those of the order line, whatever invoices it is on.
    """
    if rule.min_line_amount or rule.min_line_quantity:
        items = _reached_lines(rule, items)
    if not items or not (rule.min_amount or rule.min_quantity):
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
        Fraction(sum(item.amount for item in items)),
        Fraction(sum(item.quantity for item in items)),
    )


def _step(rule: Rule, amount: Fraction) -> int:
    return max(0, floor(amount / Fraction(rule.per))) * rule.points


def _order(rule: Rule, amount: Fraction) -> int:
    return rule.points if amount > 0 else 0


def _ladder(rule: Rule, amount: Fraction) -> int:
    points = [points for threshold, points in rule.steps if amount >= threshold]
    return sum(points[-1:] if rule.highest_only else points)


TOGETHER: dict[str, Callable[[Rule, Fraction], int]] = {
    "step": _step,
    "order": _order,
    "bonus": _order,
    "ladder": _ladder,
}
