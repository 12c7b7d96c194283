from odoo import fields, models

from ..fields import Points


class LoyaltyB2bTryLine(models.TransientModel):
    """What one line of the invoice that is tried gives under all rules."""

    _name = "loyalty.b2b.try.line"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "What an Invoice Line Gives"

    try_id = fields.Many2one(
        comodel_name="loyalty.b2b.try", required=True, ondelete="cascade"
    )
    name = fields.Char(string="Item")
    currency_id = fields.Many2one(related="try_id.currency_id")
    amount = fields.Monetary(
        string="Net", help="Untaxed, in the programme's currency at the invoice's rate."
    )
    points = Points()
    text = fields.Char(string="By which rules")
