"""Which lines earn by which rules, and where discounts for points fall."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from ..rounding import from_minor, spread, to_minor
from .lines import Line, Row
from .ruleset import RuleSet


def explain(lines: Sequence[Line], ruleset: RuleSet, digits: int = 2) -> list[Row]:
    """Explain what the lines of a document earn, or why they earn nothing.

    One 'line' row for each line and matching rule, or one with a reason. Lines of the
    kind 'points_discount' are spread over all product lines of their group by value:
    one 'discount' row for each row of the line on which a share falls.

    :param int digits: decimal places of the document's currency
    :return: rows in the order of the lines, discounts last

    >>> import datetime
    >>> from odoo.addons.loyalty_b2b.tools.engine import Rule, group_points
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
            "",
            None,
            line.quantity,
            line.day(rule.by_order_date),
        )
        for rule in rules
    ]


def _reason_row(line: Line, part: str, reason: str) -> Row:
    """Return a row that says why a line earns nothing."""
    return Row(
        line.key,
        line.group,
        part,
        base=line.base,
        amount=line.amount,
        order_line=line.order_line,
        product=line.product,
        reason=reason,
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
    return replace(
        row, part=part, base=base, amount=amount, source=source, quantity=Decimal(0)
    )
