"""A naive ledger in plain Python: what the wallet's verbs should come to.

It pairs credits and debits at once, while the real ledger only books and settles later.
"""

from dataclasses import dataclass, field


@dataclass
class Item:
    """A booked credit (a lot) or debit; `taken` says what a debit took from which."""

    id: int
    points: int
    open: int
    order: int
    day: object
    expiry: object = None
    root: int = None
    reverses: int = None
    is_expiry: bool = False
    taken: list = field(default_factory=list)

    @property
    def is_lot(self):
        return self.points > 0


class Short(Exception):
    """The wallet does not have that many points."""


class Wallet:
    """The booked items, holds and waiting points of one wallet."""

    def __init__(self):
        self.items, self.holds, self.waiting = [], {}, {}

    @property
    def lots(self):
        return [item for item in self.items if item.is_lot and item.open]

    @property
    def debts(self):
        return [item for item in self.items if not item.is_lot and item.open]

    # === FIGURES === #

    def usable(self, today):
        return [lot for lot in self.lots if not lot.expiry or lot.expiry >= today]

    def figures(self, today):
        return {
            "balance": sum(item.points for item in self.items),
            "available": sum(lot.open for lot in self.usable(today))
            - sum(debt.open for debt in self.debts),
            "held": sum(-hold.points for hold in self.holds.values()),
            "waiting": sum(self.waiting.values()),
        }

    # === BOOKING === #

    def add(self, item):
        """Book an item and pair it with what is there."""
        self.items.append(item)
        self._pair(item, [other for other in self.items if other.order < item.order])

    def replay(self):
        """Pair what is open, as if it came in again."""
        seen = []
        self.items.sort(key=lambda item: item.order)
        for item in self.items:
            if item.open:
                self._pair(item, seen)
            seen.append(item)

    def _pair(self, item, others):
        others = [o for o in others if o.open and o.is_lot != item.is_lot]
        own = [o for o in others if o.root == item.root and item.root]
        # a debit's own lot comes before others of its root
        own.sort(key=lambda o: (not item.is_lot and o.id != item.reverses, o.order))
        rest = [o for o in others if o not in own]
        for other in own + sorted(rest, key=lambda o: o.order):
            debit, lot = (other, item) if item.is_lot else (item, other)
            met = max(debit.day, lot.day)
            if other in own or not lot.expiry or lot.expiry >= met:
                self.pay(debit, lot, min(debit.open, lot.open))

    @staticmethod
    def pay(debit, lot, points):
        if points:
            debit.open -= points
            lot.open -= points
            debit.taken.append((lot, points))

    # === ACTS OF CHOICE === #

    def take(self, debit, today):
        """Take all points of a debit: the earliest expiry first, then the oldest."""
        usable = self.usable(today)
        if debit.open > self.figures(today)["available"]:
            raise Short
        self.cover(debit, usable)

    @staticmethod
    def cover(debit, usable):
        far = type(debit.day).max
        for lot in sorted(usable, key=lambda lot: (lot.expiry or far, lot.order)):
            Wallet.pay(debit, lot, min(debit.open, lot.open))

    def release(self, hold):
        del self.holds[hold.id]
        for lot, points in hold.taken:
            lot.open += points
        self.replay()

    def merge(self, other):
        self.items += other.items
        self.holds.update(other.holds)
        self.waiting.update(other.waiting)
        other.__init__()
        self.replay()


def returned(debit, already, points):
    """Say which first lots get points back: (root or None, points), last taken first.

    :param dict already: root → points given back before.
    """
    left = {}
    for lot, taken in reversed(debit.taken):
        left[lot.root] = left.get(lot.root, 0) + taken
    parts = []
    for root, taken in left.items():
        part = min(points, taken - already.get(root, 0))
        if part > 0:
            parts.append((root, part))
            points -= part
    return parts + ([(None, points)] if points else [])
