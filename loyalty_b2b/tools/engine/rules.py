"""A rule as plain values: condition, effect, caps and stacking."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Effect = Literal[
    "proportional", "step", "unit", "order", "ladder", "multiplier", "bonus", ""
]
Trigger = Literal["purchase", "first_order", "on_time", "goal"]
Period = Literal["day", "month", "quarter", "year", "lifetime"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a rule: which purchases earn, and how much (DESIGN §5).

    *How much.* ``points`` are given for each ``per`` (above 0): of programme currency
    exactly in proportion ('proportional') or for each full ``per`` an order reaches
    ('step'), of units of the product in proportion ('unit'); for each order ('order'),
    or once for each wallet ('bonus'). A 'ladder' gives the points of the thresholds in
    ``steps`` (amount, points; ascending) that an order reaches, of the highest one only
    if ``highest_only``. A 'multiplier' makes what the other rules gave for its lines
    ``factor`` times as much.

    *What and who.* Empty sets mean everything. ``products``, ``categories`` (with
    their children) and ``tags`` together name what is meant: either of them will do.
    All other conditions have to hold at the same time. A domain is not looked at
    here: lines and customers say for which rules (by id) theirs holds.

    *When.* ``date_start`` and ``date_end`` are inclusive. With another ``trigger``
    than 'purchase' the rule counts later, in an entry of its own.

    *Minimums* are those of what the rule covers in an order (untaxed, in programme
    currency, or in units), or of each line of the order, invoices taken together.

    *Stacking.* After a rule that says ``stop``, the later ones are not looked at for
    its lines; of the rules with the same ``exclusive`` word the first one counts for a
    line. A rule whose minimum is not reached neither stops nor excludes.

    ``root`` is shared by the versions of a rule. ``expiry_months`` None: points live
    as long as the programme says.
    """

    id: int
    root: int
    version: int
    sequence: int
    effect: Effect
    points: int
    per: Decimal
    products: frozenset[int] = frozenset()
    categories: frozenset[int] = frozenset()
    date_start: datetime.date | None = None
    date_end: datetime.date | None = None
    by_order_date: bool = False
    stop: bool = False
    # how much
    factor: Decimal = Decimal(1)
    steps: tuple[tuple[Decimal, int], ...] = ()
    highest_only: bool = False
    # what
    tags: frozenset[int] = frozenset()
    has_product_domain: bool = False
    max_discount: Decimal | None = None
    min_margin: Decimal | None = None
    # who
    has_customer_domain: bool = False
    customer_tags: frozenset[int] = frozenset()
    countries: frozenset[int] = frozenset()
    tiers: frozenset[int] = frozenset()
    pricelists: frozenset[int] = frozenset()
    excluded_pricelists: frozenset[int] = frozenset()
    channels: frozenset[str] = frozenset()
    # when
    trigger: Trigger = "purchase"
    grace_days: int = 0
    goal_measure: Literal["orders", "amount", "months"] = "orders"
    goal_target: Decimal = Decimal(1)
    goal_period: Period = "year"
    # minimums, caps, stacking
    min_amount: Decimal = Decimal(0)
    min_quantity: Decimal = Decimal(0)
    min_line_amount: Decimal = Decimal(0)
    min_line_quantity: Decimal = Decimal(0)
    cap_order: int | None = None
    cap_points: int | None = None
    cap_period: Period = "month"
    exclusive: str = ""
    expiry_months: int | None = None

    @property
    def has_minimum(self) -> bool:
        """Whether the rule counts only from some amount or quantity on."""
        return bool(
            self.min_amount
            or self.min_quantity
            or self.min_line_amount
            or self.min_line_quantity
        )

    @property
    def is_deferred(self) -> bool:
        """Whether the rule counts in an entry of its own, not when invoiced."""
        return self.trigger != "purchase"

    @property
    def cap(self) -> int | None:
        """Most points a wallet gets in a ``cap_period``; None without a cap."""
        return self.points if self.effect == "bonus" else self.cap_points

    @property
    def pool(self) -> str:
        """What is rounded together and lives equally long; '' is the usual life."""
        return "" if self.expiry_months is None else f"m{self.expiry_months}"

    @property
    def is_plain(self) -> bool:
        """Whether each line counts by itself, in proportion to its amount."""
        return self.effect == "proportional" and not (
            self.has_minimum
            or self.is_deferred
            or self.stop
            or self.exclusive
            or self.cap_order is not None
            or self.cap is not None
            or self.pool
        )
