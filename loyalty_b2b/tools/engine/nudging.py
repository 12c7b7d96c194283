"""How much more a customer would have to order to earn something extra."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from ..rounding import from_minor
from .capping import extend
from .counting import uncapped
from .keys import Item, exactly, remaining
from .lines import Row
from .rules import Rule
from .ruleset import RuleSet


class Nudge(NamedTuple):
    """An amount in programme currency that is missing, and what it would earn."""

    missing: Decimal
    points: int


@exactly
def next_step(
    rows: Sequence[Row],
    ruleset: RuleSet,
    digits: int = 2,
    rooms: Mapping[int, int] | None = None,
    least: int = 1,
) -> Nudge | None:
    """Return the nearest threshold of a rule that a group has not reached yet.

    Looked at are steps, ladders and minimum amounts of the rules that cover some of
    the group's lines; what would be earned is counted by the one formula, as if more
    of the most valuable of these lines were ordered.

    :param rows: those of the group
    :param int digits: decimal places of the programme's currency
    :param rooms: what the group may get under caps in all, as `extend` wants it
    :param int least: a threshold that earns fewer points is passed over
    :return: None if there is no such threshold
    """
    rows = uncapped(rows)
    remains = list(remaining(rows))
    by_rule: dict[int | None, list[Item]] = defaultdict(list)
    for item in remains:
        by_rule[item.row.rule].append(item)
    now = extend([], rows, ruleset, rooms)[1].points
    found = []
    for rule_id, items in by_rule.items():
        rule = ruleset.get(rule_id)
        if rule and not rule.is_deferred:
            largest = max(items, key=lambda item: item.amount).row.key
            line = [item for item in remains if item.row.key == largest]
            for missing in _missing(rule, items):
                amount = from_minor(ceil(missing * 10**digits), digits)
                grown = [*rows, *_more(line, amount)]
                points = extend([], grown, ruleset, rooms)[1].points - now
                if points >= max(1, least):
                    found.append(Nudge(amount, points))
    return min(found, key=lambda nudge: (nudge.missing, -nudge.points), default=None)


def _missing(rule: Rule, items: Sequence[Item]) -> Iterator[Fraction]:
    """Yield what a rule lacks to each of its next thresholds."""
    amount = sum((Fraction(item.amount) for item in items), Fraction(0))
    if amount <= 0:
        return
    if amount < rule.min_amount:
        yield Fraction(rule.min_amount) - amount
    if rule.effect == "step":
        yield Fraction(rule.per) - amount % Fraction(rule.per)
    elif rule.effect == "ladder":
        yield from (Fraction(step) - amount for step, _ in rule.steps if step > amount)


def _more(line: Sequence[Item], amount: Decimal) -> list[Row]:
    """Return the rows of another piece of a line, as if it were invoiced in two.

    :param line: what remains of it, under each rule; of a value above 0
    """
    return [
        replace(
            item.row,
            key=f"more:{item.row.key}",
            # an order line is one line on whatever invoices it is
            order_line=item.row.order_line or item.row.key,
            base=_part(item.row.base, amount, item.row.amount),
            amount=amount,
            quantity=_part(item.row.quantity, amount, item.row.amount),
        )
        for item in line
    ]


def _part(value: Decimal, amount: Decimal, whole: Decimal) -> Decimal:
    exact = Fraction(value) * Fraction(amount) / Fraction(whole)
    return Decimal(exact.numerator) / Decimal(exact.denominator)
