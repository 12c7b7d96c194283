from odoo import models
from odoo.tools import SQL


class AccountMove(models.Model):
    """Invoice lines of deliveries are known by their order lines."""

    _inherit = "account.move"

    def _get_loyalty_b2b_line_columns(self):
        lines = self.env["sale.order.line"]
        return [
            *super()._get_loyalty_b2b_line_columns(),
            SQL("%s AS is_delivery", lines._get_loyalty_b2b_delivery_sql("sol")),
        ]
