from odoo import models
from odoo.tools import SQL

from ..tools import deferred
from ..tools.engine.lines import NO_REVENUE

# What is an order in the ledger: what documents booked, less what bonuses did.
IS_SOURCE = SQL(
    "e.kind IN ('earn', 'reversal') AND e.group_ref IS NOT NULL AND e.group_ref !~ %s",
    deferred.BONUS_REFS,
)
IS_PAID = SQL("(m.state = 'posted' AND m.payment_state IN ('in_payment', 'paid'))")


class LoyaltyB2bWallet(models.Model):
    """Which orders of a wallet stand, and how their documents were paid."""

    _inherit = "loyalty.b2b.wallet"

    # === ORDERS === #

    def _query_first_groups(self, wallet_ids):
        """Return wallet id → its first order of which something remains.

        By the date of its first document, then in order of booking. What waits for
        payment does not count. The orders are looked at one by one until one stands.
        """
        self.env["account.move"].flush_model(["payment_state", "state"])
        rows = self.env.execute_query(
            SQL(
                """
            SELECT w.id, first.group_ref
              FROM UNNEST(%(wallets)s::int[]) AS w(id),
           LATERAL (
                    SELECT g.group_ref FROM (
                        SELECT e.group_ref FROM loyalty_b2b_entry e
                         WHERE e.wallet_id = w.id AND %(is_source)s
                         GROUP BY e.group_ref
                         ORDER BY MIN(e.date_event), MIN(e.id) OFFSET 0) g
                     WHERE EXISTS (
                        SELECT FROM loyalty_b2b_entry e
                          JOIN loyalty_b2b_entry_line l ON l.entry_id = e.id
                          LEFT JOIN account_move m ON m.id = e.move_ref
                         WHERE e.wallet_id = w.id AND e.group_ref = g.group_ref
                           AND l.part IN ('line', 'discount', 'correction')
                           AND COALESCE(l.reason, '') <> ALL(%(no_revenue)s)
                         GROUP BY l.key, l.rule_root
                        HAVING SUM(l.base) > 0
                           AND SUM(l.base) FILTER (WHERE l.part = 'line') > 0
                           AND BOOL_OR(NOT e.awaits_payment OR %(is_paid)s)
                               FILTER (WHERE l.part = 'line' AND l.base > 0))
                     LIMIT 1) first
                """,
                wallets=list(wallet_ids),
                is_source=IS_SOURCE,
                is_paid=IS_PAID,
                no_revenue=sorted(NO_REVENUE),
            )
        )
        return dict(rows)

    # === PAYMENTS === #

    def _query_payments(self, move_ids):
        """Return how documents were paid.

        Credit notes and exchange differences are no payments.

        :return: document id → dict with is_paid, due (last day on which it is due) and
            last (day of the last payment, None if there was none).
        """
        self._flush_payments()
        rows = self.env.execute_query_dict(
            SQL(
                """
            SELECT m.id, %(is_paid)s AS is_paid,
                   COALESCE(m.invoice_date_due, m.invoice_date, m.date) AS due,
                   (SELECT MAX(paid.day) FROM (%(payments)s) paid) AS last
              FROM account_move m WHERE m.id = ANY(%(ids)s)
                """,
                ids=list(move_ids),
                is_paid=IS_PAID,
                payments=self._get_payments_sql(),
            )
        )
        return {row.pop("id"): row for row in rows}

    def _flush_payments(self):
        for model in ("account.move", "account.move.line", "account.partial.reconcile"):
            self.env[model].flush_model()
        self.env["account.payment"].flush_model(["state", "date", "move_id"])

    def _get_payments_sql(self):
        """Return SQL for the days of the payments of the document `m`."""
        return SQL(
            """
                        SELECT other.date AS day
                          FROM account_move_line l
                          JOIN account_account a ON a.id = l.account_id
                           AND a.account_type = 'asset_receivable'
                          JOIN account_partial_reconcile r
                            ON r.debit_move_id = l.id OR r.credit_move_id = l.id
                          JOIN account_move_line other
                            ON other.id = r.debit_move_id + r.credit_move_id - l.id
                          JOIN account_move om ON om.id = other.move_id
                         WHERE l.move_id = m.id AND om.move_type <> 'out_refund'
                           AND NOT EXISTS (
                               SELECT FROM account_partial_reconcile x
                                WHERE x.exchange_move_id = om.id)
                        UNION ALL
                        SELECT p.date FROM account_move__account_payment rel
                          JOIN account_payment p ON p.id = rel.payment_id
                         WHERE rel.invoice_id = m.id AND p.move_id IS NULL
                           AND p.state IN ('in_process', 'paid')
            """
        )
