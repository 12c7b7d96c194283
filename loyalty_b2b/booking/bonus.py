from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from ..tools import engine

ZERO = Decimal(0)


@dataclass
class Bonus:
    """What a rule that counts later gives for an order or a period, as it should be.

    ``rule`` is the version that says so; ``parts`` are (row, exact points) by line,
    with all that counts now. ``source`` is the group of the order, None for a goal;
    ``move`` the document that decided; ``progress`` how far a goal is.
    """

    wallet: int
    ref: str
    rule: engine.Rule
    points: int = 0
    parts: list = field(default_factory=list)
    source: object = None
    move: int | None = None
    progress: Decimal = ZERO


def as_row(item):
    """Return the row of what remains of a line."""
    share = Fraction(item.amount) / Fraction(item.row.amount) if item.row.amount else 1
    return replace(
        item.row,
        part="line",
        reason="",
        source=None,
        base=to_decimal(Fraction(item.row.base) * share),
        amount=to_decimal(item.amount),
        quantity=to_decimal(item.quantity),
    )


def subtract(row, part, known):
    """Return a row and its points less what was explained before.

    :param dict known: of `wallet._query_bonus_lines`.
    """
    changed = replace(
        row,
        part="correction",
        reason="",
        base=row.base - known["base"],
        amount=row.amount - known["amount"],
        quantity=row.quantity - known["quantity"],
    )
    return changed, part - known["points"]


def to_decimal(number):
    """Return an exact number with the six decimals that the ledger keeps."""
    number = Fraction(number)
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return exact.quantize(Decimal("0.000001"))


def is_lot(entry, life):
    """Tell whether an entry is a credit of a life that counts."""
    return entry.points > 0 and entry.state != "cancelled" and entry.life == life


def get_regained(found, life):
    """Return the points of a group that were taken back and not given again."""
    entries = [e for e in found.entries if e.state != "cancelled" and e.life == life]
    taken = -sum(e.points for e in entries if e.kind == "reversal")
    return max(0, taken - sum(e.points for e in entries if e.points > 0 and e.root))
