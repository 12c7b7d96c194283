"""Lines that reduce or restore what earlier lines are worth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from ..rounding import from_minor, spread, to_minor
from .counting import Count, count
from .explained import Part, contributions
from .explaining import (
    _part_of,
    _product_lines,
    _reason_row,
    _scale,
    _share_out,
    explain,
)
from .keys import ZERO, Key, exactly, hold
from .lines import Line, Row
from .rules import Rule
from .ruleset import NOTHING, RuleSet

# How well a correction knows what it corrects; less is better.
SAME_KEY, SAME_ORDER_LINE, SAME_PRODUCT, UNMATCHED = range(4)
FIELDS_BY_RANK = ((SAME_ORDER_LINE, "order_line"), (SAME_PRODUCT, "product"))


@exactly
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


@exactly
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


@exactly
def unlinked_credit(
    lines: Sequence[Line], ruleset: RuleSet, digits: int = 2
) -> tuple[list[Part], int]:
    """Explain a credit note of which no original is known (DESIGN §5).

    By the rules of its own date, and only by those in proportion to money: neither
    steps nor rules with a minimum or a cap, of which nobody knows what they gave.

    :return: its rows with their exact points, and the points it takes: 0 or below,
        rounded toward zero for each group
    """
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in explain(lines, ruleset, digits):
        if row.effect and not _is_proportional(ruleset.get(row.rule)):
            row = replace(
                row, rule=None, root=None, effect="", reason="not_proportional"
            )
        groups[row.group].append(_mirror(row))
    parts, points = [], 0
    for rows in groups.values():
        counted = count(rows, ruleset)
        points -= counted.points
        parts += contributions(rows, Count(), counted)
    return [(replace(_mirror(row), part="correction"), -p) for row, p in parts], points


def _mirror(row: Row) -> Row:
    return replace(row, base=-row.base, amount=-row.amount, quantity=-row.quantity)


def _is_proportional(rule: Rule | None) -> bool:
    """Tell whether a rule gives twice as much for twice the money, whatever else."""
    return rule is not None and not (
        rule.effect not in ("proportional", "multiplier")
        or rule.has_minimum
        or rule.is_deferred
        or rule.cap is not None
        or rule.cap_order is not None
    )


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
        self._keys: dict[str, Key] = {}
        self._first: dict[str, Row] = {}
        self._pools: dict[str, list[str]] = defaultdict(list)
        for name, key in hold(origins).items():
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
        closing, excess = (Key.closing, names), (Key.excess, self._pool(line))
        steps = [closing, excess]
        if line.kind == "points_discount":
            steps = [excess, (self._fallen, names), closing]
        if base > 0 or rank < SAME_PRODUCT:
            # A credit lets a negative line grow again only if it knows that line.
            steps.append((Key.room, names))
        for bearing, where in steps:
            rooms = {name: bearing(self._keys[name], base) for name in where}
            base = self._fill(line, base, rooms)
        return base

    @staticmethod
    def _fallen(key: Key, sign: Decimal) -> Decimal:
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
        """Add the rows of one key: one for each root, dead ones too (see Key)."""
        for held in self._keys[name].held:
            if held.lines:
                row = _part_of(held.live(), "correction", base, self._digits, line.key)
                why = reason or row.reason or ("" if held.value else "annulled")
                row = replace(row, reason=why)
                held.add(row)
                self._rows.append(row)
