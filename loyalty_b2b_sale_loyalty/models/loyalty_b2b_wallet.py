from odoo import models
from odoo.tools import SQL


class LoyaltyB2bWallet(models.Model):
    """The portal's forecast knows gift cards and eWallets."""

    _inherit = "loyalty.b2b.wallet"

    def _get_portal_line_columns(self):
        is_payment = self.env["loyalty.program"]._get_loyalty_b2b_payment_sql("l")
        return [
            *super()._get_portal_line_columns(),
            SQL("%s AS is_payment", is_payment),
        ]
