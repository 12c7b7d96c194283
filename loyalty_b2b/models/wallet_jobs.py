from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

JOB_TRIES = 5


class LoyaltyB2bWallet(models.Model):
    """What happens to wallets without anybody asking: in batches, with retries."""

    _inherit = "loyalty.b2b.wallet"

    @api.model
    def _cron_settle(self):
        """Settle wallets with new bookings, in batches of one transaction each."""
        while True:
            ids = self._query_unsettled(limit=200)
            if not ids:
                return
            self._run_batch(ids, "_settle_job")
            if not self.env["ir.cron"]._commit_progress(
                len(ids), remaining=len(self._query_unsettled(limit=1000))
            ):
                return

    def _settle_job(self):
        survivors = self.merged_into_id
        (self | survivors)._lock()
        for wallet in survivors:
            # booked while the wallets were being merged
            wallet._take_over(
                self.filtered(lambda w, to=wallet: w.merged_into_id == to)
            )
        (self | survivors)._settle()

    @api.model
    def _run_batch(self, ids, verb):
        """Run one verb on wallets in a transaction of its own, with retries.

        Odoo retries requests that lose a race, but not jobs.

        :param list ids: of wallets.
        :param str verb: name of a method that locks first.
        """
        for attempt in range(JOB_TRIES):
            try:
                getattr(self.browse(ids), verb)()
                self.env.flush_all()
                return
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
                if attempt == JOB_TRIES - 1:
                    raise

    @api.model
    def _query_unsettled(self, limit):
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT wallet_id FROM loyalty_b2b_entry WHERE to_settle"
                " ORDER BY wallet_id LIMIT %s",
                limit,
            )
        )
        return [wallet_id for (wallet_id,) in rows]
