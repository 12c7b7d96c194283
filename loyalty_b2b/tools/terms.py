"""Days of a statement that somebody types in or forges."""

from __future__ import annotations

import datetime
import re

MOST_DAYS = 3 * 366


def get_last_quarter(today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """Return first and last day of the calendar quarter before a day's.

    >>> get_last_quarter(datetime.date(2026, 2, 28))
    (datetime.date(2025, 10, 1), datetime.date(2025, 12, 31))
    """
    first = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    last = first - datetime.timedelta(days=1)
    return last.replace(month=last.month - 2, day=1), last


def get_last_month(today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """Return first and last day of the month before a day's.

    >>> get_last_month(datetime.date(2026, 3, 31))
    (datetime.date(2026, 2, 1), datetime.date(2026, 2, 28))
    """
    last = today.replace(day=1) - datetime.timedelta(days=1)
    return last.replace(day=1), last


def read_term(
    typed_first: object, typed_last: object, today: datetime.date
) -> tuple[datetime.date, datetime.date]:
    """Return first and last day, both included, of what was typed in.

    :param today: the last day that a statement may go to
    :raises ValueError: ``unreadable``, ``reversed``, ``future`` or ``long``

    >>> read_term("2026-01-01", "2026-01-31", datetime.date(2026, 2, 1))
    (datetime.date(2026, 1, 1), datetime.date(2026, 1, 31))
    >>> read_term("2026-01-02", "2026-01-01", datetime.date(2026, 2, 1))
    Traceback (most recent call last):
    ValueError: reversed
    """
    first, last = _read_day(typed_first), _read_day(typed_last)
    if first > last:
        raise ValueError("reversed")
    if last > today:
        raise ValueError("future")
    if (last - first).days > MOST_DAYS:
        raise ValueError("long")
    return first, last


def _read_day(typed: object) -> datetime.date:
    if not re.fullmatch(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}", str(typed or "")):
        raise ValueError("unreadable")
    try:
        return datetime.date.fromisoformat(str(typed))
    except ValueError as error:
        raise ValueError("unreadable") from error
