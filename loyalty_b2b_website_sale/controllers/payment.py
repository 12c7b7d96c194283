from odoo.exceptions import UserError, ValidationError
from odoo.http import request, route

from odoo.addons.website_sale.controllers.main import WebsiteSale


class LoyaltyB2bShopPayment(WebsiteSale):
    """Carts of which nothing is left to pay are confirmed without a payment."""

    @route()
    def shop_payment_validate(self, sale_order_id=None, **post):
        """Hold the points first; back to the cart if its total would change.

        Also while a payment may be at the bank: it is of the total before, and would
        pay for an order that is confirmed already.
        """
        order = request.cart.sudo() if sale_order_id is None else None
        if not order or order.amount_total or not order._get_loyalty_b2b_open_uses():
            return super().shop_payment_validate(sale_order_id, **post)
        if order._is_loyalty_b2b_payment_started():
            order.shop_warning = order._get_loyalty_b2b_being_paid_text()
            return request.redirect("/shop/cart")
        try:
            with request.env.cr.savepoint():
                order._hold_loyalty_b2b_for_payment()
        except UserError:
            # the cart says why
            return request.redirect("/shop/cart")
        if not order.get_portal_last_transaction():
            return super().shop_payment_validate(sale_order_id, **post)
        return self._confirm_loyalty_b2b_shop_cart(order)

    def _confirm_loyalty_b2b_shop_cart(self, order):
        """Confirm a cart that points pay for after its payment failed.

        Odoo takes the failed payment for one that is awaited, and confirms nothing.

        :raises ValidationError: with what Odoo says stands against it.
        """
        if errors := self._get_shop_payment_errors(order):
            raise ValidationError("\n".join(errors[0]))
        order._check_cart_is_ready_to_be_paid()
        order._validate_order()
        request.website.sale_reset()
        return request.redirect("/shop/confirmation")
