from odoo import models


class LoyaltyB2bReward(models.Model):
    """What customers read of a personal gift."""

    _inherit = "loyalty.b2b.reward"

    def _get_portal_verdict(self, refusals):
        key, text = super()._get_portal_verdict(refusals)
        if key == "now" and self.kind == "gift":
            text = self.env._("For a colleague whom you name")
        return key, text

    def _prepare_portal_reward(self, wallet, partner, quantity=1, order=None):
        values = super()._prepare_portal_reward(wallet, partner, quantity, order)
        is_gift = self.kind == "gift"
        values["is_gift"] = is_gift
        if is_gift:
            company = self.company_id
            values["gift_text"] = company._get_loyalty_b2b_gift_text().splitlines()
            values["gift_statuses"] = self._get_gift_statuses()
            values["gift_asker"] = partner.name
        return values

    def _get_gift_statuses(self):
        """Return (value, label) of what a recipient may be."""
        field = self.env["loyalty.b2b.gift"]._fields["status"]
        return field._description_selection(self.env)
