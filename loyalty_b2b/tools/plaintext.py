"""Texts that strangers type in and others read, in mails too."""

from __future__ import annotations

import re

# a scheme, mark-up, or a name with a domain; initials before a name are none
LINK = re.compile(
    r"://|www\.|[<>@]|\w{2}\.[a-z]{2,}\b|\b\w\.(co|com|eu|info|io|me|net|org|pl)\b",
    re.IGNORECASE,
)


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

    Mail programmes make links of bare addresses, wherever they stand.

    >>> [has_link(text) for text in ("Budmax Sp. z o.o.", "www.x.test", "a.com/b")]
    [False, True, True]
    >>> has_link("Go to evil.com now"), has_link("evil.com, Jan"), has_link("x.com")
    (True, True, True)
    >>> has_link("P.H.U.Budex"), has_link(None)
    (False, False)
    """
    return bool(LINK.search(text or ""))
