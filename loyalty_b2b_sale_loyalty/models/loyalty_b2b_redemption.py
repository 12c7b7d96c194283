from odoo import models


class LoyaltyB2bRedemption(models.Model):
    """Discounts for points come after Odoo's promotions and before its cards.

    What a promotion takes off lowers what points can take off; gift cards and eWallets
    pay what is left then.
    """

    _inherit = "loyalty.b2b.redemption"

    def _write_lines(self, base_lines):
        super()._write_lines(base_lines)
        self.order_id._update_loyalty_b2b_cards()

    def _cancel(self, state="cancelled"):
        orders = self.order_id
        result = super()._cancel(state)
        orders._update_loyalty_b2b_cards()
        return result

    def _get_further_lines(self, base_lines):
        further = super()._get_further_lines(base_lines)
        return [
            line
            for line in further
            if not line["record"]._is_loyalty_b2b_card_payment()
        ]

    def _get_new_total(self, base_lines):
        """Return the total that is left when the cards on the order have paid."""
        total = super()._get_new_total(base_lines)
        return max(0.0, total - self.order_id._get_loyalty_b2b_card_money())
