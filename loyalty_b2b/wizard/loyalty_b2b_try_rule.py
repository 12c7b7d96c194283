from odoo import fields, models

from ..fields import Points


class LoyaltyB2bTryRule(models.TransientModel):
    """What one rule gives for the invoice that is tried, or why it gives nothing."""

    _name = "loyalty.b2b.try.rule"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "What a Rule Gives"

    try_id = fields.Many2one(
        comodel_name="loyalty.b2b.try", required=True, ondelete="cascade"
    )
    rule_id = fields.Many2one(comodel_name="loyalty.b2b.rule", ondelete="cascade")
    sentence = fields.Char(related="rule_id.sentence")
    points = Points()
    text = fields.Char(string="Why")
