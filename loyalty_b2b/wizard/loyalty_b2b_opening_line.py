from odoo import fields, models


class LoyaltyB2bOpeningLine(models.TransientModel):
    """What booking opening balances does with one line of the file."""

    _name = "loyalty.b2b.opening.line"
    _inherit = "loyalty.b2b.intake.line"
    _description = "What Booking Opening Balances Does"

    wizard_id = fields.Many2one(
        comodel_name="loyalty.b2b.opening", required=True, ondelete="cascade"
    )
