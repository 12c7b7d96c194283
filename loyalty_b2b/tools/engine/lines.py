"""What the engine takes and gives, and the rules compiled for look-up."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

# Reasons of lines that are no revenue: a correction is not spread over them.
NO_REVENUE = frozenset({"ignored", "down_payment", "payment_means"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a rule: which purchases earn, and how much.

    ``points`` are given for each ``per`` (above 0, in programme currency): exactly
    in proportion, or for each full ``per`` a group reaches. ``root`` is shared by the
    versions of a rule. ``categories`` already contain their children; a rule with
    neither products nor categories is for everything, one with both for either.
    ``date_start`` and ``date_end`` are inclusive. After a rule that says ``stop``,
    the later ones are not looked at for the lines it matched.
    """

    id: int
    root: int
    version: int
    sequence: int
    effect: Literal["proportional", "step"]
    points: int
    per: Decimal
    products: frozenset[int] = frozenset()
    categories: frozenset[int] = frozenset()
    date_start: datetime.date | None = None
    date_end: datetime.date | None = None
    by_order_date: bool = False
    stop: bool = False

    def holds_on(self, line: Line) -> bool:
        """Tell whether the line falls into the rule's period."""
        day = self.by_order_date and line.order_date or line.date
        return (self.date_start is None or day >= self.date_start) and (
            self.date_end is None or day <= self.date_end
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a document, as the engine wants it.

    ``key`` is stable ('aml:12', 'sol:5'); ``group`` is what points are counted for
    ('order:7', 'move:9'). ``base`` is untaxed, in document currency, above 0 for a
    sale; ``amount`` is the same in programme currency at the document's own rate.
    ``exclusion`` is the code of why the line cannot earn. ``origin_key`` names the
    line that a correction corrects, where that is known.
    """

    key: str
    group: str
    base: Decimal
    amount: Decimal
    date: datetime.date
    kind: Literal["product", "points_discount", "ignored"] = "product"
    product: int | None = None
    category: int | None = None
    exclusion: str = ""
    order_line: int | None = None
    order_date: datetime.date | None = None
    origin_key: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an explanation: part of the value of a key, under one rule.

    A row that earns carries the rule's rate (``points`` for each ``per``); one that
    earns nothing has an empty ``effect`` and the ``reason`` why. ``base`` (document
    currency) is exact and decides; ``amount`` (programme currency) is exact in rows of
    the part 'line' and rounded in the others, where it is for people to read.
    ``source`` is the key of the discount or correction line that caused the row.
    """

    key: str
    group: str
    part: Literal["line", "discount", "correction"]
    rule: int | None
    root: int | None
    version: int
    effect: Literal["proportional", "step", ""]
    points: int
    per: Decimal
    base: Decimal
    amount: Decimal
    order_line: int | None
    product: int | None
    reason: str = ""
    source: str | None = None


class RuleSet:
    """Rules compiled so that finding those of a line costs the same for 1 and 1000."""

    __slots__ = ("_anywhere", "_by_category", "_by_product", "_found", "_versioned")

    def __init__(self, rules: Iterable[Rule]):
        self._anywhere: list[Rule] = []
        self._by_product: dict[int | None, list[Rule]] = defaultdict(list)
        self._by_category: dict[int | None, list[Rule]] = defaultdict(list)
        self._found: dict[tuple[int | None, int | None], tuple[Rule, ...]] = {}
        roots = set()
        self._versioned = False
        for rule in rules:
            self._versioned |= rule.root in roots
            roots.add(rule.root)
            self._index(rule)

    def _index(self, rule: Rule) -> None:
        """File a rule under what it is conditioned on."""
        for product in rule.products:
            self._by_product[product].append(rule)
        for category in rule.categories:
            self._by_category[category].append(rule)
        if not rule.products and not rule.categories:
            self._anywhere.append(rule)

    def _candidates(self, line: Line) -> tuple[Rule, ...]:
        """Return the rules for the line's product or category, by sequence."""
        place = (line.product, line.category)
        found = self._found.get(place)
        if found is None:
            rules = {
                *self._anywhere,
                *self._by_product.get(line.product, ()),
                *self._by_category.get(line.category, ()),
            }
            found = tuple(sorted(rules, key=lambda rule: (rule.sequence, rule.id)))
            self._found[place] = found
        return found

    def match(self, line: Line) -> tuple[Rule, ...]:
        """Return the rules by which the line earns, in order of sequence.

        Neither the kind of the line nor its exclusion is looked at.
        """
        matching = []
        for rule in self._candidates(line):
            if rule.holds_on(line):
                matching.append(rule)
                if rule.stop:
                    break
        if self._versioned and len(matching) > 1:
            return self._newest(matching)
        return tuple(matching)

    @staticmethod
    def _newest(matching: Sequence[Rule]) -> tuple[Rule, ...]:
        """Keep one version of each rule, should their periods overlap."""
        newest: dict[int, int] = {}
        for rule in matching:
            newest[rule.root] = max(rule.version, newest.get(rule.root, rule.version))
        return tuple(rule for rule in matching if rule.version == newest[rule.root])

    def reason(self, line: Line) -> str:
        """Return the code of why a line earns nothing, '' if it earns.

        The line's own exclusion, 'ignored', 'no_value', 'no_rule' (none for its
        product or category) or 'not_in_period' (there is one, at another time).
        A line of the kind 'ignored' gets a code that marks it as no revenue.
        """
        if line.kind == "ignored":
            return line.exclusion if line.exclusion in NO_REVENUE else "ignored"
        if line.exclusion:
            return line.exclusion
        if not line.base:
            return "no_value"
        if self.match(line):
            return ""
        return "not_in_period" if self._candidates(line) else "no_rule"


NOTHING = RuleSet([])
