"""What documents earn: one pure evaluation (DESIGN §5).

Posting, preview, *Try it*, rehearsal and repair call these functions and differ only
in who fills in the lines. Money comes in as Decimal; what is computed from it is
exact until it is rounded once.

A *key* is one line of a document. A *row* explains what happened to the value of a
key under one rule: its own value, a discount for points that falls on it, a
correction. All rows of a group, in the order of booking, give the group's points.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from functools import wraps
from math import floor
from typing import Literal

from .rounding import from_minor, round_rows, spread, to_minor

ZERO = Decimal(0)
EXACT = Context(prec=100)
# How well a correction knows what it corrects; less is better.
SAME_KEY, SAME_ORDER_LINE, SAME_PRODUCT, UNMATCHED = range(4)
FIELDS_BY_RANK = ((SAME_ORDER_LINE, "order_line"), (SAME_PRODUCT, "product"))
# Reasons of lines that are no revenue: a correction is not spread over them.
NO_REVENUE = frozenset({"ignored", "down_payment", "payment_means"})
# Reasons of rows that belong to no line and lower the value of the group.
LOOSE = frozenset({"nothing_left", "no_lines"})


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


# === EXPLAINING === #


def explain(lines: Sequence[Line], ruleset: RuleSet, digits: int = 2) -> list[Row]:
    """Explain what the lines of a document earn, or why they earn nothing.

    One 'line' row for each line and matching rule, or one with a reason. Lines of the
    kind 'points_discount' are spread over all product lines of their group by value:
    one 'discount' row for each row of the line on which a share falls.

    :param int digits: decimal places of the document's currency
    :return: rows in the order of the lines, discounts last

    >>> rule = Rule(1, 1, 1, 10, "proportional", 2, Decimal(1))
    >>> line = Line(key="aml:1", group="move:1", base=Decimal("9.99"),
    ...             amount=Decimal("9.99"), date=datetime.date(2024, 5, 1))
    >>> group_points(explain([line], RuleSet([rule])))
    19
    """
    rows: list[Row] = []
    discounts: list[Line] = []
    for line in lines:
        if line.kind == "points_discount":
            discounts.append(line)
        else:
            rows += _line_rows(line, ruleset)
    if discounts:
        rows += _discount_rows(lines, rows, discounts, digits)
    return rows


def _line_rows(line: Line, ruleset: RuleSet) -> list[Row]:
    """Return the rows of a line's own value."""
    earns = not line.exclusion and line.kind == "product" and line.base
    rules = earns and ruleset.match(line)
    if not rules:
        return [_reason_row(line, "line", ruleset.reason(line))]
    return [
        Row(
            line.key,
            line.group,
            "line",
            rule.id,
            rule.root,
            rule.version,
            rule.effect,
            rule.points,
            rule.per,
            line.base,
            line.amount,
            line.order_line,
            line.product,
        )
        for rule in rules
    ]


def _reason_row(line: Line, part: str, reason: str) -> Row:
    """Return a row that says why a line earns nothing."""
    return Row(
        line.key,
        line.group,
        part,
        None,
        None,
        0,
        "",
        0,
        Decimal(0),
        line.base,
        line.amount,
        line.order_line,
        line.product,
        reason,
    )


def _discount_rows(
    lines: Sequence[Line], rows: Sequence[Row], discounts: Sequence[Line], digits: int
) -> list[Row]:
    """Spread the discounts for points over the product lines of their groups."""
    rows_by_key: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        rows_by_key[row.key].append(row)
    result = []
    # By key, so that the order of the lines decides nothing, not even a cent.
    lines = sorted(lines, key=lambda line: line.key)
    for discount in discounts:
        targets = _product_lines(lines, discount.group)
        if not targets:
            result.append(_reason_row(discount, "discount", "no_lines"))
        for line, share in _share_out(discount, targets, digits):
            result += [
                _part_of(row, "discount", share, digits, discount.key)
                for row in rows_by_key[line.key]
            ]
    return result


def _product_lines(lines: Sequence[Line], group: str) -> list[Line]:
    """Return the product lines of a group that have a value."""
    return [
        line
        for line in lines
        if line.kind == "product" and line.group == group and line.base
    ]


def _share_out(
    discount: Line, targets: Sequence[Line], digits: int
) -> Iterator[tuple[Line, Decimal]]:
    """Spread a discount over lines by value; yield the lines with their shares.

    Lines of its own sign (another discount of the order) bear nothing, unless there
    are no others: a share that is credited in several parts then leaves no cent that
    only the other sign could take.
    """
    if not targets:
        return
    weights = [line.base if line.base * discount.base < 0 else 0 for line in targets]
    if not any(weights):
        weights = [line.base for line in targets]
    scale = _scale([discount.base], digits)
    shares = spread(to_minor(discount.base, scale), weights)
    for line, share in zip(targets, shares, strict=True):
        if share:
            yield line, from_minor(share, scale)


def _scale(values: Iterable[Decimal], digits: int) -> int:
    """Return the decimal places that hold the values exactly, ``digits`` or more."""
    return max([digits, *(-value.as_tuple().exponent for value in values)])


def _part_of(row: Row, part: str, base: Decimal, digits: int, source: str) -> Row:
    """Return a row for a part of a row's value, at that row's rate and exchange."""
    ratio = Fraction(row.amount) / Fraction(row.base) if row.base else 0
    amount = from_minor(to_minor(Fraction(base) * ratio, digits), digits)
    return replace(row, part=part, base=base, amount=amount, source=source)


# === COUNTING === #


def _exactly(function: Callable) -> Callable:
    """Let a function add money without rounding, whatever the caller's context."""

    @wraps(function)
    def exact(*args, **kwargs):
        with localcontext(EXACT):
            return function(*args, **kwargs)

    return exact


class _Held:
    """What is known of the value of one key under one rule, in document currency."""

    __slots__ = ("corrected", "discount", "lines", "value")

    def __init__(self) -> None:
        self.lines: list[Row] = []
        self.value = self.discount = self.corrected = ZERO

    def add(self, row: Row) -> None:
        """Take a row into account."""
        if row.part == "line":
            self.lines.append(row)
            self.value += row.base
        elif row.part == "discount":
            self.discount += row.base
        else:
            self.corrected += row.base

    def clamp(self, base: Decimal) -> Decimal:
        """Return a balance as far as it counts: between zero and the value."""
        return max(min(ZERO, self.value), min(base, max(ZERO, self.value)))

    def live(self) -> Row:
        """Return the latest line row that no other has annulled.

        A document that is posted again at another rate counts with the new one.
        """
        live: list[Row] = []
        for row in self.lines:
            mirror = next((old for old in reversed(live) if _undoes(row, old)), None)
            if mirror is None:
                live.append(row)
            else:
                live.remove(mirror)
        return (live or self.lines)[-1]


def _undoes(row: Row, other: Row) -> bool:
    """Tell whether one row is the other's mirror image."""
    return row.base == -other.base and row.amount == -other.amount


class _Key:
    """The value of one line of a document, under all rules by which it ever earned."""

    __slots__ = ("roots",)

    def __init__(self) -> None:
        self.roots: dict[int | None, _Held] = {}

    @property
    def corrected(self) -> Decimal:
        """The corrections of the key.

        They come once for each root known at their time, so the eldest root has all
        of them, also those from before the line was posted again under other rules.
        """
        return next((one for one in self.held if one.lines), self.held[0]).corrected

    @property
    def held(self) -> list[_Held]:
        """What is known under each root, eldest first."""
        return list(self.roots.values())

    @property
    def leading(self) -> _Held:
        """The newest root that has a value; all that have one have the same."""
        held = self.held
        return next((one for one in reversed(held) if one.value), held[0])

    @property
    def value(self) -> Decimal:
        """The value of the line itself."""
        return self.leading.value

    @property
    def balance(self) -> Decimal:
        """Its value less discounts and corrections, which may exceed it."""
        leading = self.leading
        return leading.value + leading.discount + self.corrected

    @property
    def bounds(self) -> tuple[Decimal, Decimal]:
        """Between what the balance counts: zero and the value of the line."""
        value = self.value
        return min(ZERO, value), max(ZERO, value)

    @property
    def remaining(self) -> Decimal:
        """The balance as far as it counts."""
        return self.leading.clamp(self.balance)

    def room(self, sign: Decimal) -> Decimal:
        """How far a correction of that sign can move the balance to its bound."""
        low, high = self.bounds
        return max(ZERO, high - self.balance if sign > 0 else self.balance - low)

    def closing(self, sign: Decimal) -> Decimal:
        """How far a correction of that sign can move the balance toward zero."""
        remaining = self.remaining
        return abs(remaining) if remaining * sign < 0 else ZERO

    def excess(self, sign: Decimal) -> Decimal:
        """How far earlier corrections of the other sign went past their bound."""
        low, high = self.bounds
        return max(ZERO, low - self.balance if sign > 0 else self.balance - high)


def _hold(rows: Iterable[Row]) -> dict[str, _Key]:
    """Gather the rows of the keys that have to do with revenue."""
    keys: dict[str, _Key] = {}
    for row in rows:
        if row.reason in NO_REVENUE:
            continue
        if row.key not in keys:
            if row.part != "line" and row.reason not in LOOSE:
                continue
            keys[row.key] = _Key()
        roots = keys[row.key].roots
        root = row.root or None  # a ledger may have kept "none" as 0
        if root not in roots:
            roots[root] = _Held()
        roots[root].add(row)
    return keys


def _remaining(rows: Sequence[Row]) -> Iterator[tuple[Row, Decimal | Fraction]]:
    """Yield what still earns: a row with the rate, and the amount that remains."""
    if _is_untouched(rows):
        yield from ((row, row.amount) for row in rows if row.effect)
        return
    keys = _hold(rows).values()
    share = _borne(keys)
    for key in keys if share else ():
        for held in key.held:
            if held.value and held.lines[0].effect:
                row = held.live()
                base = held.clamp(held.value + held.discount + key.corrected)
                ratio = Fraction(row.amount) / Fraction(row.base)
                yield row, Fraction(base) * ratio * (share if base > 0 else 1)


def _borne(keys: Collection[_Key]) -> Fraction:
    """Return which share of what remains is left when the group bears its excess.

    Corrections that went past the value of their line (because another was undone
    since, or two did not see each other) are borne by the lines of which something
    remains, so that the group counts its net value whatever the order of booking.
    A group that is worth nothing, all lines together, earns nothing.
    """
    remaining = sum(key.remaining for key in keys)
    excess = min(ZERO, sum((key.balance - key.remaining for key in keys), ZERO))
    if remaining + excess <= 0:
        return Fraction(0)
    positive = sum(max(ZERO, key.remaining) for key in keys)
    return max(Fraction(0), 1 + Fraction(excess) / Fraction(positive))


def _is_untouched(rows: Sequence[Row]) -> bool:
    """Tell whether each key counts with its full value: the usual, quick case."""
    return all(row.part == "line" and row.base > 0 for row in rows) and (
        len({(row.key, row.root) for row in rows}) == len(rows)
    )


@_exactly
def group_points(rows: Iterable[Row]) -> int:
    """Return the points of a group: the one formula (DESIGN §5).

    Of each key and rule, what remains counts: the value less discounts and
    corrections, between zero and the value, at the rate and exchange of its latest
    line row. Proportional effects are summed exactly and rounded down once; steps
    are counted on the sum of each rule version, a step at the rate of the line that
    reaches it.

    :param rows: all rows of one group, in the order of booking
    :return: whole points, 0 or more
    """
    sums: dict[tuple, Decimal | Fraction] = {}
    steps = _Steps()
    for row, amount in _remaining(list(rows)):
        if row.effect == "step":
            steps.add(row, amount)
        else:
            # Sums of Decimal and of Fraction are kept apart: only the few touched
            # lines need the slower one.
            rate = (row.points, row.per, type(amount))
            sums[rate] = sums.get(rate, 0) + amount
    exact = sum(
        Fraction(amount) * points / Fraction(per)
        for (points, per, _type), amount in sums.items()
    )
    return max(0, floor(exact) + steps.points)


class _Steps:
    """The steps that a group has reached, counted in the order of booking."""

    __slots__ = ("_reached", "points")

    def __init__(self) -> None:
        self._reached: dict[tuple[int | None, int], Fraction] = {}
        self.points = 0

    def add(self, row: Row, amount: Decimal | Fraction) -> None:
        """Add an amount; the steps it reaches count at the row's rate."""
        rule = (row.root, row.version)
        before = self._reached.get(rule, Fraction(0))
        reached = before + Fraction(amount) / Fraction(row.per)
        self._reached[rule] = reached
        self.points += (max(0, floor(reached)) - max(0, floor(before))) * row.points


def exact_points(rows: Iterable[Row]) -> list[Fraction]:
    """Return what each row contributes before rounding; 0 where it has a reason."""
    return [
        Fraction(row.amount) * row.points / Fraction(row.per)
        if row.effect and not row.reason
        else Fraction(0)
        for row in rows
    ]


def explained(rows: Sequence[Row], difference: int) -> list[int]:
    """Spread the points that a document books over its rows (DESIGN I8).

    Rows that earn nothing get nothing, unless there are no others.

    :param rows: the new rows of the document
    :param int difference: whole points booked, any sign
    :return: points of each row; they sum to ``difference``
    :raises ValueError: if there are points and no rows
    """
    exact = exact_points(rows)
    places = [i for i, row in enumerate(rows) if row.effect and not row.reason]
    places = places or list(range(len(rows)))
    points = [0] * len(rows)
    parts = round_rows([exact[place] for place in places], difference)
    for place, part in zip(places, parts, strict=True):
        points[place] = part
    return points


# === CORRECTING === #


@_exactly
def annul(rows: Iterable[Row]) -> list[Row]:
    """Undo the rows of a document (reset to draft, cancel).

    The rows returned are mirror images and keep the part of what they undo, so that
    the document can be posted again under the same keys. What was undone before is
    not undone twice.

    :param rows: all rows of the document so far, in the order of booking
    """
    latest: dict[tuple, Row] = {}
    sums: dict[tuple, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for row in rows:
        identity = (row.key, row.part, row.root, row.reason, row.source)
        latest[identity] = row
        sums[identity][0] += row.base
        sums[identity][1] += row.amount
    return [
        replace(row, base=-sums[identity][0], amount=-sums[identity][1])
        for identity, row in latest.items()
        if any(sums[identity])
    ]


@_exactly
def correct(
    origins: Sequence[Row], corrections: Sequence[Line], digits: int = 2
) -> list[Row]:
    """Explain lines that reduce (or restore) the value of earlier lines (DESIGN §5).

    A correction goes to the key it names, else to those of its order line, else of
    its product, else to all of its group by what remains of them. What exceeds them
    goes to the others of the group. Amounts decide, never quantities. The rows have
    the rule, rate and exchange of what they correct. What exceeds everything is
    booked with the reason 'nothing_left': it takes no points now, and is the first to
    be undone.

    :param origins: all rows so far of the groups concerned, in the order of booking
    :param corrections: base below 0 reduces a sale. Points-discount lines go with the
        product lines beside them, by value; without such, to where discounts fell
    :param int digits: decimal places of the document's currency
    """
    return _Correction(origins, corrections, digits).run()


def unlinked_credit(
    lines: Sequence[Line], ruleset: RuleSet, digits: int = 2
) -> tuple[list[Row], int]:
    """Explain a credit note of which no original is known (DESIGN §5).

    By the rules of its own date, and only by those in proportion to money.

    :return: its rows, and the points it takes: 0 or below, rounded toward zero for
        each group
    """
    rows = []
    for row in explain(lines, ruleset, digits):
        if row.effect == "step":
            row = replace(
                row, rule=None, root=None, effect="", reason="not_proportional"
            )
        rows.append(replace(row, part="correction"))
    totals: dict[str, Fraction] = defaultdict(Fraction)
    for row, exact in zip(rows, exact_points(rows), strict=True):
        totals[row.group] += exact
    return rows, sum(min(0, -floor(-total)) for total in totals.values())


class _Correction:
    """One document of corrections, while it is laid over the rows it corrects."""

    def __init__(
        self, origins: Sequence[Row], corrections: Sequence[Line], digits: int
    ):
        bases = [row.base for row in origins] + [line.base for line in corrections]
        self._scale = _scale(bases, digits)
        self._digits = digits
        self._corrections = corrections
        self._rows: list[Row] = []
        self._keys: dict[str, _Key] = {}
        self._first: dict[str, Row] = {}
        self._pools: dict[str, list[str]] = defaultdict(list)
        for name, key in _hold(origins).items():
            first = next((row for held in key.held for row in held.lines), None)
            if first:
                self._keys[name] = key
                self._first[name] = first
                if key.value:
                    self._pools[first.group].append(name)

    def run(self) -> list[Row]:
        """Lay the best matched lines first, then what is left over the group."""
        claims = [(*self._matches(line), line, base) for line, base in self._claims()]
        claims.sort(key=lambda claim: claim[0])
        left = []
        for rank, names, line, base in claims:
            if line.exclusion and rank == UNMATCHED:
                self._rows.append(_reason_row(line, "correction", line.exclusion))
            else:
                base = self._fill_all(line, base, names, rank)
                left.append((line, names, base))
        for line, names, base in left:
            pool = self._pool(line)
            base = self._fill_all(line, base, pool, UNMATCHED)
            self._overshoot(line, base, names or pool)
        return self._rows

    def _claims(self) -> Iterator[tuple[Line, Decimal]]:
        """Yield the lines with the value they correct, points-discounts netted."""
        net: dict[str, Decimal] = defaultdict(Decimal)
        alone = []
        for discount in self._corrections:
            if discount.kind == "points_discount":
                targets = _product_lines(self._corrections, discount.group)
                for line, share in _share_out(discount, targets, self._digits):
                    net[line.key] += share
                if not targets:
                    alone.append(discount)
        for line in self._corrections:
            if line.kind == "product" and line.base:
                yield line, line.base + net.pop(line.key, ZERO)
            elif line.kind != "points_discount":
                reason = NOTHING.reason(line)
                self._rows.append(_reason_row(line, "correction", reason))
        yield from ((line, line.base) for line in alone)

    def _pool(self, line: Line) -> list[str]:
        """Return the keys of the line's group, or all if the group is unknown."""
        if line.group in self._pools:
            return self._pools[line.group]
        return [name for names in self._pools.values() for name in names]

    def _matches(self, line: Line) -> tuple[int, list[str]]:
        """Return how well a line is matched (0 is best), and the keys it goes to."""
        if line.origin_key in self._keys:
            return SAME_KEY, [line.origin_key]
        pool = self._pool(line)
        for rank, field in FIELDS_BY_RANK:
            wanted = getattr(line, field)
            names = [
                name
                for name in pool
                if wanted is not None and getattr(self._first[name], field) == wanted
            ]
            if names:
                return rank, names
        return UNMATCHED, pool if line.kind == "points_discount" else []

    def _fill_all(
        self, line: Line, base: Decimal, names: Sequence[str], rank: int
    ) -> Decimal:
        """Lay a value over keys as far as they can bear it; return the rest.

        First toward zero, then where the group was corrected too far the other way,
        then back toward the value of the line: for a points-discount that comes alone
        first where discounts fell.
        """
        closing, excess = (_Key.closing, names), (_Key.excess, self._pool(line))
        steps = [closing, excess]
        if line.kind == "points_discount":
            steps = [excess, (self._fallen, names), closing]
        if base > 0 or rank < SAME_PRODUCT:
            # A credit lets a negative line grow again only if it knows that line.
            steps.append((_Key.room, names))
        for bearing, where in steps:
            rooms = {name: bearing(self._keys[name], base) for name in where}
            base = self._fill(line, base, rooms)
        return base

    @staticmethod
    def _fallen(key: _Key, sign: Decimal) -> Decimal:
        """How much of the discounts that fell on a key can be taken back."""
        discount = key.leading.discount
        return min(key.room(sign), abs(discount)) if discount * sign < 0 else ZERO

    def _fill(self, line: Line, base: Decimal, rooms: dict[str, Decimal]) -> Decimal:
        """Lay what the rooms can bear, in proportion to them; return the rest."""
        part = min(abs(base), sum(rooms.values()))
        if not part:
            return base
        part = part.copy_sign(base)
        self._lay(line, part, rooms)
        return base - part

    def _overshoot(self, line: Line, base: Decimal, names: Sequence[str]) -> None:
        """Book what exceeds everything, so that undoing it restores nothing."""
        if not base:
            return
        if names:
            values = {name: self._keys[name].value for name in names}
            # Past zero, not back toward the value of a line of the same sign.
            past = {name: abs(v) for name, v in values.items() if v * base < 0}
            weights = past or {name: abs(v) for name, v in values.items()}
            self._lay(line, base, weights, "nothing_left")
        else:
            row = _reason_row(line, "correction", "nothing_left")
            self._rows.append(_part_of(row, "correction", base, self._digits, line.key))

    def _lay(
        self, line: Line, base: Decimal, weights: dict[str, Decimal], reason: str = ""
    ) -> None:
        """Spread a value over keys and add its rows."""
        shares = spread(to_minor(base, self._scale), list(weights.values()))
        for name, share in zip(weights, shares, strict=True):
            if share:
                self._add(line, name, from_minor(share, self._scale), reason)

    def _add(self, line: Line, name: str, base: Decimal, reason: str) -> None:
        """Add the rows of one key: one for each root, dead ones too (see _Key)."""
        for held in self._keys[name].held:
            if held.lines:
                row = _part_of(held.live(), "correction", base, self._digits, line.key)
                why = reason or row.reason or ("" if held.value else "annulled")
                row = replace(row, reason=why)
                held.add(row)
                self._rows.append(row)
