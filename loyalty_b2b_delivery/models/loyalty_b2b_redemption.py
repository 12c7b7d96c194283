from odoo import models


class LoyaltyB2bRedemption(models.Model):
    """Free delivery: a discount over the delivery lines, with their taxes."""

    _inherit = "loyalty.b2b.redemption"

    def _get_discountable(self, base_lines):
        if self.reward_kind != "delivery":
            return super()._get_discountable(base_lines)
        return [
            line for line in base_lines if line["record"]._is_loyalty_b2b_delivery()
        ]

    def _get_room(self, base_lines):
        room = super()._get_room(base_lines)
        if self.reward_kind != "delivery":
            return room
        # other discounts may have taken all of it already
        left = self._sum_base_lines(self._get_taxable_parts(base_lines))
        return max(0.0, min(room, self.currency_id.round(left.get(True, 0.0))))

    def _get_wanted_amount(self, base_lines):
        if self.reward_kind != "delivery":
            return super()._get_wanted_amount(base_lines)
        parts = self._get_taxable_parts(self._get_discountable(base_lines))
        amount = self.currency_id.round(self._sum_base_lines(parts).get(True, 0.0))
        if most := self._get_reward_terms()["discount_max"]:
            amount = min(amount, self._convert_reward(most))
        return amount

    def _get_reward_refusal(self, base_lines):
        if self.reward_kind != "delivery":
            return super()._get_reward_refusal(base_lines)
        earlier = self._get_earlier_uses()
        if self.quantity > 1 or "delivery" in earlier.mapped("reward_kind"):
            return self.env._("Its delivery is free once.")
        if not self._get_discountable(base_lines):
            return self.env._("Choose first how it is delivered.")
        if self.currency_id.is_zero(self._get_reward_amount(base_lines)):
            return self.env._("Its delivery costs nothing.")
        return ""
