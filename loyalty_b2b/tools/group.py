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
    """An entry of a group: id, signed points, and what it needs to be taken back.

    ``life`` is what its points are rounded with and live as long as (`Rule.pool`);
    ``date_earned`` the day on which they count for levels.
    """

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
    life: str = ""
    date_earned: datetime.date | None = None


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

    def number(self, rows: Iterable[engine.Row]) -> None:
        """Give new rows their places behind those that the group has."""
        last = max((row.place for row in self.rows), default=0)
        for place, row in enumerate(rows, last + 1):
            row.place = place

    def sort(self) -> None:
        """Put rows that were read into the order of booking."""
        for rows in (self.rows, *self.moves.values()):
            rows.sort(key=lambda row: row.place)

    def stands(self, life: str) -> int:
        """Points of a life booked and not taken back; cancelled ones left out."""
        return sum(
            entry.points
            for entry in self.entries
            if entry.state != "cancelled" and entry.life == life
        )

    @property
    def counts(self) -> bool:
        """Whether the formula applies: an unlinked credit has no lines of its own."""
        return any(row.part == "line" for row in self.rows)

    def differences(self, count: engine.Count) -> dict[str, int]:
        """Return the points to book in each life so that the count stands (DESIGN §5).

        Pools of which nothing stands and nothing is to be booked are left out.
        """
        lives = {*count.pools, *(entry.life for entry in self.entries)}
        differences = {
            life: count.pools.get(life, 0) - self.stands(life) for life in lives
        }
        return {life: points for life, points in differences.items() if points}

    def origin(self, rows: Iterable[engine.Row], life: str = "") -> Booked | None:
        """Return the entry that rows correct: the newest one of their document.

        :param str life: of which one is preferred
        :return: None for rows of documents that the group does not know
        """
        for row in rows:
            for move, known in self.moves.items():
                if any(row.key == r.key and r.part == "line" for r in known):
                    entries = [
                        entry
                        for entry in self.entries
                        if entry.move == move
                        and entry.kind == "earn"
                        and entry.state != "cancelled"
                    ]
                    alike = [entry for entry in entries if entry.life == life]
                    if entries:
                        return (alike or entries)[-1]
        return None

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
        self, points: int, moves: frozenset[int] = frozenset(), life: str = ""
    ) -> list[tuple[Booked, int]]:
        """Choose the credits that lose points: those of `moves` first, newest first.

        :param int points: above 0
        :param str life: only credits of this life
        :return: (entry, points); what exceeds all credits is left out (I7)
        """
        credits = [
            entry
            for entry in self.entries
            if entry.points > 0 and entry.state != "cancelled" and entry.life == life
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
