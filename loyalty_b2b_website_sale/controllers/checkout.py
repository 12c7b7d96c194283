from odoo.http import request

from odoo.addons.website_sale.controllers.main import WebsiteSale


class LoyaltyB2bCheckout(WebsiteSale):
    """The payment page: what is chosen, or why nothing can be paid yet."""

    def _get_shop_payment_values(self, order, **kwargs):
        values = super()._get_shop_payment_values(order, **kwargs)
        news = order._get_loyalty_b2b_cart_news() if order else []
        if news:
            title = request.env._("Your points have to be updated")
            values["errors"] = [*values["errors"], (title, " ".join(news))]
        return {
            **values,
            "loyalty_b2b_news": news,
            "loyalty_b2b_cart": order._prepare_loyalty_b2b_shop_summary(),
        }
