from odoo import models

from .ir_http import get_notes


class ProductPricelist(models.Model):
    """Prices as an order line would take them, before the shop adds or drops tax."""

    _inherit = "product.pricelist"

    def _compute_price_rule(
        self, products, quantity, *, uom=None, compute_price=True, **kwargs
    ):
        """Note for the request what the shop is about to show.

        Core hands on to its pages what customers read, with tax or without, and not
        the price and its rule; to compute them anew costs a query and half the time.
        """
        prices = super()._compute_price_rule(
            products, quantity, uom=uom, compute_price=compute_price, **kwargs
        )
        if compute_price:
            place = (self.id, products._name, quantity, uom.id if uom else False)
            get_notes("loyalty_b2b_prices").setdefault(place, {}).update(prices)
        return prices
