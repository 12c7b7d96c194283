"""The conditions of a rule, in the order in which a person would ask them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .lines import Line
from .rules import Rule


class Condition(NamedTuple):
    """One question to a line; ``code`` says in one word that the answer was no."""

    code: str
    is_set: Callable[[Rule], object]
    holds: Callable[[Rule, Line], object]


def _is_covered(rule: Rule, line: Line) -> bool:
    return (
        line.product in rule.products
        or line.category in rule.categories
        or not rule.tags.isdisjoint(line.tags)
    )


def _is_begun(rule: Rule, line: Line) -> bool:
    start = rule.date_start
    return start is None or line.day(rule.by_order_date) >= start


def _is_not_over(rule: Rule, line: Line) -> bool:
    end = rule.date_end
    return end is None or line.day(rule.by_order_date) <= end


# Conditions that the place of a line decides: its product and its customer.
STATIC = (
    Condition(
        "not_covered",
        lambda rule: rule.products or rule.categories or rule.tags,
        _is_covered,
    ),
    Condition(
        "not_in_product_domain",
        lambda rule: rule.has_product_domain,
        lambda rule, line: rule.id in line.domains,
    ),
    Condition(
        "not_in_customer_domain",
        lambda rule: rule.has_customer_domain,
        lambda rule, line: rule.id in line.customer.domains,
    ),
    Condition(
        "not_customer_tag",
        lambda rule: rule.customer_tags,
        lambda rule, line: not rule.customer_tags.isdisjoint(line.customer.tags),
    ),
    Condition(
        "not_country",
        lambda rule: rule.countries,
        lambda rule, line: line.customer.country in rule.countries,
    ),
    Condition(
        "not_tier",
        lambda rule: rule.tiers,
        lambda rule, line: line.customer.tier in rule.tiers,
    ),
)
# Conditions that each line decides anew.
OWN = (
    Condition(
        "not_pricelist",
        lambda rule: rule.pricelists,
        lambda rule, line: line.pricelist in rule.pricelists,
    ),
    Condition(
        "rule_excluded_pricelist",
        lambda rule: rule.excluded_pricelists,
        lambda rule, line: line.pricelist not in rule.excluded_pricelists,
    ),
    Condition(
        "not_channel",
        lambda rule: rule.channels,
        lambda rule, line: line.channel in rule.channels,
    ),
    Condition("not_begun", lambda rule: rule.date_start, _is_begun),
    Condition("over", lambda rule: rule.date_end, _is_not_over),
    Condition(
        "rule_line_discount",
        lambda rule: rule.max_discount is not None,
        lambda rule, line: line.discount <= rule.max_discount,
    ),
    Condition(
        "below_margin",
        lambda rule: rule.min_margin is not None,
        lambda rule, line: line.margin is not None and line.margin >= rule.min_margin,
    ),
)
# How far a line came with a rule: the later the condition that failed, the further.
DEPTH = {condition.code: i for i, condition in enumerate((*STATIC, *OWN))}


def asked(rule: Rule, conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """Return those of the conditions that the rule sets."""
    return tuple(condition for condition in conditions if condition.is_set(rule))


def failed(rule: Rule, line: Line, conditions: tuple[Condition, ...]) -> str:
    """Return the code of the first of the conditions that does not hold, or ''."""
    for code, _is_set, holds in conditions:
        if not holds(rule, line):
            return code
    return ""
