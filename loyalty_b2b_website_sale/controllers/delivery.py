from odoo.http import request

from odoo.addons.website_sale.controllers.delivery import Delivery


class LoyaltyB2bDelivery(Delivery):
    """The delivery step: what points take off may follow the delivery."""

    def _order_summary_values(self, order, **kwargs):
        values = super()._order_summary_values(order, **kwargs)
        monetary = request.env["ir.qweb.field.monetary"]
        values["loyalty_b2b_discounts"] = [
            monetary.value_to_html(
                discount["amount"], {"display_currency": order.currency_id}
            )
            for discount in order._prepare_loyalty_b2b_shop_discounts()
        ]
        return values
