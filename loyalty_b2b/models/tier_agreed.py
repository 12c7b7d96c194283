from odoo import models


class LoyaltyB2bTier(models.Model):
    """A change of a level withdraws a request to start."""

    _name = "loyalty.b2b.tier"
    _inherit = ["loyalty.b2b.tier", "loyalty.b2b.agreed.mixin"]
