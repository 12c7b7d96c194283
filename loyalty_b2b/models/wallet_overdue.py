from datetime import timedelta

from odoo import models
from odoo.tools import SQL, format_date


class LoyaltyB2bWallet(models.Model):
    """Points are on hold while invoices of the customer are overdue, if that is set."""

    _inherit = "loyalty.b2b.wallet"

    def _get_overdue_refusal(self):
        """Return why overdue invoices keep this wallet from being used, or ''.

        One query, and none where the programme does not ask.
        """
        self.ensure_one()
        program = self.sudo().program_id
        overdue = self._query_overdue() if program._get_terms().overdue_hold else None
        if not overdue:
            return ""
        amount = self._convert_overdue(overdue["amount"])
        if program.currency_id.compare_amounts(amount, program.overdue_amount) <= 0:
            return ""
        return self.env._(
            "%(customer)s has overdue invoices of %(amount)s (the oldest, %(invoice)s,"
            " was due on %(day)s): points can be used again once they are paid.",
            customer=self.sudo().partner_id.display_name,
            amount=program.currency_id.format(amount),
            invoice=overdue["invoice"],
            day=format_date(self.env, overdue["day"]),
        )

    def _convert_overdue(self, amount):
        """Return an amount in company currency in the programme's."""
        program = self.sudo().program_id
        company = program.company_id
        return company.currency_id._convert(
            amount, program.currency_id, company, program._today()
        )

    def _query_overdue(self):
        """Sum what is open of overdue invoices of the companies that take part.

        By the due date of each instalment; credit notes and payments not matched yet
        do not count.

        :return: dict of amount (company currency), invoice and day of the oldest one;
            None if nothing is overdue.
        """
        program = self.sudo().program_id
        today = program._today()
        self.env["account.move.line"].flush_model()
        self.env["account.move"].flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env["loyalty.b2b.participant"].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
            SELECT SUM(l.amount_residual)::float AS amount,
                   MIN(l.date_maturity) AS day,
                   (ARRAY_AGG(m.name ORDER BY l.date_maturity, m.id))[1] AS invoice
              FROM loyalty_b2b_participant part
              JOIN res_partner invoiced ON %(owner)s = part.partner_id
              JOIN account_move m ON m.partner_id = invoiced.id
              JOIN account_move_line l ON l.move_id = m.id
             WHERE part.wallet_id = %(wallet)s AND part.date_start <= %(today)s
               AND (part.date_end IS NULL OR part.date_end >= %(today)s)
               AND m.company_id = %(company)s AND m.state = 'posted'
               AND m.move_type IN ('out_invoice', 'out_receipt')
               AND m.payment_state IN ('not_paid', 'partial')
               AND l.display_type = 'payment_term' AND l.amount_residual > 0
               AND l.date_maturity < %(day)s
            HAVING SUM(l.amount_residual) > 0
                """,
                owner=self.env["res.partner"]._get_loyalty_b2b_owner_sql("invoiced"),
                wallet=self.id,
                company=program.company_id.id,
                today=today,
                day=today - timedelta(days=program.overdue_days),
            )
        )
        return rows[0] if rows else None
