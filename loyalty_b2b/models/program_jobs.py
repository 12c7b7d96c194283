import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, formatLang

CLOSING_DAYS = 60
# How long somebody waits who presses *Run now*.
RUN_SECONDS = 20


class LoyaltyB2bProgram(models.Model):
    """What happens to a programme with time: its daily steps, and its end."""

    _inherit = "loyalty.b2b.program"

    date_daily = fields.Date(
        string="Daily steps done",
        readonly=True,
        copy=False,
        help="Last day, in the programme's time zone, on which all daily steps ran.",
    )

    # === JOBS === #

    @api.model
    def _cron_daily(self):
        """Run the daily steps of programmes whose day has begun; every hour.

        Each step goes by the state of the ledger, so that a run that was broken off is
        taken up where it stopped, and a second one finds nothing to do.
        """
        self._cron_start()
        self.env["account.move"]._cron_book_loyalty_b2b()
        for program in self.search([("state", "not in", ("draft", "announced"))]):
            today = program._today()
            if program.date_daily and program.date_daily >= today:
                continue
            if not program._run_daily(today):
                return  # time is over; the next run goes on

    def _run_daily(self, today):
        """Run the daily steps.

        :param date today: in the programme's time zone.
        :return: False if the job's time is over before their end.
        """
        self.ensure_one()
        if not all(step() for step in self._get_daily_steps()):
            return False
        self._mark_daily(today)
        self.env["ir.cron"]._commit_progress()
        return True

    def _get_daily_steps(self):
        """Return the steps in their order; each tells whether it came to its end."""
        self.ensure_one()
        return [
            self._daily_activate,
            self._daily_release_holds,
            self._daily_expire,
            self._daily_expire_inactive,
            self._daily_close,
        ]

    def _mark_daily(self, today):
        """Note that a day is done; `write` would empty the caches of all workers."""
        self.env.execute_query(
            SQL(
                "UPDATE loyalty_b2b_program SET date_daily = %s WHERE id = %s"
                " RETURNING id",
                today,
                self.id,
            )
        )
        self.invalidate_recordset(["date_daily"], flush=False)

    def _daily_activate(self):
        """Post what is due, and book where points and payments disagree."""
        wallets = self.env["loyalty.b2b.wallet"].sudo()
        while move_ids := self._query_disagreeing(limit=200):
            wallets._activate(move_ids)
            self.env.flush_all()
            left = self._query_disagreeing(limit=200)
            if not set(left) - set(move_ids):
                break
            if not wallets._commit_batch(len(move_ids), len(left)):
                return False
        return wallets._run_batches("_query_due", "_post_due", self.id, self._today())

    def _query_disagreeing(self, limit):
        """Return invoices that are paid and whose points wait, or the reverse.

        Points of paid invoices that wait for their day are no disagreement.
        """
        rows = self.env.execute_query(
            SQL(
                """
            SELECT e.move_id FROM loyalty_b2b_entry e
              JOIN account_move m ON m.id = e.move_id
             WHERE e.program_id = %(program)s AND e.state = 'pending'
               AND e.awaits_payment AND e.kind = 'earn' AND m.state = 'posted'
               AND (m.payment_state IN ('in_payment', 'paid'))
                   = (e.date_available IS NULL)
             UNION
            SELECT e.move_id FROM loyalty_b2b_entry e
              JOIN account_move m ON m.id = e.move_id
             WHERE e.program_id = %(program)s AND e.state = 'posted'
               AND e.awaits_payment AND e.kind = 'earn' AND m.state = 'posted'
               AND m.payment_state NOT IN ('in_payment', 'paid')
               AND e.points > (SELECT COALESCE(-SUM(r.points), 0)
                                 FROM loyalty_b2b_entry r
                                WHERE r.reversed_entry_id = e.id
                                  AND r.kind = 'reversal' AND r.state <> 'cancelled')
             ORDER BY 1 LIMIT %(limit)s
                """,
                program=self.id,
                limit=limit,
            )
        )
        return [move_id for (move_id,) in rows]

    def _daily_release_holds(self):
        self.env["loyalty.b2b.redemption"]._cron_release_holds()
        return True

    def _daily_expire(self):
        wallets = self.env["loyalty.b2b.wallet"].sudo()
        return wallets._run_batches("_query_lapsed", "_expire", self.id, self._today())

    def _daily_expire_inactive(self):
        """Take off the points of customers who neither buy nor use any, if so set."""
        if self._get_terms().expiry.mode != "inactivity":
            return True
        wallets = self.env["loyalty.b2b.wallet"].sudo()
        return wallets._run_batches(
            "_query_inactive", "_expire_inactive", self.id, self._today()
        )

    # === RUN NOW === #

    def action_run_daily(self):
        """Run the daily steps now, as the hourly job would; tell what they did."""
        self.ensure_one()
        self.check_access("write")
        end = time.monotonic() + RUN_SECONDS
        program = self.sudo().with_context(loyalty_b2b_end=end)
        before = program._count_daily()
        is_done = program._run_daily(program._today())
        after = program._count_daily()
        lines = [
            self._describe_daily(label, before[name] - after[name], after[name])
            for name, label in self._get_daily_labels().items()
            if before[name] or after[name]
        ]
        if not is_done:
            lines.append(self.env._("The hourly job goes on with the rest."))
        return self._notify_daily(lines, is_done)

    def _notify_daily(self, lines, is_done):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if is_done else "warning",
                "sticky": not is_done,
                "title": self.env._("Daily steps"),
                "message": "\n".join(lines) or self.env._("There was nothing to do."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _describe_daily(self, label, done, left):
        """Return what a step did, as a line of the message."""
        values = {
            "step": label,
            "done": formatLang(self.env, max(0, done), digits=0),
            "left": formatLang(self.env, left, digits=0),
        }
        if left:
            return self.env._("%(step)s: %(done)s done, %(left)s left", **values)
        return self.env._("%(step)s: %(done)s", **values)

    def _get_daily_labels(self):
        """Return name → what is counted of a step, in the order of the steps."""
        return {
            "payments": self.env._("Invoices compared with their payment"),
            "due": self.env._("Wallets whose points became available"),
            "holds": self.env._("Overdue holds released"),
            "lapsed": self.env._("Wallets with expired points"),
            "inactive": self.env._("Inactive wallets"),
        }

    def _count_daily(self):
        """Return name → number of what a step has to do."""
        self.ensure_one()
        wallets, today = self.env["loyalty.b2b.wallet"], self._today()
        holds = self.env["loyalty.b2b.redemption"]
        overdue = holds._get_overdue_domain() & Domain("program_id", "=", self.id)
        every = (self.id, today, 0, None)
        inactivity = self._get_terms().expiry.mode == "inactivity"
        return {
            "payments": len(self._query_disagreeing(limit=None)),
            "due": len(wallets._query_due(*every)),
            "holds": holds.search_count(overdue),
            "lapsed": len(wallets._query_lapsed(*every)),
            "inactive": len(wallets._query_inactive(*every)) if inactivity else 0,
        }

    # === CLOSING === #

    def _start_closing(self, date_last_earning, date_last_use):
        """Announce the end of a programme.

        :param date date_last_earning: invoices after it earn nothing.
        :param date date_last_use: at least 60 days later, so that all can use up.
        """
        for program in self:
            earliest = date_last_earning + timedelta(days=CLOSING_DAYS)
            if date_last_use < earliest:
                raise UserError(
                    self.env._(
                        "Customers of %(program)s need %(days)s days to use their"
                        " points: the last day of use cannot be before %(date)s.",
                        program=program.name,
                        days=CLOSING_DAYS,
                        date=fields.Date.to_string(earliest),
                    )
                )
        self._change_state(("running", "paused"), "closing")
        self._write_step(
            {"date_last_earning": date_last_earning, "date_last_use": date_last_use}
        )
        self._tell_closing()

    def _daily_close(self):
        """Close a programme after its last day of use."""
        is_over = self.date_last_use and self.date_last_use < self._today()
        if self.state == "closed" or (self.state == "closing" and is_over):
            return self._close()
        return True

    def _close(self):
        """End all wallets, then the programme; taken up again if it is broken off.

        :return: True when nothing is left.
        """
        self.ensure_one()
        wallets = self.env["loyalty.b2b.wallet"].sudo()
        if self.state != "closed":
            # first, so that nothing more is booked
            self._change_state(("closing",), "closed")
        return wallets._run_batches("_query_not_closed", "_close_down", self.id)
