from odoo import api, fields, models
from odoo.tools import SQL

from ..booking.referrals import Referrals


class LoyaltyB2bWallet(models.Model):
    """What referred companies buy, counted for those that brought them."""

    _inherit = "loyalty.b2b.wallet"

    referral_ids = fields.One2many(
        comodel_name="loyalty.b2b.referral",
        inverse_name="wallet_id",
        string="Referrals",
    )

    # === BOOKING === #

    def _settle_groups(self, entry_ids):
        leveled = super()._settle_groups(entry_ids)
        return self._settle_referrals() or leveled

    def _settle_referrals(self):
        """Book what the purchases of these wallets bring to those that referred them.

        No query where no programme has referrals.

        :return: True if something was booked.
        """
        if not self.env["loyalty.b2b.program"]._get_referral_program_ids():
            return False
        referrals = self.env["loyalty.b2b.referral"].sudo()
        referrals = referrals.search(
            [
                ("referred_wallet_id", "in", self.ids),
                ("state", "in", ("joined", "rewarded", "lapsed", "refused")),
            ]
        )
        return bool(referrals and Referrals(self.sudo(), referrals).book())

    # === PAYMENTS === #

    @api.model
    def _book_documents(self, documents):
        result = super()._book_documents(documents)
        # what is booked is looked at anyway
        data = self.env.cr.precommit.data
        booked = data.setdefault("loyalty_b2b.booked", set())
        booked.update(document.id for document in documents)
        return result

    @api.model
    def _queue_repaid(self, move_ids):
        """Look before the commit at documents whose payment may have changed."""
        queued = self.env.cr.precommit.data.setdefault("loyalty_b2b.repaid", set())
        if move_ids and not queued:
            self.env.cr.precommit.add(self.sudo()._note_repaid)
        queued.update(move_ids)

    @api.model
    def _note_repaid(self):
        """Leave the documents queued to the settling job, but for those just booked."""
        data = self.env.cr.precommit.data
        move_ids = data.pop("loyalty_b2b.repaid", set())
        move_ids -= data.get("loyalty_b2b.booked", set())
        if move_ids and self._query_repaid(sorted(move_ids)):
            self._trigger_settling()

    @api.model
    def _query_repaid(self, move_ids):
        """Let the settling job look at documents of referred companies again.

        Their payment has changed, which books nothing of itself where points are
        available at once. Only inserts: to mark an entry would be to wait for, or to
        miss, a settling that is under way.
        """
        self.env["loyalty.b2b.referral"].flush_model(["referred_wallet_id"])
        return self.env.execute_query(
            SQL(
                """
            INSERT INTO loyalty_b2b_referral_payment (wallet_id)
            SELECT DISTINCT e.wallet_id FROM loyalty_b2b_entry e
              JOIN loyalty_b2b_referral r ON r.referred_wallet_id = e.wallet_id
             WHERE e.move_ref = ANY(%s)
            RETURNING id
                """,
                list(move_ids),
            )
        )

    @api.model
    def _query_unsettled(self, after, limit):
        ids = super()._query_unsettled(after, limit)
        if not self.env["loyalty.b2b.program"]._get_referral_program_ids():
            return ids
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT wallet_id FROM loyalty_b2b_referral_payment"
                " WHERE wallet_id > %s ORDER BY wallet_id LIMIT %s",
                after,
                limit,
            )
        )
        return sorted({*ids, *(wallet_id for (wallet_id,) in rows)})[:limit]

    def _settle_job(self):
        result = super()._settle_job()
        if self.env["loyalty.b2b.program"]._get_referral_program_ids():
            self._settle_repaid()
        return result

    def _settle_repaid(self):
        """Look at the referrals of wallets whose documents were paid, or unpaid."""
        rows = self.env.execute_query(
            SQL(
                "DELETE FROM loyalty_b2b_referral_payment WHERE wallet_id = ANY(%s)"
                " RETURNING wallet_id",
                list(self.ids),
            )
        )
        wallets = self.browse({wallet_id for (wallet_id,) in rows})
        if wallets:
            (wallets | wallets.merged_into_id)._settle_referrals()

    # === MERGE === #

    def _take_over(self, source):
        result = super()._take_over(source)
        self._take_over_referrals(source)
        return result

    def _take_over_referrals(self, sources):
        """Let the referrals of other wallets be this wallet's.

        What one company buys counts for one referral, the oldest; and for none that it
        made itself.
        """
        referrals = self.env["loyalty.b2b.referral"].sudo()
        made = referrals.search([("wallet_id", "in", (sources | self).ids)])
        about = referrals.search(
            [("referred_wallet_id", "in", (sources | self).ids)],
            order="date_joined, id",
        )
        kept = (about - made)[:1]
        (about - kept).referred_wallet_id = False
        kept.referred_wallet_id = self
        made.wallet_id = self
