from odoo import models


class SaleOrderLine(models.Model):
    """Gift cards and eWallets are means of payment: sold, topped up or used."""

    _inherit = "sale.order.line"

    # === BUSINESS METHODS === #

    def _is_loyalty_b2b_payment(self):
        return (
            self._is_loyalty_b2b_card_payment()
            or self.product_id.id in self.env["loyalty.program"]._get_card_product_ids()
            or super()._is_loyalty_b2b_payment()
        )

    def _is_loyalty_b2b_card_payment(self):
        """Tell whether a gift card or an eWallet pays with this line."""
        return self.sudo().reward_id.program_id.is_payment_program

    def _prepare_invoice_line(self, **optional_values):
        values = super()._prepare_invoice_line(**optional_values)
        if not self.display_type and self._is_loyalty_b2b_payment():
            values["loyalty_b2b_is_payment"] = True
        return values
