"""What is counted together, as it stands in the ledger, and what a document adds.

A *group* is an order with all its invoices, credit and debit notes, or an invoice
without an order. Its entries say what stands; the rows say what it is worth.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from . import engine


@dataclass(slots=True)
class Booked:
    """An entry of a group: id, signed points, and what it needs to be taken back."""

    id: int
    kind: str
    state: str
    points: int
    move: int | None
    reverses: int | None
    root: int | None
    round: int
    awaits_payment: bool
    date_available: datetime.date | None
    date_expiry: datetime.date | None


@dataclass(slots=True)
class Group:
    """The entries and explanation rows of one group in one wallet."""

    wallet: int
    ref: str
    entries: list[Booked] = field(default_factory=list)
    rows: list[engine.Row] = field(default_factory=list)
    moves: dict[int, list[engine.Row]] = field(default_factory=dict)

    def add_rows(self, move: int | None, rows: Iterable[engine.Row]) -> None:
        """Remember rows in order of booking, and which document brought them."""
        rows = list(rows)
        self.rows += rows
        self.moves.setdefault(move or 0, []).extend(rows)

    @property
    def stands(self) -> int:
        """Points booked for the group and not taken back; cancelled ones left out."""
        return sum(entry.points for entry in self.entries if entry.state != "cancelled")

    @property
    def counts(self) -> bool:
        """Whether the formula applies: an unlinked credit has no lines of its own."""
        return any(row.part == "line" for row in self.rows)

    def difference(self, new: Iterable[engine.Row] = ()) -> int:
        """Return the points to book once `new` rows are added (DESIGN §5)."""
        return engine.group_points([*self.rows, *new]) - self.stands

    def remaining(self, entry: Booked) -> int:
        """Return the points of a credit that no reversal has taken back yet (I7)."""
        return entry.points + sum(
            other.points
            for other in self.entries
            if other.reverses == entry.id
            and other.kind == "reversal"
            and other.state != "cancelled"
        )

    def reversals(self, entry: Booked) -> int:
        """Return how many reversals of an entry were booked, cancelled ones too."""
        return sum(
            other.kind == "reversal" and other.reverses == entry.id
            for other in self.entries
        )

    def take_back(
        self, points: int, moves: frozenset[int] = frozenset()
    ) -> list[tuple[Booked, int]]:
        """Choose the credits that lose points: those of `moves` first, newest first.

        :param int points: above 0
        :return: (entry, points); what exceeds all credits is left out (I7)
        """
        credits = [
            entry
            for entry in self.entries
            if entry.points > 0 and entry.state != "cancelled"
        ]
        credits.sort(key=lambda entry: (entry.move in moves, entry.id), reverse=True)
        taken = []
        for entry in credits:
            part = min(points, self.remaining(entry))
            if part > 0:
                taken.append((entry, part))
                points -= part
        return taken

    def next_round(self, move: int) -> int:
        """Return the number of the next booking of a document (I6)."""
        rounds = [entry.round for entry in self.entries if entry.move == move]
        return max(rounds, default=0) + 1
