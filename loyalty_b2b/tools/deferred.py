"""Rules that count later than a purchase: which rows of a group count for them.

Their points stand in groups of their own, so that nothing mixes them with what the
documents earned: ``bonus:<rule>:<order or invoice>`` for the first order and for
payment on time, ``goal:<rule>:<period>:<first day>`` for a goal. ``referral:<id>`` is
what a company is given for bringing another one.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from .engine import Row
from .group import Group
from .periods import add_months

# Matches the groups of these points, as a regular expression of PostgreSQL, too.
BONUS_REFS = "^(bonus|goal|referral):"


def bonus_ref(root: int, ref: str) -> str:
    """Return the group of what a rule gives for an order (or a lone invoice)."""
    return f"bonus:{root}:{ref}"


def goal_ref(root: int, period: str, start: datetime.date) -> str:
    """Return the group of what a goal gives in a period.

    :param start: first day of the period
    """
    return f"goal:{root}:{period}:{start}"


def source_ref(ref: str) -> str:
    """Return the group that the points of a group come from; '' for goals, referrals.

    >>> source_ref("bonus:3:order:7"), source_ref("order:7")
    ('order:7', 'order:7')
    """
    if ref.startswith(("goal:", "referral:")):
        return ""
    return ref.split(":", 2)[2] if ref.startswith("bonus:") else ref


def documents(found: Group) -> dict[str, int]:
    """Return key → the document that it stands on now.

    A key is a line of one document, but for lines that a down payment let earn: they
    may be annulled, and earned again with another one.
    """
    values: dict[str, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for move, rows in found.moves.items():
        for row in rows:
            if row.part == "line":
                values[row.key][move] += row.base
    result = {}
    for key, by_move in values.items():
        value = sum(by_move.values())
        for move, part in by_move.items():
            # in order of booking: the last one counts
            if key not in result or part * value > 0:
                result[key] = move
    return result


def rows_of(found: Group, accepts: Callable[[int], object]) -> Iterator[Row]:
    """Yield the rows of a group whose documents are accepted, corrections with them."""
    places = documents(found)
    accepted = {move for move in set(places.values()) if accepts(move)}
    for row in found.rows:
        if row.key not in places or places[row.key] in accepted:
            yield row


def longest_run(months: Iterable[datetime.date]) -> int:
    """Return how many months in a row there are at most.

    :param months: first days of months

    >>> from datetime import date
    >>> longest_run([date(2026, 1, 1), date(2026, 3, 1), date(2025, 12, 1)])
    2
    """
    known = set(months)
    longest = 0
    for month in known:
        if add_months(month, -1) not in known:
            length = 1
            while add_months(month, length) in known:
                length += 1
            longest = max(longest, length)
    return longest
