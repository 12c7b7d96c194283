from odoo import models


class LoyaltyB2bRedemption(models.Model):
    """What points take off a cart, in the words of a shop."""

    _inherit = "loyalty.b2b.redemption"

    # === BUSINESS METHODS === #

    def _describe_in_totals(self):
        """Return what the row of a cart's totals is called. In sudo."""
        self.ensure_one()
        if self.reward_id:
            return self._get_reward_name()
        return self.env._(
            "Discount for %(points)s",
            points=self.program_id._format_portal_points(self.points),
        )
