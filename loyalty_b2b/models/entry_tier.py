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
