from odoo import models


class LoyaltyB2bRate(models.Model):
    """A change of what points are worth withdraws a request to start."""

    _name = "loyalty.b2b.rate"
    _inherit = ["loyalty.b2b.rate", "loyalty.b2b.agreed.mixin"]
