from odoo.http import request, route

from odoo.addons.website_sale.controllers.main import WebsiteSale
from odoo.addons.website_sale.controllers.variant import WebsiteSaleVariantController


class LoyaltyB2bShopPoints(WebsiteSale):
    """The product's page says what it earns."""

    def _prepare_product_values(self, product, category, **kwargs):
        product = product.with_context(loyalty_b2b_earns=True)
        return super()._prepare_product_values(product, category, **kwargs)


class LoyaltyB2bVariantPoints(WebsiteSaleVariantController):
    """What it earns follows variant, quantity and unit."""

    @route()
    def get_combination_info_website(self, *args, **kwargs):
        request.update_context(loyalty_b2b_earns=True)
        return super().get_combination_info_website(*args, **kwargs)
