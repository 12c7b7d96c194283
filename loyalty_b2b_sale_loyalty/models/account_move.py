from odoo import models
from odoo.tools import SQL


class AccountMove(models.Model):
    """Gift cards and eWallets on invoices are means of payment."""

    _inherit = "account.move"

    def _get_loyalty_b2b_line_columns(self):
        is_payment = self.env["loyalty.program"]._get_loyalty_b2b_payment_sql("sol")
        return [
            *super()._get_loyalty_b2b_line_columns(),
            SQL("(l.loyalty_b2b_is_payment IS TRUE OR %s) AS is_payment", is_payment),
        ]
