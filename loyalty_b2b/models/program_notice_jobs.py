from odoo import api, fields, models
from odoo.tools import SQL

from .wallet_jobs import BATCH

# A statement takes seconds to print.
STATEMENT_BATCH = 5


class LoyaltyB2bProgram(models.Model):
    """When customers are told: daily steps, and what was queued since, hourly."""

    _inherit = "loyalty.b2b.program"

    # === DAILY STEPS === #

    def _get_daily_steps(self):
        """Tell customers in time what expires, and of the rest once it has happened."""
        steps = super()._get_daily_steps()
        if not self._has_notices():
            return steps
        place = steps.index(self._daily_expire)
        return [
            *steps[:place],
            self._daily_announce_expiry,
            *steps[place:],
            self._daily_remind_closing,
            self._daily_statements,
            self._daily_digests,
        ]

    def _daily_announce_expiry(self):
        """Queue notices of what expires soon."""
        wallets = self.env["loyalty.b2b.wallet"].sudo()
        every = (self.id, self._today())
        if not wallets._run_batches("_query_expiring", "_announce_expiry", *every):
            return False
        if self._get_terms().expiry.mode != "inactivity":
            return True
        return wallets._run_batches("_query_idle", "_announce_idle", *every)

    def _daily_expire(self):
        """Expire only that of whose end customers were told, if they are told."""
        if not self._has_notices():
            return super()._daily_expire()
        wallets = self.env["loyalty.b2b.wallet"].sudo()
        return wallets._run_batches(
            "_query_lapsed", "_expire_told", self.id, self._today()
        )

    def _daily_remind_closing(self):
        """Remind of the last day of use of a programme that closes down."""
        last = self.date_last_use
        days = (last - self._today()).days if last else -1
        if self.state != "closing" or not 0 <= days <= self.notice_days_second:
            return True
        key = f"last:{last}"
        notices = self.env["loyalty.b2b.notice"].sudo()
        known = [("program_id", "=", self.id), ("key", "=", key)]
        if not notices.search_count(known, limit=1):
            self._get_told_wallets()._notify(
                "closing",
                key,
                date_last_earning=fields.Date.to_string(self.date_last_earning) or None,
                date_last_use=fields.Date.to_string(last),
            )
        return True

    def _daily_statements(self):
        """Queue the statements of last month on the first day of a month.

        Made up for if the job did not run on that day.
        """
        today = self._today()
        month = today.replace(day=1)
        if not self.notice_statement or self.date_statement == month:
            return True
        if self.date_statement or today == month:
            self.env["loyalty.b2b.wallet"].sudo()._query_statements(self, month)
        self._mark_notices("date_statement", month)
        return True

    def _daily_digests(self):
        """Send what has to be told, one message a person and day."""
        self.env["loyalty.b2b.digest"].sudo()._find_failures(self)
        self.env["loyalty.b2b.notice"].sudo()._cancel_waiting(
            self,
            self.env._("Does not take part any more"),
            SQL("(w.state = 'left' OR w.is_control)"),
        )
        wallets = self.env["loyalty.b2b.wallet"].sudo()
        today = self._today()
        every = (self.id, today)
        size = self._get_digest_batch()
        if not wallets._run_batches(
            "_query_to_tell", "_send_digests", *every, size=size
        ):
            return False
        if self.date_digest != today:
            self._mark_notices("date_digest", today)
        return True

    def _get_digest_batch(self):
        """Return the wallets of one transaction: few while statements are printed."""
        waiting = [
            ("program_id", "=", self.id),
            ("topic", "=", "statement"),
            ("state", "=", "waiting"),
        ]
        notices = self.env["loyalty.b2b.notice"].sudo()
        is_printing = notices.search_count(waiting, limit=1)
        return STATEMENT_BATCH if is_printing else BATCH

    def _mark_notices(self, name, value):
        """Note that a step is done; `write` would empty the caches of all workers."""
        self.env.execute_query(
            SQL(
                "UPDATE loyalty_b2b_program SET %s = %s WHERE id = %s RETURNING id",
                SQL.identifier(name),
                value,
                self.id,
            )
        )
        self.invalidate_recordset([name], flush=False)

    def _get_told_wallets(self):
        """Return the wallets whose people can be told something."""
        return (
            self.env["loyalty.b2b.wallet"]
            .sudo()
            .search(
                [
                    ("program_id", "in", self.ids),
                    ("state", "!=", "left"),
                    ("is_control", "=", False),
                ]
            )
        )

    # === JOB === #

    @api.model
    def _cron_notices(self):
        """Send what was queued since the daily steps ran; every hour.

        Programmes that are only announced have no daily steps yet.
        """
        programs = self.search([("notices", "=", True), ("state", "!=", "draft")])
        for program in programs:
            is_done = program.date_daily == program._today()
            if (is_done or program.state == "announced") and (
                not program._daily_digests()
            ):
                return  # time is over; the next run goes on
