"""Which credit pays which debit: the pairing of the ledger (DESIGN §4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from .periods import is_lapsed


@dataclass(frozen=True, slots=True)
class Lot:
    """The open part of a posted credit.

    ``booking`` is its place in the order of booking, unique among the wallet's lots
    and debits; ``expiry`` its last usable day; ``root`` the original lot from which it
    descends through returns, itself if it is an original; ``day`` the day it was
    booked, which for a return may be past its last usable day.
    """

    id: int
    open: int
    expiry: date | None
    booking: int
    root: int
    day: date = date.min


@dataclass(frozen=True, slots=True)
class Debit:
    """The open part of a posted debit.

    ``day`` is the day it was booked; ``reverses`` the lot it takes back, if any.
    ``root`` is the root of that lot: needed only when the lot is not among the lots
    given, because nothing of it is open any more, and descends from another.
    """

    id: int
    open: int
    booking: int
    day: date
    reverses: int | None
    root: int | None = None


class Short(ValueError):
    """There are fewer usable points than asked for; ``missing`` says by how many."""

    def __init__(self, missing: int):
        super().__init__(f"{missing} points are missing")
        self.missing = missing


def pick(lots: Iterable[Lot], points: int, today: date) -> list[tuple[int, int]]:
    """Choose the lots for an act of choice (DESIGN I9).

    Earliest expiry first, then oldest booking, no expiry last; lapsed lots are
    skipped.

    :param int points: how many to take, 0 or more
    :param date today: in the programme's time zone
    :return: pairs (lot id, points taken, above 0) in the order of consumption
    :raises Short: if the lots do not hold so many
    :raises ValueError: if ``points`` is negative

    >>> first, last = date(2024, 5, 1), date(2024, 6, 1)
    >>> pick([Lot(1, 10, last, 1, 1), Lot(2, 10, first, 2, 2)], 15, first)
    [(2, 10), (1, 5)]
    """
    if points < 0:
        raise ValueError(f"{points} points cannot be taken")
    usable = [lot for lot in lots if not is_lapsed(lot.expiry, today)]
    usable.sort(key=lambda lot: (lot.expiry or date.max, not lot.expiry, lot.booking))
    taken, missing = _take(((lot.id, lot.open) for lot in usable), points)
    if missing:
        raise Short(missing)
    return taken


def settle(lots: Iterable[Lot], debits: Iterable[Debit]) -> list[tuple[int, int, int]]:
    """Pair open credits and debits as if each had been paired when it was booked.

    A debit takes (1) the lot it reverses, (2) lots of the same root, (3) other lots
    that had not lapsed on its day, each by booking; what remains is debt. A credit
    pays debts: first those that reverse a lot of its root, then by booking, unless it
    had lapsed when it was booked. A pair
    is never refused because of the day on which settling runs, so settling later, or
    twice, gives the same result, as long as only documents book in between.

    :return: triples (debit id, lot id, points above 0) in the order of pairing

    >>> day = date(2024, 5, 1)
    >>> settle([Lot(1, 10, None, 1, 1), Lot(3, 10, None, 3, 3)],
    ...        [Debit(2, 15, 2, day, None)])
    [(2, 1, 10), (2, 3, 5)]
    """
    return list(_Replay(lots, debits).run())


def available(lots: Iterable[Lot], debits: Iterable[Debit], today: date) -> int:
    """Return the points that can be used today; below zero is debt (DESIGN I1).

    >>> available([Lot(1, 10, None, 1, 1)], [], date(2024, 5, 1))
    10
    """
    usable = sum(lot.open for lot in lots if not is_lapsed(lot.expiry, today))
    return usable - sum(debit.open for debit in debits)


def returned_lots(
    consumed: Sequence[tuple[int, int]], already: Mapping[int, int], points: int
) -> list[tuple[int, int]]:
    """Say how many points go back to which lot, last consumed first (DESIGN I10).

    :param consumed: pairs (lot id, points) in the order of consumption
    :param already: points given back before, by lot id
    :param int points: how many to give back, 0 or more
    :return: one pair (lot id, points above 0) per lot. They sum to ``points``, or to
        all that is left if that is less: no document is stopped because of points

    >>> returned_lots([(1, 10), (2, 10)], {2: 4}, 9)
    [(2, 6), (1, 3)]
    """
    if points < 0:
        raise ValueError(f"{points} points cannot be given back")
    left: dict[int, int] = {}
    for lot_id, taken in reversed(consumed):
        left[lot_id] = left.get(lot_id, 0) + taken
    for lot_id, given in already.items():
        if lot_id in left:
            left[lot_id] -= given
    return _take(left.items(), points)[0]


def _take(
    offers: Iterable[tuple[int, int]], points: int
) -> tuple[list[tuple[int, int]], int]:
    """Take points from offers (id, open) in turn; return the takings and the rest."""
    taken = []
    for offer_id, open_points in offers:
        part = min(points, open_points)
        if part > 0:
            taken.append((offer_id, part))
            points -= part
        if points <= 0:
            break
    return taken, points


def _could_pay(lot: Lot, debit: Debit) -> bool:
    """Tell whether the lot was usable on the day on which both were there."""
    return not is_lapsed(lot.expiry, max(lot.day, debit.day))


class _Replay:
    """The state of one settling: what is still open while bookings are replayed."""

    def __init__(self, lots: Iterable[Lot], debits: Iterable[Debit]):
        lots = list(lots)
        self._roots = {lot.id: lot.root for lot in lots}
        # On equal bookings the credit goes first, so that it is there to be consumed.
        self._events: list[tuple[tuple[int, bool, int], Lot | Debit]] = sorted(
            [((lot.booking, False, lot.id), lot) for lot in lots if lot.open > 0]
            + [((d.booking, True, d.id), d) for d in debits if d.open > 0],
            key=lambda event: event[0],
        )
        self._lots: dict[Lot, int] = {}
        self._debts: dict[Debit, int] = {}

    def run(self) -> Iterator[tuple[int, int, int]]:
        """Replay the bookings; yield (debit id, lot id, points)."""
        for _order, event in self._events:
            if isinstance(event, Lot):
                self._lots[event] = event.open
                yield from self._pair(self._debts_for(event), [event])
            else:
                self._debts[event] = event.open
                yield from self._pair([event], self._lots_for(event))

    def _root(self, debit: Debit) -> int | None:
        """Return the root of the lot that the debit reverses."""
        if debit.root is not None or debit.reverses is None:
            return debit.root
        return self._roots.get(debit.reverses, debit.reverses)

    def _lots_for(self, debit: Debit) -> list[Lot]:
        """Return the open lots that may pay the debit, in order of preference."""
        root = self._root(debit)
        own = [lot for lot in self._lots if lot.root == root]
        own.sort(key=lambda lot: lot.id != debit.reverses)
        return own + [
            lot for lot in self._lots if lot.root != root and _could_pay(lot, debit)
        ]

    def _debts_for(self, lot: Lot) -> list[Debit]:
        """Return the open debits that the lot may pay, in order of preference."""
        own = [debit for debit in self._debts if self._root(debit) == lot.root]
        return own + [
            debit
            for debit in self._debts
            if self._root(debit) != lot.root and _could_pay(lot, debit)
        ]

    def _pair(
        self, debits: Sequence[Debit], lots: Sequence[Lot]
    ) -> Iterator[tuple[int, int, int]]:
        """Pair the debits with the lots in turn and forget what is used up."""
        for debit in debits:
            for lot in lots:
                points = min(self._debts[debit], self._lots.get(lot, 0))
                if points:
                    yield debit.id, lot.id, points
                    self._lower(self._debts, debit, points)
                    self._lower(self._lots, lot, points)
                if debit not in self._debts:
                    break

    @staticmethod
    def _lower(open_points: dict, record: Lot | Debit, points: int) -> None:
        """Lower an open amount; drop the record when nothing is left of it."""
        open_points[record] -= points
        if not open_points[record]:
            del open_points[record]
