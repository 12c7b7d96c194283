from odoo import models


class SaleOrderLine(models.Model):
    """What points put into a cart is no article of the shop."""

    _inherit = "sale.order.line"

    # === CRUD METHODS === #

    def write(self, vals):
        lines = self
        if set(vals) == {"order_id"} and all(
            order._is_loyalty_b2b_cart() for order in self.order_id
        ):
            # an old cart is poured into the new one: points stay with the old one,
            # which the shop cancels, and so come back
            lines = self._filter_loyalty_b2b_free()
        return super(SaleOrderLine, lines).write(vals)

    # === BUSINESS METHODS === #

    def _show_in_cart(self):
        # discounts are shown beside the total
        return super()._show_in_cart() and not self._is_loyalty_b2b_discount()

    def _is_sellable(self):
        return super()._is_sellable() and not self.loyalty_b2b_redemption_id

    def _is_reorder_allowed(self):
        return super()._is_reorder_allowed() and not self.loyalty_b2b_redemption_id
