import logging
from contextlib import contextmanager

from odoo import models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class SaleOrder(models.Model):
    """For Odoo's promotions, lines for points are no products and change no amount.

    Promotions are computed as if no points were used, points on what promotions
    leave, cards on the rest. Each looks only at those before it, so that the result
    does not depend on the sequence in which people used them.
    """

    _inherit = "sale.order"

    # === WHAT PROMOTIONS LOOK AT === #

    def _get_not_rewarded_order_lines(self):
        # units and minimum quantities
        return super()._get_not_rewarded_order_lines()._filter_loyalty_b2b_free()

    def _get_no_effect_on_threshold_lines(self):
        # minimum amounts, points per money spent and what percentages are of
        lines = super()._get_no_effect_on_threshold_lines()
        return lines | self.order_line.filtered("loyalty_b2b_redemption_id")

    def _get_order_line_price(self, order_line, price_type):
        # points for each unit, where every unit gets a card of its own
        if order_line.loyalty_b2b_redemption_id:
            return 0.0
        return super()._get_order_line_price(order_line, price_type)

    def _get_reward_values_discount(self, reward, coupon, **kwargs):
        if reward.program_id.is_payment_program:
            return super()._get_reward_values_discount(reward, coupon, **kwargs)
        with self._show_loyalty_b2b_total():
            return super()._get_reward_values_discount(reward, coupon, **kwargs)

    @contextmanager
    def _show_loyalty_b2b_total(self):
        """Show the total without points to what reads it: it caps promotions."""
        lines = self.order_line.filtered("loyalty_b2b_redemption_id")
        if not lines:
            yield
            return
        field, total = self._fields["amount_total"], self.amount_total
        # nothing of it can be written then
        self.flush_recordset(["amount_total"])
        field._update_cache(self, total - sum(lines.mapped("price_total")))
        try:
            yield
        finally:
            field._update_cache(self, total)

    def _get_claimable_rewards(self, forced_coupons=None):
        """Offer no card where points have paid everything."""
        rewards = super()._get_claimable_rewards(forced_coupons)
        cards = [card for card in rewards if card.program_id.is_payment_program]
        if (
            cards
            and self.order_line.loyalty_b2b_redemption_id
            and self.currency_id.is_zero(self.amount_total)
        ):
            for card in cards:
                del rewards[card]
        return rewards

    # === WHAT FOLLOWS THEM === #

    def _update_programs_and_rewards(self):
        result = super()._update_programs_and_rewards()
        self._follow_loyalty_b2b_promotions()
        return result

    def _apply_program_reward(self, reward, coupon, **kwargs):
        result = super()._apply_program_reward(reward, coupon, **kwargs)
        if not result.get("error"):
            self._follow_loyalty_b2b_promotions()
        return result

    def _follow_loyalty_b2b_promotions(self):
        """Compute discounts for points anew after promotions have changed.

        Carts say themselves when: Odoo computes promotions when a cart is only looked
        at, and looking changes no points.
        """
        for order in self:
            if order._is_loyalty_b2b_between_carriers():
                continue
            if order._is_loyalty_b2b_cart():
                order.sudo()._follow_loyalty_b2b_cart()
                continue
            try:
                order._refresh_loyalty_b2b_use()
            except UserError as error:
                # the order says that its discount is outdated; confirming says why
                _logger.info("%s keeps an outdated discount: %s", order.name, error)

    def _is_loyalty_b2b_between_carriers(self):
        """Tell whether free delivery for points waits for a delivery.

        A change of the carrier takes its line off first, and in a web shop Odoo
        computes promotions before the next one is on.
        """
        uses = self._get_loyalty_b2b_uses()
        return "delivery" in uses.mapped("reward_kind") and not any(
            self.order_line.mapped("is_delivery")
        )
