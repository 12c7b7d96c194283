from odoo import models
from odoo.tools import SQL

from .wallet_tier_jobs import RETIER_BATCH


class LoyaltyB2bProgram(models.Model):
    """The daily step of levels."""

    _inherit = "loyalty.b2b.program"

    # === JOBS === #

    def _get_daily_steps(self):
        steps = super()._get_daily_steps()
        # before points expire: a level may change how they do
        steps.insert(steps.index(self._daily_expire), self._daily_tiers)
        return steps

    def _daily_tiers(self):
        """Review levels whose time is over, repair missed rises, and remind."""
        if self.id not in self._get_tier_program_ids():
            return True
        wallets = self.env["loyalty.b2b.wallet"].sudo()
        if not wallets._run_batches(
            "_query_tier_wallets", "_retier_job", self.id, size=RETIER_BATCH
        ):
            return False
        return not self._has_notices() or wallets._run_batches(
            "_query_tiers_ending", "_remind_tier_ending", self.id, self._today()
        )

    def _apply_tier_terms(self):
        """Let wallets rise to what changed levels give them; run by the settling job.

        What changes meanwhile sets the flag again, as it is cleared before.

        :return: False if the job's time is over before their end.
        """
        self.ensure_one()
        self._mark_tiers_changed(False)
        wallets = self.env["loyalty.b2b.wallet"].sudo()
        try:
            is_done = wallets._run_batches(
                "_query_tier_wallets", "_raise_job", self.id, size=RETIER_BATCH
            )
        except Exception:
            self.env.cr.rollback()
            self._mark_tiers_changed(True)
            raise
        if not is_done:
            self._mark_tiers_changed(True)
        return is_done

    def _mark_tiers_changed(self, is_changed):
        self.tier_changed = is_changed
        self.env["ir.cron"]._commit_progress()

    # === RUN NOW === #

    def _get_daily_labels(self):
        labels = super()._get_daily_labels()
        label = self.env._("Levels reviewed, or ended that were set by hand")
        ordered = {}
        for name, text in labels.items():
            ordered |= {name: text} | ({"tiers": label} if name == "holds" else {})
        return ordered

    def _count_daily(self):
        return {**super()._count_daily(), "tiers": self._count_due_tiers()}

    def _count_due_tiers(self):
        """Return how many wallets have a level whose time is over."""
        terms = self._get_tier_terms()
        if self.id not in self._get_tier_program_ids():
            return 0
        ((count,),) = self.env.execute_query(
            SQL(
                "SELECT COUNT(*) FROM loyalty_b2b_wallet WHERE program_id = %s"
                " AND state <> 'left' AND is_control IS NOT TRUE"
                " AND (tier_until + %s < %s OR tier_manual_until < %s)",
                self.id,
                terms.grace_days,
                self._today(),
                self._today(),
            )
        )
        return count
