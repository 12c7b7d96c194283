from odoo import models
from odoo.tools import SQL


class AccountMove(models.Model):
    """Invoice lines of deliveries are known by their order lines."""

    _inherit = "account.move"

    def _get_loyalty_b2b_line_columns(self):
        return [*super()._get_loyalty_b2b_line_columns(), SQL("sol.is_delivery")]
