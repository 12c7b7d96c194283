"""Whole numbers that sum to the total: money, points, explanation lines.

Everything is computed with integers and fractions; a float may come in as an
argument (Odoo's Monetary fields are floats) and is read as the decimal it prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor


def spread(total: int, weights: Sequence[Fraction | int | Decimal]) -> list[int]:
    """Spread a whole number over weights by largest remainder (DESIGN I8).

    The exact contribution of a weight is ``weight * total / sum(weights)``. Equal
    remainders go to the first in the list, and ``spread(-n, w)`` mirrors
    ``spread(n, w)``, so that a full credit undoes exactly what it credits.

    :param int total: whole units (points, or minor units of a currency), any sign
    :param weights: may be signed. If they sum to zero their magnitudes count; if all
        are zero, the first takes everything
    :return: as many whole numbers as weights; their sum is ``total``
    :raises ValueError: if there is something to spread and nothing to spread it over

    >>> spread(100, [1, 1, 1])
    [34, 33, 33]
    >>> spread(-100, [1, 1, 1])
    [-34, -33, -33]
    >>> spread(7, [0, 0])
    [7, 0]
    """
    exact = [Fraction(weight) for weight in weights]
    whole = sum(exact)
    if not whole:
        exact = [abs(weight) for weight in exact]
        whole = sum(exact)
    if not whole:
        exact = [Fraction(not position) for position in range(len(exact))]
        whole = 1
    return round_rows([weight * total / whole for weight in exact], total)


def round_rows(exact: Sequence[Fraction], total: int) -> list[int]:
    """Round exact contributions to whole numbers that sum to the total (DESIGN I8).

    Each is rounded down and what is missing goes to the largest fractional parts. If
    the total is too far from the contributions for that (it was booked for other
    reasons too), the distance is spread by their magnitude.

    :param exact: contributions in the unit of ``total``, any sign
    :param int total: whole units, any sign
    :return: as many whole numbers as contributions; their sum is ``total``
    :raises ValueError: if there is something to hand out and no row to take it

    >>> round_rows([Fraction(1, 2), Fraction(5, 2), Fraction(0)], 3)
    [1, 2, 0]
    >>> round_rows([Fraction(1), Fraction(3)], 100)
    [25, 75]
    """
    if total < 0:
        return [-part for part in round_rows([-part for part in exact], -total)]
    if not exact:
        if total:
            raise ValueError(f"{total} cannot be spread over nothing")
        return []
    parts = [floor(part) for part in exact]
    rest = total - sum(parts)
    if not 0 <= rest <= len(parts):
        distance = spread(rest, [abs(part) for part in exact])
        return [part + more for part, more in zip(parts, distance, strict=True)]
    by_remainder = sorted(range(len(parts)), key=lambda i: parts[i] - exact[i])
    for position in by_remainder[:rest]:
        parts[position] += 1
    return parts


def to_minor(amount: Fraction | Decimal | int | float, digits: int) -> int:
    """Express money in minor units, rounded half up (away from zero).

    :param amount: in the currency; a float counts as the decimal it prints
    :param int digits: decimal places of the currency, 0 or more
    :raises ValueError: if the amount is not a finite number

    >>> to_minor(Decimal("12.345"), 2), to_minor(-0.005, 2), to_minor(1500, 0)
    (1235, -1, 1500)
    """
    exact = _exact(amount) * 10**digits
    whole = floor(abs(exact) + Fraction(1, 2))
    return whole if exact >= 0 else -whole


def from_minor(minor: int, digits: int) -> Decimal:
    """Express minor units as money, exactly.

    :param int minor: cents, grosze, …
    :param int digits: decimal places of the currency, 0 or more

    >>> from_minor(-1235, 2), from_minor(5, 0)
    (Decimal('-12.35'), Decimal('5'))
    """
    # The constructor is exact; scaleb() would round to the context's precision.
    return Decimal(f"{minor}E-{digits}")


def points_to_money(
    points: int, rate_points: int, rate_amount: Decimal | int | float, digits: int
) -> Decimal:
    """Return what points are worth, rounded down to the currency (DESIGN I8).

    :param int points: whole points; a negative number is rounded toward zero
    :param int rate_points: the N of "N points = M", above 0
    :param rate_amount: the M, in the currency, above 0
    :param int digits: decimal places of the currency
    :raises ValueError: if the rate is not positive

    >>> points_to_money(1_999, 1_000, Decimal("1.00"), 2)
    Decimal('1.99')
    """
    exact = abs(points) * _rate(rate_points, rate_amount) * 10**digits
    return from_minor(floor(exact) if points >= 0 else -floor(exact), digits)


def money_to_points(
    amount: Decimal | int | float, rate_points: int, rate_amount: Decimal | int | float
) -> int:
    """Return how many points a given discount costs, rounded up (DESIGN I8).

    :param amount: in the currency of the rate; a negative amount is rounded away
        from zero
    :param int rate_points: the N of "N points = M", above 0
    :param rate_amount: the M, in the currency, above 0
    :raises ValueError: if the rate is not positive

    >>> money_to_points(Decimal("1.99"), 1_000, 1)
    1990
    >>> money_to_points(1, 3, 2)
    2
    """
    exact = _exact(amount) / _rate(rate_points, rate_amount)
    return ceil(exact) if exact >= 0 else floor(exact)


def _rate(rate_points: int, rate_amount: Decimal | int | float) -> Fraction:
    """Return the exact money per point."""
    amount = _exact(rate_amount)
    if rate_points <= 0 or amount <= 0:
        raise ValueError(f"not a rate: {rate_points} points = {rate_amount}")
    return amount / rate_points


def _exact(amount: Fraction | Decimal | int | float) -> Fraction:
    """Read a number exactly; a float as the decimal that its repr shows."""
    try:
        return Fraction(repr(amount) if isinstance(amount, float) else amount)
    except OverflowError as error:
        raise ValueError(f"not a finite amount: {amount}") from error
