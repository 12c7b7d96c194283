"""Why something is not to be had, for a person."""

from typing import NamedTuple


class Refusal(NamedTuple):
    """One reason, in words.

    >>> Refusal("points", "300 points short").remedy
    ''
    """

    code: str
    text: str
    # what helps: "ask" somebody who may, or nothing
    remedy: str = ""
