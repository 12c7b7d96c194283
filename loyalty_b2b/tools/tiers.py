"""Levels: the periods they are counted over, and what a measure deserves.

The nightly job says the same in SQL (`models/wallet_tier_measure.py`); tests hold the
one against the other.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from .periods import add_months

Kind = Literal["year", "rolling", "membership"]
YEAR = 12
DAY = datetime.timedelta(days=1)
# Calendar years are years of membership of somebody who joined on a New Year's Day.
NEW_YEAR = datetime.date(2000, 1, 1)


class Period(NamedTuple):
    """First and last day, both included."""

    start: datetime.date
    end: datetime.date


def year_of(day: datetime.date, anchor: datetime.date) -> Period:
    """Return the year, counted from an anchor, in which a day lies.

    Each begins on the anchor's day of the year; 29 February is the 28th in years that
    have no 29th.

    :param date anchor: may be later than the day

    >>> year_of(datetime.date(2026, 3, 9), datetime.date(2024, 3, 10))
    Period(start=datetime.date(2025, 3, 10), end=datetime.date(2026, 3, 9))
    >>> year_of(datetime.date(2027, 3, 1), datetime.date(2024, 2, 29))
    Period(start=datetime.date(2027, 2, 28), end=datetime.date(2028, 2, 28))
    """
    years = day.year - anchor.year
    if add_months(anchor, years * YEAR) > day:
        years -= 1
    start = add_months(anchor, years * YEAR)
    return Period(start, add_months(anchor, (years + 1) * YEAR) - DAY)


def running(day: datetime.date, kind: Kind, joined: datetime.date) -> Period:
    """Return the period that a level counts on a day.

    :param str kind: 'year' of the calendar, 'rolling' (the last 12 months), or
        'membership' (years from the day of joining)
    :param date joined: first day of the membership
    :raises ValueError: if there is no such kind

    >>> joined = datetime.date(2025, 5, 17)
    >>> running(datetime.date(2026, 2, 10), "year", joined).end
    datetime.date(2026, 12, 31)
    >>> running(datetime.date(2026, 2, 10), "membership", joined).end
    datetime.date(2026, 5, 16)
    >>> running(datetime.date(2026, 2, 10), "rolling", joined).start
    datetime.date(2025, 2, 11)
    """
    if kind == "year":
        return year_of(day, NEW_YEAR)
    if kind == "membership":
        return year_of(day, joined)
    if kind == "rolling":
        return Period(add_months(day, -YEAR) + DAY, day)
    raise ValueError(f"no such period: {kind}")


def previous(period: Period, kind: Kind, joined: datetime.date) -> Period | None:
    """Return the period before a running one; None where the last months roll.

    >>> this = running(datetime.date(2026, 2, 10), "year", NEW_YEAR)
    >>> previous(this, "year", NEW_YEAR).start
    datetime.date(2025, 1, 1)
    """
    if kind == "rolling":
        return None
    return running(period.start - DAY, kind, joined)


def granted_until(day: datetime.date, kind: Kind, joined: datetime.date):
    """Return the last day for which a level is granted that is reached on a day.

    >>> granted_until(datetime.date(2026, 2, 10), "rolling", NEW_YEAR)
    datetime.date(2027, 2, 9)
    """
    if kind == "rolling":
        return add_months(day, YEAR) - DAY
    return running(day, kind, joined).end


def prolonged(until: datetime.date, day: datetime.date, kind: Kind, joined):
    """Return until when a level is granted that was looked at again.

    To the end of the running period; where the last 12 months count, for as many years
    more as it takes to come to the day of the review.

    :param date until: the last day so far
    :param date day: of the review, later than `until`

    >>> until, joined = datetime.date(2026, 2, 9), NEW_YEAR
    >>> prolonged(until, datetime.date(2026, 4, 11), "rolling", joined)
    datetime.date(2027, 2, 9)
    >>> prolonged(until, datetime.date(2026, 4, 11), "year", joined)
    datetime.date(2026, 12, 31)
    """
    if kind != "rolling":
        return running(day, kind, joined).end
    years = max(1, day.year - until.year)
    if add_months(until, years * YEAR) < day:
        years += 1
    return add_months(until, years * YEAR)


@dataclass(frozen=True, slots=True)
class Level:
    """A level: from which measure on, and whether one falls below it again."""

    id: int
    threshold: Decimal
    is_lasting: bool = False

    @property
    def lasts(self) -> bool:
        """Whether nobody falls below it: kept for good, or from joining on."""
        return self.is_lasting or not self.threshold


def rank(measure: Decimal, levels: Sequence[Level]) -> int:
    """Return how many of the levels a measure deserves: 0 for none.

    :param measure: below 0 it counts as 0
    :param levels: ascending by threshold; a threshold reached exactly counts

    >>> levels = [Level(1, Decimal(0)), Level(2, Decimal(500))]
    >>> [rank(Decimal(m), levels) for m in (-5, 0, 499, 500)]
    [1, 1, 1, 2]
    """
    return sum(level.threshold <= max(measure, Decimal(0)) for level in levels)


class Decision(NamedTuple):
    """What becomes of a level; ``rank`` counts from 1, 0 is none."""

    rank: int
    until: datetime.date | None
    cause: Literal["reached", "lost", "kept", ""]


def decide(
    held: int,
    until: datetime.date | None,
    measures: tuple[Decimal, Decimal, Decimal],
    levels: Sequence[Level],
    day: datetime.date,
    kind: Kind,
    joined: datetime.date,
    grace_days: int,
) -> Decision:
    """Decide what becomes of an earned level on a day.

    Up at once, to the highest level that the running period deserves, or, until the
    grace is over, the one before it. Down only after the last day and the grace, by one
    level, if neither the period that ended on that day nor the running one deserves it.

    :param int held: rank of the level that is held; 0 for none
    :param date until: last day for which it was granted; None for good
    :param measures: of the running period, of the one before it, and of the one that
        ended with `until`
    :param levels: ascending by threshold

    >>> levels = [Level(1, Decimal(500)), Level(2, Decimal(900))]
    >>> new_year, day = NEW_YEAR, datetime.date(2026, 3, 2)
    >>> sums = Decimal(100), Decimal(400), Decimal(400)
    >>> decide(2, datetime.date(2025, 12, 31), sums, levels, day, "year", new_year, 60)
    Decision(rank=1, until=datetime.date(2026, 12, 31), cause='lost')
    """
    now, before, ended = (rank(measure, levels) for measure in measures)
    last = previous(running(day, kind, joined), kind, joined)
    if last is None or day > last.end + DAY * grace_days:
        before = 0
    deserved = max(now, before)
    end = granted_until(day, kind, joined)
    if deserved > held:
        end = end if now == deserved or last is None else last.end
        return _grant(deserved, end, "reached", levels)
    if not held or until is None or day <= until + DAY * grace_days:
        return _grant(held, until or end, "", levels)
    is_kept = max(now, now if last is None else ended) >= held
    kept = held if is_kept or levels[held - 1].lasts else held - 1
    end = prolonged(until, day, kind, joined)
    return _grant(kept, end, "kept" if kept == held else "lost", levels)


def _grant(held, until, cause, levels):
    """Return the decision; what nobody falls below is granted without end."""
    lasts = not held or levels[held - 1].lasts
    return Decision(held, None if lasts else until, cause)
