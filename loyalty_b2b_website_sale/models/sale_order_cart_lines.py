from odoo import models
from odoo.http import request

from .redemption_page import SHOWN


class SaleOrder(models.Model):
    """Points in a cart: its lines, and what follows when the cart changes."""

    _inherit = "sale.order"

    # === COMPUTE METHODS === #

    def _compute_cart_info(self):
        super()._compute_cart_info()
        for order in self:
            # goods for points; discounts are not among the lines shown
            given = order.website_order_line.filtered("loyalty_b2b_redemption_id")
            order.cart_quantity -= int(sum(given.mapped("product_uom_qty")))

    def _prepare_loyalty_b2b_product(self, line, asks):
        if not line._is_loyalty_b2b_discount() or not self._is_loyalty_b2b_cart():
            return super()._prepare_loyalty_b2b_product(line, asks)
        # what a discount lowers is asked of the other lines, nothing of its product
        return {
            "product_id": line.product_id.id,
            "categ_id": False,
            "quantity": line.product_uom_qty,
            "net": line.price_subtotal,
            "cost": None,
        }

    # === CART === #

    def _cart_find_product_line(self, *args, **kwargs):
        # who buys what he also gets for points buys one more, for money
        lines = super()._cart_find_product_line(*args, **kwargs)
        return lines._filter_loyalty_b2b_free()

    def _cart_update_order_line(self, order_line, quantity, **kwargs):
        use = order_line.loyalty_b2b_redemption_id
        if not use:
            return super()._cart_update_order_line(order_line, quantity, **kwargs)
        if quantity > 0:
            # as many as were asked for, no more and no fewer
            return order_line
        self._remove_loyalty_b2b_shop_use(use, self.env.user.partner_id)
        return order_line.browse()

    def _verify_cart_after_update(self):
        super()._verify_cart_after_update()
        self._follow_loyalty_b2b_cart()

    def _set_delivery_method(self, *args, **kwargs):
        super()._set_delivery_method(*args, **kwargs)
        self._follow_loyalty_b2b_cart()

    def _update_address(self, *args, **kwargs):
        before = self.partner_id
        super()._update_address(*args, **kwargs)
        if before and before != self.partner_id:
            self._pass_loyalty_b2b_cart()
        self._follow_loyalty_b2b_cart()

    def _pass_loyalty_b2b_cart(self):
        """Take off what was only chosen if the cart's new person may not use it."""
        for use in self._get_loyalty_b2b_open_uses():
            refusal = use._get_payer_refusal(self.env.user)
            if refusal and use.state == "draft" and use._is_choice():
                self.shop_warning = use._get_off_text(refusal)
                use._cancel()
                self.sudo()._log_loyalty_b2b(body=self.shop_warning)

    def _release_loyalty_b2b_of_others(self):
        carts = self.filtered(
            lambda order: order._is_loyalty_b2b_cart() and order._get_loyalty_b2b_uses()
        )
        before = {cart: cart._get_loyalty_b2b_uses() for cart in carts}
        texts = {use: use._describe() for uses in before.values() for use in uses}
        super()._release_loyalty_b2b_of_others()
        for cart, uses in before.items():
            gone = uses - cart._get_loyalty_b2b_uses()
            if gone:
                notes = [use._get_other_customer_text() for use in gone]
                cart.shop_warning = "\n".join(
                    note % {"use": texts[use]}
                    for note, use in zip(notes, gone, strict=True)
                )

    def _follow_loyalty_b2b_cart(self):
        """Compute what points take off anew after the cart has changed.

        The cart's page tells what came of it. Pages that are only looked at change
        nothing, whatever they do to the cart: they show what has to be updated.
        """
        is_looked_at = request and request.httprequest.method in ("GET", "HEAD")
        if not self or is_looked_at or not self._get_loyalty_b2b_uses():
            return
        cart = self.with_context(loyalty_b2b_shown=SHOWN)
        if notes := cart._update_loyalty_b2b_cart():
            self.shop_warning = "\n".join(notes)
