"""What documents earn: one pure evaluation (DESIGN §5).

Posting, preview, *Try it*, rehearsal and repair call these functions and differ only
in who fills in the lines. Money comes in as Decimal; what is computed from it is
exact until it is rounded once.

A *key* is one line of a document. A *row* explains what happened to the value of a
key under one rule: its own value, a discount for points that falls on it, a
correction. All rows of a group, in the order of booking, give the group's points.
"""

from .capping import cap_days, extend
from .correcting import annul, correct, unlinked_credit
from .counting import Count, count, deferred_points, group_points
from .explained import Part, contributions, exact_points, explained
from .explaining import explain
from .lines import FOR_NOW, NOBODY, Customer, Line, Row
from .nudging import Nudge, next_step
from .rules import Rule
from .ruleset import NOTHING, RuleSet
from .trying import Outcome, Trial, try_out

__all__ = [
    "FOR_NOW",
    "NOBODY",
    "NOTHING",
    "Count",
    "Customer",
    "Line",
    "Nudge",
    "Outcome",
    "Part",
    "Row",
    "Rule",
    "RuleSet",
    "Trial",
    "annul",
    "cap_days",
    "contributions",
    "correct",
    "count",
    "deferred_points",
    "exact_points",
    "explain",
    "explained",
    "extend",
    "group_points",
    "next_step",
    "try_out",
    "unlinked_credit",
]
