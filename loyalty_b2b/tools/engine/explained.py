"""Which part of a document's points each of its rows has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

from ..rounding import round_rows
from .counting import Count
from .keys import exactly
from .lines import FOR_NOW, Row

NONE = Fraction(0)
# A row with its exact part of the points.
Part = tuple[Row, Fraction]


@exactly
def contributions(new: Sequence[Row], before: Count, after: Count) -> list[Part]:
    """Share out what a document changes in a group over its rows, rule by rule.

    Proportional effects go by each row's own amount. What a rule gives or takes
    without a row of it in the document (its minimum is reached with this invoice, a
    multiplier follows) gets a row of the part 'memo'.

    :param new: the rows of the document
    :return: the rows in their order with exact points, memos last
    """
    by_rule: dict[int | None, list[int]] = defaultdict(list)
    for place, row in enumerate(new):
        if _earns(row):
            by_rule[row.rule].append(place)
    exact = [NONE] * len(new)
    memos = []
    for rule in {**before.gives, **after.gives}:
        change = after.gives.get(rule, NONE) - before.gives.get(rule, NONE)
        places = by_rule.get(rule)
        if places:
            parts = _share([new[place] for place in places], change)
            for place, part in zip(places, parts, strict=True):
                exact[place] = part
        elif change:
            memos.append((_memo(rule), change))
    return [*zip(new, exact, strict=True), *memos]


def explained(parts: Iterable[Part], difference: int) -> list[int]:
    """Round the parts to whole points that sum to the difference (DESIGN I8).

    Rows that earn nothing get nothing, unless there are no others.

    :param parts: of `contributions`
    :param int difference: whole points booked, any sign
    :return: points of each row; they sum to ``difference``
    :raises ValueError: if there are points and no rows
    """
    parts = list(parts)
    places = [i for i, (row, part) in enumerate(parts) if part or _earns(row)]
    places = places or list(range(len(parts)))
    points = [0] * len(parts)
    rounded = round_rows([parts[place][1] for place in places], difference)
    for place, part in zip(places, rounded, strict=True):
        points[place] = part
    return points


def exact_points(rows: Iterable[Row]) -> list[Fraction]:
    """Return what each row contributes in proportion; 0 where it has a reason."""
    return [_proportion(row) if _earns(row) else NONE for row in rows]


def _earns(row: Row) -> bool:
    return bool(row.effect) and (not row.reason or row.reason in FOR_NOW)


def _proportion(row: Row) -> Fraction:
    return Fraction(row.amount) * row.points / Fraction(row.per)


def _share(rows: Sequence[Row], change: Fraction) -> list[Fraction]:
    """Share out a change over the rows of one rule."""
    if rows[0].effect == "proportional":
        parts = [_proportion(row) for row in rows]
        rest = change - sum(parts)
        weights = [abs(part) for part in parts]
    else:
        # rows against the whole, such as the discount beside a purchase, get none
        amounts = [Fraction(row.amount) for row in rows]
        sign = sum(amounts) or NONE
        parts, rest = [NONE] * len(rows), change
        weights = [abs(part) if part * sign >= 0 else NONE for part in amounts]
    whole = sum(weights)
    if not whole:
        weights, whole = [Fraction(not i) for i in range(len(rows))], Fraction(1)
    return [
        part + rest * weight / whole
        for part, weight in zip(parts, weights, strict=True)
    ]


def _memo(rule: int | None) -> Row:
    return Row("", "", "memo", rule, reason="counted_together")
