from odoo import api, fields, models

from ..fields import READERS


class ResPartner(models.Model):
    """The level of a customer, beside his points."""

    _inherit = "res.partner"

    loyalty_b2b_tier_id = fields.Many2one(
        comodel_name="loyalty.b2b.tier",
        string="Loyalty level",
        compute="_compute_loyalty_b2b_tier_id",
        compute_sudo=False,
        groups=READERS,
    )

    # === COMPUTE METHODS === #

    @api.depends("loyalty_b2b_wallet_id")
    @api.depends_context("uid", "company")
    def _compute_loyalty_b2b_tier_id(self):
        for partner in self:
            partner.loyalty_b2b_tier_id = partner.loyalty_b2b_wallet_id.tier_id
