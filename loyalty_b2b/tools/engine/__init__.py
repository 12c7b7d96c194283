"""What documents earn: one pure evaluation (DESIGN §5).

Posting, preview, *Try it*, rehearsal and repair call these functions and differ only
in who fills in the lines. Money comes in as Decimal; what is computed from it is
exact until it is rounded once.

A *key* is one line of a document. A *row* explains what happened to the value of a
key under one rule: its own value, a discount for points that falls on it, a
correction. All rows of a group, in the order of booking, give the group's points.
"""

from .correcting import annul, correct, unlinked_credit
from .counting import exact_points, explained, group_points
from .explaining import explain
from .lines import Line, Row, Rule, RuleSet

__all__ = [
    "Line",
    "Row",
    "Rule",
    "RuleSet",
    "annul",
    "correct",
    "exact_points",
    "explain",
    "explained",
    "group_points",
    "unlinked_credit",
]
