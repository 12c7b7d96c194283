"""Numbers that people type into forms, and what others send instead."""

from __future__ import annotations

MOST_DIGITS = 15


def parse_points(text: object) -> int:
    """Return whole points as they were typed, 0 for anything else.

    >>> parse_points("1 500"), parse_points(20), parse_points("-5"), parse_points("1.5")
    (1500, 20, 0, 0)
    >>> parse_points(None), parse_points("9" * 40), parse_points([1])
    (0, 0, 0)
    """
    digits = "".join(str("" if text is None else text).split())
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS
    return int(digits) if is_number else 0
