from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

# Wallets of one statement of the nightly job.
RETIER_BATCH = 5000
ENDING_DAYS = 30


class LoyaltyB2bWallet(models.Model):
    """Levels that rise when settling, and fall, end and are repaired every night."""

    _inherit = "loyalty.b2b.wallet"

    # === SETTLING === #

    def _settle_groups(self, entry_ids):
        booked = super()._settle_groups(entry_ids)
        self._settle_tiers(entry_ids)
        return booked

    def _settle_tiers(self, entry_ids):
        """Raise the levels of wallets with new bookings: one query for each programme
        with levels, none where no programme has any.

        :param list entry_ids: entries booked since the wallet was last settled.
        """
        programs = self.env["loyalty.b2b.program"]
        for program in programs.browse(programs._get_tier_program_ids()):
            scope = SQL(
                "w.id = ANY(%s) AND w.id IN (SELECT wallet_id FROM loyalty_b2b_entry"
                " WHERE id = ANY(%s) AND date_earned IS NOT NULL)",
                list(self.ids),
                entry_ids,
            )
            self._retier(program, scope)

    # === NOTICES === #

    def _notify_tiers(self, program, rows):
        """Tell the people of wallets that their level is another one.

        :param list rows: of `_retier`. What everybody has from joining on is no news.
        """
        levels = program._get_tier_terms().levels
        ranks = {level.id: rank for rank, level in enumerate(levels, 1)}
        today, alike = program._today(), defaultdict(list)
        for row in rows:
            before, after = ranks.get(row["before"], 0), ranks.get(row["after"], 0)
            if after < before:
                alike["tier_lost", row["before"], row["after"], None].append(row["id"])
            elif levels[after - 1].threshold:
                place = "tier_reached", row["after"], row["before"], row["until"]
                alike[place].append(row["id"])
        for (topic, tier_id, other_id, until), ids in alike.items():
            # reached by a period that is over, within its grace: looked at soon
            is_ahead = until and until >= today
            values = {"until": str(until) if is_ahead else None}
            if topic == "tier_lost":
                values = {"to_id": other_id}
            self.browse(ids)._notify(
                topic, f"{tier_id}:{today}", tier_id=tier_id, **values
            )

    # === JOB === #

    def _query_tier_wallets(self, program_id, after, limit):
        """Return the wallets of a programme that may have a level, ascending."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM loyalty_b2b_wallet WHERE program_id = %s AND id > %s"
                " AND state <> 'left' ORDER BY id LIMIT %s",
                program_id,
                after,
                limit,
            )
        )
        return [wallet_id for (wallet_id,) in rows]

    def _retier_job(self):
        """Decide on the levels of wallets of one programme, reviews included."""
        self._spare_compilation()
        self._retier(self[:1].program_id, self._get_batch_scope(), with_reviews=True)

    def _raise_job(self):
        """Let wallets of one programme rise to what changed levels give them."""
        self._spare_compilation()
        self._retier(self[:1].program_id, self._get_batch_scope(), cause="terms")

    def _get_batch_scope(self):
        """Return SQL for wallets of a programme that follow each other: of a list,
        PostgreSQL would compare each wallet with each of its ids.
        """
        return SQL("w.id BETWEEN %s AND %s", min(self.ids), max(self.ids))

    @api.model
    def _cron_settle(self):
        super()._cron_settle()
        programs = self.env["loyalty.b2b.program"].sudo()
        for program in programs.search([("tier_changed", "=", True)]):
            if not program._apply_tier_terms():
                return

    def _query_tiers_ending(self, program_id, day, after, limit):
        """Return wallets that are to be told that their level may end, ascending."""
        rows = self.env.execute_query(
            SQL(
                """
            SELECT w.id FROM loyalty_b2b_wallet w
             WHERE w.program_id = %(program)s AND w.id > %(after)s
               AND w.state <> 'left' AND w.tier_id = w.tier_earned_id
               AND w.tier_until BETWEEN %(day)s AND %(day)s::date + %(days)s
               AND NOT EXISTS (
                    SELECT FROM loyalty_b2b_notice n
                     WHERE n.wallet_id = w.id AND n.topic = 'tier_ending'
                       AND n.key = w.tier_id || ':' || w.tier_until)
             ORDER BY w.id LIMIT %(limit)s
                """,
                program=program_id,
                day=day,
                days=ENDING_DAYS,
                after=after,
                limit=limit,
            )
        )
        return [wallet_id for (wallet_id,) in rows]

    def _remind_tier_ending(self):
        """Tell those of the wallets whose level would be lost what is missing."""
        alike = defaultdict(list)
        for wallet_id, found in self._get_tier_progress().items():
            if found["keep_missing"]:
                place = found["tier_id"], found["until"], found["keep_missing"]
                alike[place].append(wallet_id)
        for (tier_id, until, missing), ids in alike.items():
            self.browse(ids)._notify(
                "tier_ending",
                f"{tier_id}:{until}",
                tier_id=tier_id,
                until=str(until),
                missing=float(missing),
            )
