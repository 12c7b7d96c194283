"""The one formula: the points of a group, from its rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from functools import wraps
from math import floor

from ..rounding import round_rows
from .lines import NO_REVENUE, Row

ZERO = Decimal(0)
EXACT = Context(prec=100)
# Reasons of rows that belong to no line and lower the value of the group.
LOOSE = frozenset({"nothing_left", "no_lines"})


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
