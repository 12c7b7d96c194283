from odoo import models


class LoyaltyB2bRule(models.Model):
    """What a rule must not say, each in a sentence that names it and the way out."""

    _inherit = "loyalty.b2b.rule"
