from decimal import Decimal

from ..tools.engine.lines import NO_REVENUE
from .drafts import Drafts

# Parts of an explanation that say what a document is worth.
VALUES = ("line", "discount", "correction")


class Levels(Drafts):
    """Notes on entries what they count for levels: how much money, and on which day.

    All money of a document counts, once, whichever and however many rules it earns by;
    down payments and means of payment do not. Points and money count on the day of the
    document, those taken back on the day of the document they are taken back from.
    """

    # what counts later, in an entry of its own, is no purchase
    is_purchase = True

    def __init__(self, wallets, groups=None):
        super().__init__(wallets, groups)
        self._valued = set()

    def _prepare_level(self, found, row, parts):
        """Return the columns of an entry that count for levels.

        :param dict row: the entry, with the day of its document as `date_earned`.
        :param parts: its explanation.
        """
        if not self.is_purchase:
            return {"date_earned": None}
        turnover = sum((self._value(item) for item, _part in parts), Decimal(0))
        return {
            # money stays turnover, whenever it is paid
            "turnover": 0 if row["is_late"] else float(turnover),
            "date_earned": self._get_day(found, row, parts),
        }

    def _value(self, row):
        """Return what a row adds to the turnover, once for each document line."""
        place = row.group, row.key, row.part, row.source
        if row.part not in VALUES or row.reason in NO_REVENUE or place in self._valued:
            return Decimal(0)
        self._valued.add(place)
        return row.amount

    @staticmethod
    def _get_day(found, row, parts):
        """Return the day on which an entry counts."""
        if row["reversed_entry_id"]:
            lots = (e for e in found.entries if e.id == row["reversed_entry_id"])
            lot = next(lots, None)
        else:
            lot = found.origin(item for item, _part in parts)
            if lot and lot.move == row["move_ref"]:
                lot = None  # the document itself, booked again
        return lot and lot.date_earned or row["date_earned"] or row["date_event"]
