from odoo import models
from odoo.tools import formatLang


class LoyaltyB2bRedemption(models.Model):
    """What a wish is for, in words. In sudo throughout."""

    _inherit = "loyalty.b2b.redemption"

    # === BUSINESS METHODS === #

    def _get_subject(self):
        """Return what the points are for: the reward, the quotation, or both."""
        parts = []
        if self.reward_name:
            parts.append(
                f"{self.quantity} × {self.reward_name}"
                if self.quantity > 1
                else self.reward_name
            )
        if self.order_name:
            parts.append(self.env._("quotation %(name)s", name=self.order_name))
        return ", ".join(parts) or self.program_id.name

    def _get_worth_text(self, points):
        """Return what points of this wish are worth, '' if that is not known."""
        if self.reward_id or not self.rate_points:
            return ""
        worth = self._get_worth(points)
        return formatLang(self.env, worth, currency_obj=self.currency_id)
