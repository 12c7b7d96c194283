from odoo import models
from odoo.tools import SQL


class LoyaltyB2bWallet(models.Model):
    """The portal's forecast knows delivery lines."""

    _inherit = "loyalty.b2b.wallet"

    def _get_portal_line_columns(self):
        return [*super()._get_portal_line_columns(), SQL("l.is_delivery")]
