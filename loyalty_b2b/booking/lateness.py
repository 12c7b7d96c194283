from ..tools.engine.reviving import revive
from .bookings import Bookings


class LatenessBookings(Bookings):
    """Works out what invoices lose that were paid late, and get back if they were not.

    Their rows are mirrored, so that credit notes that come later count rightly.
    """

    def __init__(self, wallets, groups):
        super().__init__(wallets, groups)
        self._noted = {}
        self._revived = None

    def get_program_id(self, found):
        """Return the id of a group's programme."""
        return self._program_of(found.wallet).id

    def cancel(self, found, move, days):
        """Take back what a document gives; nothing if that was done before.

        :param int days: from the day it was due to the day of payment.
        """
        self._noted = {"note": self._get_late_note(days), "is_late": True}
        self._annul(found, move, found.moves.get(move.id, ()))
        self.keep()

    def restore(self, found, move):
        """Let a document count again that was cancelled; its points live no longer."""
        rows = revive(found.moves.get(move.id, ()))
        if not rows:
            return
        note = self.env._("Not paid late any more")
        self._noted = {"note": note, "is_late": True}
        self._revived = move.id
        values = self._move_values(move, found.ref)
        self._book_change(found, rows, values, frozenset({move.id}))
        self._draft_explained(found, move.id, rows)
        self.keep()
        self._revived = None

    def _get_late_note(self, days):
        if days == 1:
            return self.env._("Paid 1 day late")
        return self.env._("Paid %(days)s days late", days=days)

    def _move_values(self, move, ref):
        return {**super()._move_values(move, ref), **self._noted}

    def _get_lot_dates(self, found, wallet, parts, values, life, kind):
        lot = self._find_cancelled_lot(found, life) if self._revived else None
        if not lot:
            return super()._get_lot_dates(found, wallet, parts, values, life, kind)
        dates = self._keep_dates(found, lot)
        if lot.awaits_payment:
            # whether it is paid is asked afterwards
            dates |= {"state": "pending", "date_available": None}
        return dates

    def _find_cancelled_lot(self, found, life):
        """Return the lot whose last day of use the points keep."""
        lots = [
            entry
            for entry in found.entries
            if entry.move == self._revived and entry.points > 0 and entry.life == life
        ]
        return lots[-1] if lots else None
