from odoo import fields, models


class LoyaltyB2bEnrolLine(models.TransientModel):
    """What enrolment will do with one customer."""

    _name = "loyalty.b2b.enrol.line"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "What Enrolment Will Do"

    wizard_id = fields.Many2one(
        comodel_name="loyalty.b2b.enrol", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", ondelete="cascade"
    )
    outcome = fields.Selection(
        selection=[
            ("new", "New wallet"),
            ("join", "Shares a wallet"),
            ("same", "Takes part already"),
            ("refused", "Cannot take part"),
        ],
    )
    text = fields.Char(string="Because")
