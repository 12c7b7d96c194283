"""Read what people write into the cells of a table."""

from __future__ import annotations

import datetime

Cell = str | int | float | bool | datetime.date | None


def read_whole(cell: Cell) -> int | None:
    """Return a cell as a whole number, with or without spaces between thousands.

    :return: None if it is no whole number: what a comma means depends on who writes it

    >>> read_whole("1 000"), read_whole(12.0), read_whole("1,5"), read_whole(None)
    (1000, 12, None, None)
    """
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        return (
            int(cell)
            if cell == cell and abs(cell) < 2**53 and cell == int(cell)
            else None
        )
    text = "".join(str(cell).split())
    digits = text.removeprefix("-")
    return (
        int(text)
        if digits.isascii() and digits.isdigit() and len(digits) < 19
        else None
    )


def read_day(cell: Cell) -> datetime.date | None:
    """Return a cell as a date: 2026-12-31, 31.12.2026 or a date of the workbook.

    :raises ValueError: if it is none

    >>> read_day("31.12.2026") == read_day("2026-12-31"), read_day("")
    (True, None)
    """
    if cell in (None, ""):
        return None
    if isinstance(cell, datetime.date):
        return cell
    text = str(cell)
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise ValueError(text)
