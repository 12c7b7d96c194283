from odoo import models


class AccountMove(models.Model):
    """Payment terms of the customer's level, where he has none of his own."""

    _inherit = "account.move"

    # === COMPUTE METHODS === #

    def _compute_invoice_payment_term_id(self):
        super()._compute_invoice_payment_term_id()
        sales = self.filtered(lambda move: move.is_sale_document(include_receipts=True))
        for company, moves in sales.grouped("company_id").items():
            terms = moves.partner_id._get_loyalty_b2b_payment_terms(company)
            for move in moves.filtered(lambda move, by=terms: move.partner_id in by):
                move.invoice_payment_term_id = terms[move.partner_id]
