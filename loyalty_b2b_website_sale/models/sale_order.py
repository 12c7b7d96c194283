from odoo import models


class SaleOrder(models.Model):
    """Carts: orders of a website that nobody has confirmed."""

    _inherit = "sale.order"

    # === BUSINESS METHODS === #

    def _is_loyalty_b2b_cart(self):
        self.ensure_one()
        is_cart = bool(self.website_id) and self.state in ("draft", "sent")
        return is_cart or super()._is_loyalty_b2b_cart()
