from datetime import timedelta

from odoo import models
from odoo.tools import SQL


class LoyaltyB2bWallet(models.Model):
    """From when points can be used: at once, at payment, or some days after either.

    What waits for its day is a pending entry that has a day of availability; what was
    taken back of it meanwhile waits with it.
    """

    _inherit = "loyalty.b2b.wallet"

    def _prepare_lot(self, kind, day, program=None, life=""):
        """Return state and dates of a lot that a document earns.

        :param str kind: of the entry; only what is earned waits.
        :param date day: of the document.
        :param str life: as the rule says that gave the points; '' for the programme's.
        """
        program = program or self.sudo().program_id
        terms = program._get_terms()
        if kind != "earn":
            return self._prepare_expiry(day, program, life)
        if terms.activation == "payment":
            return {"state": "pending", "awaits_payment": True}
        available = day + timedelta(days=terms.activation_days)
        dates = self._prepare_expiry(available, program, life)
        if terms.activation_days and available > program._today():
            dates["state"] = "pending"
        return dates

    def _activate_paid(self, entries):
        """Make points available whose invoice is paid, or say from when they will be.

        :param entries: pending credits that wait for payment, of any wallets.
        """
        for program, paid in entries.grouped("program_id").items():
            days = program._get_terms().activation_days
            dated = paid.filtered("date_available")
            today = program._today()
            due = dated.filtered(lambda e, day=today: e.date_available <= day)
            if days:
                day = today + timedelta(days=days)
                self._date_pending(paid - dated, day)
            else:
                due |= paid - dated
            if due:
                self._post_pending(due)
                self._trigger_settling()

    def _date_pending(self, entries, day):
        """Note from when waiting credits will be available.

        A last day of use that the points had before stays.

        :param entries: pending credits, of any wallets.
        :param date day: None if nobody knows, for they wait for payment again.
        """
        alike = entries.sudo().grouped(lambda e: (e.program_id, e.life or ""))
        for (program, life), group in alike.items():
            expiry = day and program._get_lot_expiry(day, life)
            self.env.execute_query(
                SQL(
                    """
                UPDATE loyalty_b2b_entry e
                   SET date_available = %(day)s::date,
                       date_expiry = CASE WHEN root.state = 'posted'
                                          THEN root.date_expiry
                                          ELSE %(expiry)s::date END,
                       write_date = now() AT TIME ZONE 'UTC'
                  FROM loyalty_b2b_entry credit
                  LEFT JOIN loyalty_b2b_entry root ON root.id = credit.root_entry_id
                 WHERE credit.id = e.id AND e.id = ANY(%(ids)s)
                   AND e.state = 'pending' RETURNING e.id
                    """,
                    day=day,
                    expiry=expiry,
                    ids=sorted(group.ids),
                )
            )
        self._invalidate_figures()

    # === JOB === #

    def _query_due(self, program_id, day, after, limit):
        """Return wallets with entries whose day has come, ascending."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT e.wallet_id FROM %s AND e.program_id = %s"
                " AND e.wallet_id > %s ORDER BY e.wallet_id LIMIT %s",
                self._get_due_sql(SQL("%s::date", day)),
                program_id,
                after,
                limit,
            )
        )
        return [wallet_id for (wallet_id,) in rows]

    def _get_due_sql(self, today):
        """Return SQL for the waiting entries `e` that are to be posted.

        Credits whose day has come, unless their payment was undone, and what takes back
        a credit that does not wait any more.

        :param SQL today: a date.
        """
        return SQL(
            """loyalty_b2b_entry e
              LEFT JOIN account_move m ON m.id = e.move_id AND e.awaits_payment
              LEFT JOIN loyalty_b2b_entry lot
                ON lot.id = e.reversed_entry_id AND e.kind = 'reversal'
             WHERE e.state = 'pending' AND e.kind <> 'redeem'
               AND (lot.state = 'posted'
                    OR (e.date_available <= %s
                        AND (NOT e.awaits_payment
                             OR (m.state = 'posted'
                                 AND m.payment_state IN ('in_payment', 'paid')))))
            """,
            today,
        )

    def _post_due(self):
        """Post the entries of these wallets whose day has come; run by the job."""
        rows = self.env.execute_query(
            SQL(
                "SELECT e.id FROM %s AND e.wallet_id = ANY(%s) ORDER BY e.id",
                self._get_due_sql(self._get_today_sql(SQL("e.program_id"))),
                list(self.ids),
            )
        )
        entries = self.env["loyalty.b2b.entry"].sudo()
        self._post_pending(entries.browse([entry_id for (entry_id,) in rows]))
        self._trigger_settling()
