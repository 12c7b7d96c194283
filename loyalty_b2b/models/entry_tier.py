from odoo import fields, models


class LoyaltyB2bEntry(models.Model):
    """What the ledger notes for levels: bonuses and the like leave both empty."""

    _inherit = "loyalty.b2b.entry"

    date_earned = fields.Date(
        string="Counts for levels on",
        help="Day of the document, or of the one that is taken back. Empty: it does not"
        " count for levels.",
    )
    turnover = fields.Monetary(
        help="Untaxed amount that a document adds or takes away, in the programme's"
        " currency: what earns nothing as well, down payments not."
    )

    _level_idx = models.Index(
        "(wallet_id, date_earned) INCLUDE (points, turnover)"
        " WHERE state = 'posted' AND date_earned IS NOT NULL"
    )

    # === BUSINESS METHODS === #

    def _get_level_left(self):
        """Return what still counts for levels of an entry that a document earned."""
        self.ensure_one()
        ((taken,),) = self._read_group(
            [
                ("reversed_entry_id", "=", self.id),
                ("kind", "=", "reversal"),
                ("state", "!=", "cancelled"),
            ],
            aggregates=["turnover:sum"],
        )
        return {
            "date_earned": self.date_earned or None,
            "turnover": self.currency_id.round(self.turnover + (taken or 0)),
        }
