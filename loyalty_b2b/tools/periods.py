"""Days and months of a programme."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


def add_months(day: date, months: int) -> date:
    """Return the same day so many months later; month ends clip.

    :param int months: may be negative
    :raises OverflowError: outside the years 1 to 9999

    >>> add_months(date(2024, 1, 31), 1)
    datetime.date(2024, 2, 29)
    >>> add_months(date(2024, 3, 31), -13)
    datetime.date(2023, 2, 28)
    """
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if not 1 <= year <= 9999:
        raise OverflowError(f"no such year: {year}")
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def lot_expiry(available: date, months: int) -> date | None:
    """Return the last day on which a lot can be used.

    It is the day that corresponds to the day of availability, as for any period
    counted in months (Polish Civil Code, art. 112; Regulation 1182/71, art. 3).

    :param date available: first day on which the lot can be used
    :param int months: length of life; 0 = never expires
    :return: last usable day, included; None if the lot never expires
    :raises ValueError: if ``months`` is negative

    >>> lot_expiry(date(2024, 2, 29), 12)
    datetime.date(2025, 2, 28)
    >>> lot_expiry(date(2024, 2, 29), 0)
    """
    if months < 0:
        raise ValueError(f"a life of {months} months")
    return add_months(available, months) if months else None


def local_day(utc_datetime: datetime, tz_name: str) -> date:
    """Return the calendar day of an instant in the programme's time zone.

    :param datetime utc_datetime: naive (then UTC, as Odoo stores it) or aware
    :param str tz_name: IANA name; empty means UTC
    :raises ValueError: if the zone is unknown

    >>> local_day(datetime(2024, 12, 31, 23, 30), "Europe/Warsaw")
    datetime.date(2025, 1, 1)
    """
    try:
        zone = ZoneInfo(tz_name or "UTC")
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(f"unknown time zone: {tz_name}") from error
    if utc_datetime.tzinfo is None:
        utc_datetime = utc_datetime.replace(tzinfo=ZoneInfo("UTC"))
    return utc_datetime.astimezone(zone).date()


def is_lapsed(expiry: date | None, today: date) -> bool:
    """Tell whether a lot is past its last day; it is usable *on* that day.

    >>> is_lapsed(date(2024, 5, 1), date(2024, 5, 1))
    False
    >>> is_lapsed(date(2024, 5, 1), date(2024, 5, 2))
    True
    >>> is_lapsed(None, date(2024, 5, 2))
    False
    """
    return expiry is not None and today > expiry


# The period without an end begins before every document.
BEGINNING = date(1900, 1, 1)


def period_start(day: date, period: str) -> date:
    """Return the first day of the period in which a day lies.

    :param str period: 'day', 'month', 'quarter', 'year' or 'lifetime'
    :raises ValueError: if there is no such period

    >>> period_start(date(2024, 5, 31), "quarter")
    datetime.date(2024, 4, 1)
    """
    if period == "day":
        return day
    if period == "month":
        return day.replace(day=1)
    if period == "quarter":
        return date(day.year, day.month - (day.month - 1) % 3, 1)
    if period == "year":
        return date(day.year, 1, 1)
    if period == "lifetime":
        return BEGINNING
    raise ValueError(f"no such period: {period}")


def period_end(day: date, period: str) -> date | None:
    """Return the last day of the period in which a day lies; None for 'lifetime'.

    >>> period_end(date(2024, 2, 10), "month"), period_end(date(2024, 2, 10), "year")
    (datetime.date(2024, 2, 29), datetime.date(2024, 12, 31))
    """
    start = period_start(day, period)
    months = {"month": 1, "quarter": 3, "year": 12}
    if period == "lifetime":
        return None
    if period == "day":
        return day
    return add_months(start, months[period]) - timedelta(days=1)


# Most dates of a year on which points may expire.
MOST_DATES = 12


@dataclass(frozen=True, slots=True)
class Expiry:
    """How long points can be used, counted from the day they became available.

    ``mode`` is 'never'; 'months': for ``months`` months, 0 = for ever; 'period': to the
    end of the ``period`` ('month', 'quarter', 'year') in which these months end;
    'dates': to the first of ``dates``, (month, day) of every year, that is no earlier
    than these months end; 'inactivity': lots carry no date, all lapse together.
    """

    mode: str = "months"
    months: int = 0
    period: str = "year"
    dates: tuple[tuple[int, int], ...] = ()

    def last_day(self, available: date) -> date | None:
        """Return the last day on which a lot can be used; None if it has none.

        :param date available: first day on which the lot can be used
        :raises ValueError: if ``months`` is negative, or there is no date or mode

        >>> Expiry("period", 12, "quarter").last_day(date(2024, 2, 29))
        datetime.date(2025, 3, 31)
        >>> Expiry("dates", 0, dates=((6, 30), (12, 31))).last_day(date(2024, 7, 1))
        datetime.date(2024, 12, 31)
        """
        if self.mode in ("never", "inactivity"):
            return None
        if self.mode == "months":
            return lot_expiry(available, self.months)
        if self.months < 0:
            raise ValueError(f"a life of {self.months} months")
        earliest = add_months(available, self.months)
        if self.mode == "period":
            return period_end(earliest, self.period)
        if self.mode == "dates":
            return next_of_dates(earliest, self.dates)
        raise ValueError(f"no such way to expire: {self.mode}")


def next_of_dates(day: date, dates: Iterable[tuple[int, int]]) -> date:
    """Return the first of some dates of every year that is not before a day.

    29 February is the 28th in years that have no 29th.

    :param dates: (month, day)
    :raises ValueError: if there are none

    >>> next_of_dates(date(2023, 1, 1), [(2, 29)])
    datetime.date(2023, 2, 28)
    >>> next_of_dates(date(2024, 2, 29), [(2, 28)])
    datetime.date(2025, 2, 28)
    """
    return min(
        found
        for month, number in dates
        for year in (day.year, day.year + 1)
        if (found := date(year, month, min(number, monthrange(year, month)[1]))) >= day
    )


class DatesError(ValueError):
    """Why a list of dates cannot be read: ``fault``, and the ``word`` it is about."""

    def __init__(self, fault: str, word: str = ""):
        super().__init__(f"{fault}: {word}")
        self.fault = fault
        self.word = word


def parse_dates(text: str) -> tuple[tuple[int, int], ...]:
    """Read dates of every year, written as day.month and parted by commas or spaces.

    :return: (month, day), ascending
    :raises DatesError: 'unreadable', 'no_such_day', 'duplicate', 'too_many' or 'none'

    >>> parse_dates("31.12, 30.6")
    ((6, 30), (12, 31))
    """
    found: list[tuple[int, int]] = []
    for word in re.split(r"[,;\s]+", text.strip()) if text.strip() else ():
        match = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.?", word)
        if not match:
            raise DatesError("unreadable", word)
        day, month = int(match[1]), int(match[2])
        # a leap year, as 29 February is a date too
        if not 1 <= month <= 12 or not 1 <= day <= monthrange(2024, month)[1]:
            raise DatesError("no_such_day", word)
        if (month, day) in found:
            raise DatesError("duplicate", word)
        found.append((month, day))
    if not found:
        raise DatesError("none")
    if len(found) > MOST_DATES:
        raise DatesError("too_many", str(len(found)))
    return tuple(sorted(found))
