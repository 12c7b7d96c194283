from odoo import models
from odoo.tools import SQL

from ..tools import periods

# What a customer does, or is given, that keeps the points of a wallet alive.
ALIVE = SQL(
    "e.state <> 'cancelled' AND (e.kind IN ('earn', 'redeem', 'bonus', 'opening')"
    " OR (e.kind = 'adjust' AND e.points > 0))"
)


class LoyaltyB2bWallet(models.Model):
    """Where points live on as long as a customer buys or uses points."""

    _inherit = "loyalty.b2b.wallet"

    def _is_inactive(self, today):
        """Tell whether all points of the wallet have lapsed for want of activity.

        :param date today: in the programme's time zone.
        """
        self.ensure_one()
        if self.sudo().program_id._get_terms().expiry.mode != "inactivity":
            return False
        return periods.is_lapsed(self._query_inactivity_ends().get(self.id), today)

    def _query_inactivity_ends(self):
        """Return wallet id → last day of use if nothing is bought or used until then.

        Only of wallets whose programme says so.
        """
        return self._query_activity_ends()

    def _query_activity_ends(self):
        """Return `_query_inactivity_ends` by the rules alone, told or not."""
        programs = self.sudo().program_id
        months = {
            program.id: program._get_terms().expiry.months
            for program in programs
            if program._get_terms().expiry.mode == "inactivity"
        }
        if not months:
            return {}
        self.flush_model(["date_joined"])
        rows = self.env.execute_query(
            SQL(
                "SELECT w.id, w.program_id, %s FROM loyalty_b2b_wallet w"
                " WHERE w.id = ANY(%s) AND w.program_id = ANY(%s)",
                self._get_last_activity_sql(),
                list(self.ids),
                list(months),
            )
        )
        return {
            wallet_id: periods.add_months(day, months[program_id])
            for wallet_id, program_id, day in rows
        }

    def _get_last_activity_sql(self):
        """Return SQL for the last day on which a wallet `w` bought or used something.

        Points given back, moved or taken back are no sign of life (DESIGN I10).
        """
        return SQL(
            """GREATEST(w.date_joined, (
                SELECT MAX(GREATEST(e.date_event, e.date_booked))
                  FROM loyalty_b2b_entry e WHERE e.wallet_id = w.id AND %s))""",
            ALIVE,
        )

    def _query_next_expiry(self):
        """Let the day on which inactive wallets lapse be one of the next expiries."""
        expiries = super()._query_next_expiry()
        ends = self._query_inactivity_ends()
        for wallet in self.filtered(lambda w: w.id in ends and w.available > 0):
            day = ends[wallet.id]
            if wallet.id not in expiries or day <= expiries[wallet.id][0]:
                expiries[wallet.id] = (day, int(wallet.available))
        return expiries

    # === JOB === #

    def _query_inactive(self, program_id, day, after, limit):
        """Return wallets with points that nobody has bought for or used, ascending."""
        program = self.env["loyalty.b2b.program"].browse(program_id)
        months = program._get_terms().expiry.months
        self.flush_model(["date_joined"])
        rows = self.env.execute_query(
            SQL(
                """
            SELECT w.id FROM loyalty_b2b_wallet w
             WHERE w.program_id = %(program)s AND w.id > %(after)s
               AND EXISTS (SELECT FROM loyalty_b2b_entry e
                            WHERE e.wallet_id = w.id AND e.state = 'posted'
                              AND e.points_open > 0 AND e.points > 0)
               AND %(last)s + MAKE_INTERVAL(months => %(months)s) < %(day)s
             ORDER BY w.id LIMIT %(limit)s
                """,
                program=program_id,
                after=after,
                last=self._get_last_activity_sql(),
                months=months,
                day=day,
                limit=limit,
            )
        )
        return [wallet_id for (wallet_id,) in rows]

    def _expire_inactive(self):
        """Take off everything of those of the wallets that are inactive."""
        self._lock()
        ends = self._query_inactivity_ends()
        programs = self.sudo().grouped("program_id")
        for program, wallets in programs.items():
            today = program._today()
            inactive = wallets.filtered(
                lambda w, day=today: periods.is_lapsed(ends.get(w.id), day)
            )
            if inactive:
                inactive._expire(
                    note=self.env._(
                        "No purchase or use of points for %(life)s",
                        life=program._format_months(program.expiry_months),
                    ),
                    everything=True,
                )
