"""Texts that strangers type in and others read, in mails too."""

from __future__ import annotations

import re


def clean(text: object, most: int = 100) -> str:
    """Return a text as one line without control characters, no longer than `most`.

    :param text: anything; None is ''

    >>> clean("  Budmax\\n Sp. z o.o. "), clean(None), clean("abc", 2)
    ('Budmax Sp. z o.o.', '', 'ab')
    """
    words = "".join(
        letter if letter.isprintable() else " " for letter in str(text or "")
    )
    return " ".join(words.split())[:most].strip()


def has_link(text: str) -> bool:
    """Tell whether a text could be read as an address on the web.

    >>> [has_link(text) for text in ("Budmax Sp. z o.o.", "www.x.test", "a.com/b")]
    [False, True, True]
    """
    return bool(
        re.search(r"://|www\.|[<>]|\b[\w-]+\.[a-z]{2,}(/|\?|\b$)", text, re.IGNORECASE)
    )
