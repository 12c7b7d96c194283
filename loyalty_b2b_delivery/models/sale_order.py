from odoo import models


class SaleOrder(models.Model):
    """Delivery lines of an order, and the rewards that pay for them."""

    _inherit = "sale.order"

    def _prepare_loyalty_b2b_product(self, line, asks):
        values = super()._prepare_loyalty_b2b_product(line, asks)
        return {**values, "is_delivery": line._is_loyalty_b2b_delivery()}

    def _refresh_loyalty_b2b_use(self, strict=True):
        self._drop_loyalty_b2b_delivery()
        return super()._refresh_loyalty_b2b_use(strict)

    def _action_confirm(self):
        self._drop_loyalty_b2b_delivery()
        return super()._action_confirm()

    def _drop_loyalty_b2b_delivery(self):
        """Take free delivery off quotations that are not delivered any more.

        Not at once, for a change of the carrier takes the line off and puts another
        one on.
        """
        for order in self.sudo():
            uses = order._get_loyalty_b2b_rewards().filtered(
                lambda use: use.reward_kind == "delivery" and use._is_before_use()
            )
            if not uses or order._is_loyalty_b2b_being_paid():
                continue
            if not order.order_line.filtered("is_delivery"):
                for use in uses:
                    order._remove_loyalty_b2b_use(
                        use,
                        self.env._("%(use)s was removed: nothing is to be delivered."),
                    )
