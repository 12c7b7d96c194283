"""What the engine takes and gives."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from .rules import Effect

# Reasons of lines that are no revenue: a correction is not spread over them.
NO_REVENUE = frozenset({"ignored", "down_payment", "payment_means", "reward"})
# Reasons of rows that may earn with a later document of their group.
FOR_NOW = frozenset({"below_minimum", "stacked", "capped", "later"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """The company that is invoiced, as the conditions of rules ask for it.

    ``domains`` are the ids of the rules whose customer domain holds.
    """

    id: int | None = None
    country: int | None = None
    tags: frozenset[int] = frozenset()
    tier: int | None = None
    domains: frozenset[int] = frozenset()


NOBODY = Customer()


# Frozen dataclasses take four times as long to fill: these two are only treated so.
@dataclass(slots=True, unsafe_hash=True, kw_only=True)
class Line:
    """A line of a document, as the engine wants it; nobody changes one.

    ``key`` is stable ('aml:12', 'sol:5'); ``group`` is what points are counted for
    ('order:7', 'move:9'). ``base`` is untaxed, in document currency, above 0 for a
    sale; ``amount`` is the same in programme currency at the document's own rate.
    ``quantity`` is in the product's own unit, with the sign of ``base``.
    ``discount`` and ``margin`` (None: unknown) are percentages of the line.
    ``domains`` are the ids of the rules whose product domain holds.
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
    tags: frozenset[int] = frozenset()
    domains: frozenset[int] = frozenset()
    quantity: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    margin: Decimal | None = None
    exclusion: str = ""
    order_line: int | None = None
    order_date: datetime.date | None = None
    pricelist: int | None = None
    channel: str = ""
    customer: Customer = NOBODY
    origin_key: str | None = None

    def day(self, by_order_date: bool) -> datetime.date:
        """Return the day by which a rule's period counts."""
        return by_order_date and self.order_date or self.date


@dataclass(slots=True, unsafe_hash=True)
class Row:
    """One line of an explanation: part of the value of a key, under one rule.

    A row that earns carries the rule's rate (``points`` for each ``per``); one that
    earns nothing has an empty ``effect`` and the ``reason`` why. ``base`` (document
    currency) is exact and decides; ``amount`` (programme currency) is exact in rows of
    the part 'line' and rounded in the others, where it is for people to read.
    ``quantity`` is that of the line, in rows of the part 'line'. ``day`` is the one by
    which the rule's period counts. ``source`` is the key of the discount or
    correction line that caused the row.

    ``place`` numbers the rows of a group in the order of booking, in which they count;
    a ledger may keep them in another one.

    A row of the part 'cap' says that with its document a rule wanted ``wanted`` points
    more for the group, of which ``given`` fitted under its cap in the period of
    ``day``; below 0 they became free again. All of them together say what stands.
    """

    key: str
    group: str
    part: Literal["line", "discount", "correction", "cap", "memo"]
    rule: int | None = None
    root: int | None = None
    version: int = 0
    effect: Effect = ""
    points: int = 0
    per: Decimal = Decimal(0)
    base: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    order_line: int | None = None
    product: int | None = None
    reason: str = ""
    source: str | None = None
    quantity: Decimal = Decimal(0)
    day: datetime.date | None = None
    wanted: int = 0
    given: int = 0
    place: int = 0
