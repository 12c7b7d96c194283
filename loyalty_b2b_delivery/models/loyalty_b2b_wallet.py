from odoo import models
from odoo.tools import SQL


class LoyaltyB2bWallet(models.Model):
    """The portal's forecast knows delivery lines."""

    _inherit = "loyalty.b2b.wallet"

    def _get_portal_line_columns(self):
        lines = self.env["sale.order.line"]
        return [
            *super()._get_portal_line_columns(),
            SQL("%s AS is_delivery", lines._get_loyalty_b2b_delivery_sql("l")),
        ]
