from odoo import models


class SaleOrder(models.Model):
    """Gift cards and eWallets pay what is left after the discount for points."""

    _inherit = "sale.order"

    # === ACTION METHODS === #

    def action_confirm(self):
        self.check_access("write")
        # Odoo computes its rewards anew while the order is still a quotation, which
        # settles ours too; only carts are left to their buyers until here
        for order in self.filtered(
            lambda order: (
                order.state in ("draft", "sent") and order._is_loyalty_b2b_cart()
            )
        ):
            if order._get_loyalty_b2b_uses() and not order._is_loyalty_b2b_being_paid():
                order._update_programs_and_rewards()
                order._refresh_loyalty_b2b_use()
        return super().action_confirm()

    # === BUSINESS METHODS === #

    def _update_loyalty_b2b_cards(self):
        """Let gift cards and eWallets on quotations pay the new total."""
        for order in self.sudo():
            if (
                order.state in ("draft", "sent")
                and not order._is_loyalty_b2b_being_paid()
                and order._get_loyalty_b2b_card_lines()
            ):
                order._update_programs_and_rewards()

    def _get_loyalty_b2b_card_lines(self):
        """Return the lines with which gift cards and eWallets pay."""
        return self.order_line.filtered(
            lambda line: line._is_loyalty_b2b_card_payment()
        )

    def _get_loyalty_b2b_card_money(self):
        """Return what the cards on the order can pay, tax included.

        What they pay now and what is left on them.

        :return: amount in the order's currency.
        """
        money = 0.0
        payments = self._get_loyalty_b2b_card_lines().grouped("coupon_id")
        for card, lines in payments.items():
            reward = lines.reward_id[:1]
            left = reward.currency_id._convert(
                max(0.0, self._get_real_points_for_coupon(card)) * reward.discount,
                self.currency_id,
                self.company_id,
            )
            money += left - sum(lines.mapped("price_total"))
        return money
