from odoo import api, models
from odoo.tools import SQL

from ..booking.lateness import LatenessBookings


class LoyaltyB2bWallet(models.Model):
    """Points of invoices paid late: cancelled, and earned again if the payment goes."""

    _inherit = "loyalty.b2b.wallet"

    @api.model
    def _judge_lateness(self, move_ids):
        """Cancel what invoices paid late earned, and give back what is late no more.

        A function of state, called when payment states may have changed.

        :param list move_ids: of customer documents.
        """
        programs = self.env["loyalty.b2b.program"]
        watching = programs._get_watching_program_ids()
        rows = self._query_lateness(move_ids, watching) if watching else []
        late, in_time = {}, set()
        for row in rows:
            program = programs.browse(row["program_id"])
            is_paid = row["days"] is not None
            if is_paid and program._is_late(row["day"], row["days"]):
                late[row["move_id"], program.id] = row["days"]
            elif row["is_cancelled"] and (not is_paid or program.sudo().cancel_late):
                in_time.add((row["move_id"], program.id))
        if late or in_time:
            self._book_lateness(late, in_time)

    def _book_lateness(self, late, in_time):
        """Book what lateness takes back and gives back.

        :param dict late: (move id, programme id) → days after the day it was due.
        :param set in_time: (move id, programme id) that are not late, or not paid.
        """
        move_ids = sorted({move_id for move_id, _program in [*late, *in_time]})
        ledger = LatenessBookings(self, self._load_groups(move_ids=move_ids))
        moves = self.env["account.move"].browse(move_ids)
        ledger.name_lines(moves)
        ledger.lock_caps()
        for found in list(ledger.groups.values()):
            for move in moves:
                place = (move.id, ledger.get_program_id(found))
                if place in late:
                    ledger.cancel(found, move, late[place])
                elif place in in_time:
                    ledger.restore(found, move)
        ledger.insert()

    def _query_lateness(self, move_ids, program_ids):
        """Return how late the invoices among these documents were paid.

        The day of payment is that of the last counterpart on their receivable lines
        that is not a credit note; payments without a journal entry count by their date.

        :return: dicts with move_id, program_id, day of the invoice, days from the day
            it was due to the payment (None if it is not paid), and is_cancelled.
        """
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                """
            SELECT m.id AS move_id, booked.program_id, booked.is_cancelled,
                   COALESCE(m.invoice_date, m.date) AS day,
                   CASE WHEN m.payment_state IN ('in_payment', 'paid')
                        THEN GREATEST(matched.day, paid.day) - m.invoice_date_due
                   END AS days
              FROM account_move m
              JOIN res_company c ON c.id = m.company_id
              JOIN LATERAL (
                    SELECT e.program_id, BOOL_OR(COALESCE(e.is_late, FALSE))
                           AS is_cancelled
                      FROM loyalty_b2b_entry e
                     WHERE e.move_id = m.id AND e.program_id = ANY(%(programs)s)
                       AND e.group_ref IS NOT NULL
                     GROUP BY e.program_id
              ) booked ON TRUE
              LEFT JOIN LATERAL (
                    SELECT MAX(cl.date) AS day
                      FROM account_move_line l
                      JOIN account_partial_reconcile p
                        ON p.debit_move_id = l.id OR p.credit_move_id = l.id
                      JOIN account_move_line cl
                        ON cl.id = p.debit_move_id + p.credit_move_id - l.id
                      JOIN account_move cm ON cm.id = cl.move_id
                     WHERE l.move_id = m.id AND cm.id <> m.id
                       AND cm.move_type <> 'out_refund'
                       AND cm.journal_id IS DISTINCT FROM
                           c.currency_exchange_journal_id
              ) matched ON TRUE
              LEFT JOIN LATERAL (
                    SELECT MAX(pay.date) AS day
                      FROM account_move__account_payment link
                      JOIN account_payment pay ON pay.id = link.payment_id
                     WHERE link.invoice_id = m.id AND pay.move_id IS NULL
                       AND pay.state IN ('in_process', 'paid')
              ) paid ON TRUE
             WHERE m.id = ANY(%(moves)s) AND m.state = 'posted'
               AND m.move_type IN ('out_invoice', 'out_receipt')
                """,
                moves=list(move_ids),
                programs=list(program_ids),
            )
        )
