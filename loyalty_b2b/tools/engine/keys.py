"""What is known of the value of each line of a group, and what remains of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from functools import wraps

from .lines import NO_REVENUE, Row

ZERO = Decimal(0)
EXACT = Context(prec=100)
# Reasons of rows that belong to no line and lower the value of the group.
LOOSE = frozenset({"nothing_left", "no_lines"})


def exactly(function: Callable) -> Callable:
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


class Key:
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


def hold(rows: Iterable[Row]) -> dict[str, Key]:
    """Gather the rows of the keys that have to do with revenue."""
    keys: dict[str, Key] = {}
    for row in rows:
        if row.reason in NO_REVENUE:
            continue
        if row.key not in keys:
            if row.part != "line" and row.reason not in LOOSE:
                continue
            keys[row.key] = Key()
        roots = keys[row.key].roots
        root = row.root or None  # a ledger may have kept "none" as 0
        if root not in roots:
            roots[root] = _Held()
        roots[root].add(row)
    return keys


@dataclass(slots=True)
class Item:
    """What remains of a line under one rule: programme currency, and units."""

    row: Row
    amount: Decimal | Fraction
    quantity: Decimal | Fraction


def remaining(rows: Sequence[Row]) -> Iterator[Item]:
    """Yield what still earns of the rows of a group, in the order of booking.

    ``row`` is the one with the rate. Corrections take of the quantity what they take
    of the value: amounts decide.
    """
    if is_untouched(rows):
        yield from (Item(row, row.amount, row.quantity) for row in rows if row.effect)
        return
    keys = hold(rows).values()
    share = _borne(keys)
    place = {id(row): i for i, row in enumerate(rows)}
    for key in keys if share else ():
        live = [
            (held.live(), held)
            for held in key.held
            if held.value and held.lines[0].effect
        ]
        # in the order of the rules when the line was posted last
        for row, held in sorted(live, key=lambda pair: place[id(pair[0])]):
            base = held.clamp(held.value + held.discount + key.corrected)
            part = Fraction(base) / Fraction(row.base)
            part *= share if base > 0 else 1
            quantity = part * Fraction(row.quantity)
            yield Item(row, part * Fraction(row.amount), quantity)


def _borne(keys: Collection[Key]) -> Fraction:
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


def is_untouched(rows: Sequence[Row]) -> bool:
    """Tell whether each key counts with its full value: the usual, quick case."""
    return all(row.part == "line" and row.base > 0 for row in rows) and (
        len({(row.key, row.root) for row in rows}) == len(rows)
    )
