from odoo import models


class AccountMove(models.Model):
    """What *My customers* asks of invoices: when a company bought last."""

    _inherit = "account.move"

    _loyalty_b2b_last_idx = models.Index(
        "(commercial_partner_id, company_id, invoice_date)"
        " WHERE state = 'posted' AND move_type = 'out_invoice'"
    )
