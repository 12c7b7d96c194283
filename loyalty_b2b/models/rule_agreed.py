from odoo import models


class LoyaltyB2bRule(models.Model):
    """A change of an earning rule withdraws a request to start."""

    _name = "loyalty.b2b.rule"
    _inherit = ["loyalty.b2b.rule", "loyalty.b2b.agreed.mixin"]
