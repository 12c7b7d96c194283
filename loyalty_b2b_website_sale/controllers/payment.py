from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.website_sale.controllers.main import WebsiteSale


class LoyaltyB2bShopPayment(WebsiteSale):
    """Carts of which nothing is left to pay are confirmed without a payment."""

    @route()
    def shop_payment_validate(self, sale_order_id=None, **post):
        """Hold the points first; back to the cart if its total would change."""
        order = request.cart if sale_order_id is None else request.env["sale.order"]
        if not order or not order.sudo()._get_loyalty_b2b_open_uses():
            return super().shop_payment_validate(sale_order_id, **post)
        if order.amount_total or order.sudo().transaction_ids:
            # paid, or about to be
            return super().shop_payment_validate(sale_order_id, **post)
        try:
            with request.env.cr.savepoint():
                order.sudo()._hold_loyalty_b2b_for_payment()
                return super().shop_payment_validate(sale_order_id, **post)
        except UserError:
            # the cart says why
            return request.redirect("/shop/cart")
