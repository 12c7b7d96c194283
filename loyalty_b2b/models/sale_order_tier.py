from odoo import models


class SaleOrder(models.Model):
    """Payment terms of the customer's level, where he has none of his own."""

    _inherit = "sale.order"

    # === COMPUTE METHODS === #

    def _compute_payment_term_id(self):
        super()._compute_payment_term_id()
        for company, orders in self.grouped("company_id").items():
            terms = orders.partner_id._get_loyalty_b2b_payment_terms(company)
            for order in orders.filtered(
                lambda order, by=terms: order.partner_id in by
            ):
                order.payment_term_id = terms[order.partner_id]
