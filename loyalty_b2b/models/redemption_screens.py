from odoo import api, fields, models
from odoo.tools import formatLang


class LoyaltyB2bRedemption(models.Model):
    """What the back office shows of a use of points."""

    _inherit = "loyalty.b2b.redemption"
    _mail_post_access = "read"

    program_id = fields.Many2one(string="Programme")
    point_name = fields.Char(related="program_id.point_name")
    contact_name = fields.Char(string="Person who asked", related="contact_id.name")

    # === COMPUTE METHODS === #

    @api.depends("points", "order_name", "point_name")
    def _compute_display_name(self):
        for redemption in self:
            points = formatLang(self.env, redemption.points, digits=0)
            label = f"{points} {redemption.point_name or ''}".strip()
            order = redemption.order_name
            redemption.display_name = f"{label} ({order})" if order else label
