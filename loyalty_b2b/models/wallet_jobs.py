import logging
import time

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

JOB_TRIES = 5
# Wallets of one transaction, and of one look at what is left.
BATCH = 200
PAGE = 100_000


class LoyaltyB2bWallet(models.Model):
    """What happens to wallets without anybody asking: in batches, with retries."""

    _inherit = "loyalty.b2b.wallet"

    # === JOBS === #

    @api.model
    def _cron_settle(self):
        """Settle wallets with new bookings."""
        self._run_batches("_query_unsettled", "_settle_job")

    def _settle_job(self):
        """Settle wallets; what was booked while one was merged follows its entries."""
        survivors = self.merged_into_id
        (self | survivors)._lock()
        for wallet in survivors:
            late = self.filtered(lambda w, to=wallet: w.merged_into_id == to)
            wallet._take_over(late)
        (self | survivors)._settle()

    # === WHICH WALLETS === #

    @api.model
    def _query_unsettled(self, after, limit):
        return self._query_wallet_ids(SQL("e.to_settle"), after, limit)

    @api.model
    def _query_lapsed(self, program_id, day, after, limit):
        condition = SQL(
            "e.program_id = %s AND e.date_expiry < %s AND e.state = 'posted'"
            " AND e.points_open > 0 AND e.points > 0",
            program_id,
            day,
        )
        return self._query_wallet_ids(condition, after, limit)

    @api.model
    def _query_not_closed(self, program_id, after, limit):
        condition = SQL(
            "e.program_id = %s AND (e.state = 'pending'"
            " OR (e.state = 'posted' AND e.points_open > 0))",
            program_id,
        )
        return self._query_wallet_ids(condition, after, limit)

    @api.model
    def _query_wallet_ids(self, condition, after, limit):
        """Return wallets that have such an entry, ascending.

        :param SQL condition: over the entry `e`.
        :param int after: id of the last wallet that was seen.
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT e.wallet_id FROM loyalty_b2b_entry e"
                " WHERE %s AND e.wallet_id > %s ORDER BY e.wallet_id LIMIT %s",
                condition,
                after,
                limit,
            )
        )
        return [wallet_id for (wallet_id,) in rows]

    # === BATCHES === #

    @api.model
    def _run_batches(self, query, verb, *args, size=None):
        """Run a verb on all wallets that a query names, a transaction for each batch.

        A wallet that fails is logged and left to the next run; the others go on.

        :param str query: name of a method (*args, after, limit) → ids, ascending.
        :param str verb: name of a method that locks first.
        :param int size: wallets of one transaction, if not as many as usual.
        :return: True if all were seen, False if the job's time is over.
        """
        after, size = 0, size or BATCH
        while ids := getattr(self, query)(*args, after, PAGE):
            after = ids[-1]
            for start in range(0, len(ids), size):
                batch = ids[start : start + size]
                try:
                    self._run_batch(batch, verb)
                except Exception:
                    self.env.cr.rollback()
                    self._run_one_by_one(batch, verb)
                left = len(ids) - start - len(batch)
                if not self._commit_batch(len(batch), left) and left:
                    return False
        return True

    @api.model
    def _commit_batch(self, processed, remaining):
        """Commit a batch and log the job's progress.

        :return: seconds that the job, or whoever pressed *Run now*, has left.
        """
        seconds = self.env["ir.cron"]._commit_progress(processed, remaining=remaining)
        end = self.env.context.get("loyalty_b2b_end")
        return seconds if end is None else min(seconds, max(0, end - time.monotonic()))

    def _run_one_by_one(self, ids, verb):
        for wallet_id in ids:
            try:
                self._run_batch([wallet_id], verb)
                self.env["ir.cron"]._commit_progress(1)
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Wallet %s: %s failed", wallet_id, verb)

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
