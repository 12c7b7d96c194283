from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from .wallet_expiry_notice import PROLONG_DAYS, TOLD


class LoyaltyB2bWallet(models.Model):
    """Who neither buys nor uses points loses none before he was told."""

    _inherit = "loyalty.b2b.wallet"

    def _query_inactivity_ends(self):
        """Let points of inactive customers live on until somebody was told.

        Whoever was told keeps them to the day he was told.
        """
        ends = super()._query_inactivity_ends()
        wallets = self.browse(list(ends)).sudo()
        wallets = wallets.filtered(
            lambda w: w.program_id._has_notices() and w.state != "left"
        )
        if not wallets:
            return ends
        told = wallets._query_idle_told(ends)
        for wallet in wallets:
            day = ends[wallet.id]
            ends[wallet.id] = told.get(wallet.id) or max(
                day, wallet.program_id._today()
            )
        return ends

    def _query_idle_told(self, ends, states=TOLD, name="date_last"):
        """Return wallet id → the latest last day of use that was told since it ended.

        :param dict ends: wallet id → last day of use by the programme's rules.
        :param tuple states: of the notices.
        :param str name: `date_last`, or the column to return the latest of.
        """
        self.env["loyalty.b2b.notice"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
            SELECT n.wallet_id, MAX(n.%(name)s)
              FROM loyalty_b2b_notice n
              JOIN UNNEST(%(ids)s::int[], %(days)s::date[]) AS ends(wallet_id, day)
                ON ends.wallet_id = n.wallet_id AND n.date_last >= ends.day
             WHERE n.topic = 'expiring' AND n.state = ANY(%(states)s)
               AND (n.data ->> 'idle')::boolean
               AND (n.date_told IS NULL OR n.date_told <= n.date_last)
             GROUP BY n.wallet_id
                """,
                name=SQL.identifier(name),
                ids=list(self.ids),
                days=[ends[wallet_id] for wallet_id in self.ids],
                states=list(states),
            )
        )
        return dict(rows)

    def _is_expiring_idle(self, day):
        """Tell whether a day ends the points for want of activity, not of lots."""
        return bool(day) and self._query_inactivity_ends().get(self.id) == day

    def _query_idle(self, program_id, day, after, limit):
        """Return wallets whose points end soon, or have, for want of activity."""
        program = self.env["loyalty.b2b.program"].browse(program_id)
        ahead = timedelta(days=program.sudo().notice_days_first + 1)
        return self._query_inactive(program_id, day + ahead, after, limit)

    def _announce_idle(self):
        """Queue the notices of the wallets that lapse for want of activity.

        Who was not told in time is told now, and keeps the points for two weeks more.
        """
        ends = self._query_activity_ends()
        wallets = self.browse(list(ends)).sudo().filtered(lambda w: w.state != "left")
        open_states = ("waiting", "queued", *TOLD, "failed")
        told = wallets._query_idle_told(ends)
        known = wallets._query_idle_told(ends, open_states)
        due = wallets._query_idle_told(ends, open_states, "date_due")
        rows = []
        for wallet in wallets:
            program, end = wallet.program_id, ends[wallet.id]
            today = program._today()
            second = end - timedelta(days=program.notice_days_second)
            if end >= today:
                known_due = due.get(wallet.id)
                is_due = not known_due or known_due < second <= today
                day = end
            else:
                day = today + timedelta(days=PROLONG_DAYS)
                # who was told in time is left to the job
                is_due = wallet.id not in told and (
                    wallet.id not in known or known[wallet.id] < today
                )
            if is_due:
                rows.append(wallet._prepare_idle_notice(day, today))
        self.env["loyalty.b2b.notice"].sudo().create(rows)

    def _prepare_idle_notice(self, day, today):
        """Return one notice of the end of all points of an inactive customer."""
        return {
            "wallet_id": self.id,
            "program_id": self.program_id.id,
            "company_id": self.company_id.id,
            "topic": "expiring",
            "key": f"{day}:{today}:idle",
            "data": {"idle": True},
            "date_due": today,
            "date_last": day,
            "booking": 0,
        }
