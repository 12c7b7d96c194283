from odoo import models


class Website(models.Model):
    """Carts are of the web shop from their beginning."""

    _inherit = "website"

    # === HOOKS === #

    def _prepare_sale_order_values(self, partner_sudo):
        return {
            **super()._prepare_sale_order_values(partner_sudo),
            "loyalty_b2b_channel": "web",
        }
