from odoo import models


class LoyaltyB2bRuleStep(models.Model):
    """A change of a ladder withdraws a request to start."""

    _name = "loyalty.b2b.rule.step"
    _inherit = ["loyalty.b2b.rule.step", "loyalty.b2b.agreed.mixin"]

    def _get_agreed_program(self):
        return self.rule_id.program_id
