"""Putting a discount for points on a document."""

from __future__ import annotations

from collections.abc import Sequence

from .rounding import spread


def spread_discount(amount_minor: int, capacities: Sequence[int]) -> list[int]:
    """Spread a net discount over tax groups in proportion to their net (DESIGN §6).

    :param int amount_minor: discount in minor units of the currency, 0 or more
    :param capacities: net of each tax group in minor units, the most it can bear; a
        group of zero or less bears nothing
    :return: discount of each group, 0 to its capacity; the sum is ``amount_minor``
    :raises ValueError: if the discount is negative or more than the groups can bear

    >>> spread_discount(100, [100, 50])
    [67, 33]
    """
    bearable = [max(0, capacity) for capacity in capacities]
    if amount_minor < 0:
        raise ValueError(f"a discount of {amount_minor} is negative")
    if amount_minor > sum(bearable):
        raise ValueError(
            f"a discount of {amount_minor} exceeds the {sum(bearable)} that can be"
            " discounted"
        )
    # No share exceeds its capacity: the exact one does not, capacities are whole
    # numbers, and only a share with a fraction is rounded up.
    return spread(amount_minor, bearable)
