from odoo import fields, models


class LoyaltyB2bRedemption(models.Model):
    """What the back office shows of a use of points."""

    _inherit = "loyalty.b2b.redemption"

    program_id = fields.Many2one(string="Programme")
    point_name = fields.Char(related="program_id.point_name")
