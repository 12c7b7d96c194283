from odoo import fields, models


class LoyaltyB2bEntry(models.Model):
    """What the ledger notes for points that wait for a day or are cancelled as late."""

    _inherit = "loyalty.b2b.entry"

    is_late = fields.Boolean(
        string="Paid late",
        help="Takes back what an invoice earned that was paid late, or gives it back"
        " as it was not.",
    )

    _due_idx = models.Index(
        "(program_id, date_available)"
        " WHERE state = 'pending' AND date_available IS NOT NULL"
    )
    _late_idx = models.Index("(move_ref) WHERE is_late")
