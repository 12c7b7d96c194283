from odoo import models


class LoyaltyB2bRule(models.Model):
    """The way from a rule to *Try it*."""

    _inherit = "loyalty.b2b.rule"

    # === ACTION METHODS === #

    def action_try(self):
        """Open the question what the rules of the programme give for an invoice."""
        self.ensure_one()
        return self.program_id.action_try()
