"""What a referral brings: a function of the paid orders of the referred company."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import floor


def reward(
    amounts: Iterable[Decimal],
    points: int,
    per: Decimal | None = None,
    smallest: Decimal = Decimal(0),
) -> int:
    """Return the points that should stand for a referral.

    :param amounts: untaxed, what is left and paid of each order, in one currency
    :param int points: given once or, with ``per``, for each so much money; each order
        is rounded down by itself
    :param per: above 0; None for points given once
    :param smallest: nothing is given until one order reaches it
    :return: whole points, 0 or more

    >>> reward([Decimal(100)], 500), reward([Decimal(0)], 500)
    (500, 0)
    >>> reward([Decimal("99.99"), Decimal("99.99")], 1, Decimal(10))
    18
    >>> reward([Decimal(40), Decimal(70)], 1, Decimal(10), Decimal(50))
    11
    >>> reward([Decimal(40)], 1, Decimal(10), Decimal(50))
    0
    """
    bought = [amount for amount in amounts if amount > 0]
    if not any(amount >= smallest for amount in bought):
        return 0
    if per is None:
        return points
    rate = Fraction(points) / Fraction(per)
    return sum(floor(Fraction(amount) * rate) for amount in bought)
