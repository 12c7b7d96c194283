from odoo import fields, models

from ..fields import Points


class LoyaltyB2bAllocation(models.Model):
    """How many points of which credit a debit consumes."""

    _name = "loyalty.b2b.allocation"
    _inherit = "loyalty.b2b.ledger.mixin"
    _description = "B2B Loyalty Allocation"
    _order = "id"
    _rec_name = "debit_id"

    debit_id = fields.Many2one(
        comodel_name="loyalty.b2b.entry", required=True, index=True, ondelete="restrict"
    )
    credit_id = fields.Many2one(
        comodel_name="loyalty.b2b.entry", required=True, index=True, ondelete="restrict"
    )
    wallet_id = fields.Many2one(related="debit_id.wallet_id")
    company_id = fields.Many2one(related="debit_id.company_id")
    points = Points(required=True, help="Points of the credit that the debit consumes.")

    _positive = models.Constraint("CHECK (points > 0)")
