from odoo import fields, models


class LoyaltyB2bRule(models.Model):
    """What the back office shows of an earning rule."""

    _inherit = "loyalty.b2b.rule"

    program_id = fields.Many2one(string="Programme")
