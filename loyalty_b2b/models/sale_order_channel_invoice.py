from odoo import models


class SaleOrder(models.Model):
    """Invoices say how their orders came in."""

    _inherit = "sale.order"

    # === HOOKS === #

    def _prepare_invoice(self):
        return {
            **super()._prepare_invoice(),
            "loyalty_b2b_channel": self.sudo().loyalty_b2b_channel,
        }

    def _create_account_invoices(self, invoice_vals_list, final):
        moves = super()._create_account_invoices(invoice_vals_list, final)
        # core keeps the values of the first order of a collective invoice
        if len(set(self.sudo().mapped("loyalty_b2b_channel"))) > 1:
            moves.sudo()._mark_loyalty_b2b_mixed()
        return moves
