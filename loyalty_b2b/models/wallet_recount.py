from odoo import api, models
from odoo.tools import SQL


class LoyaltyB2bWallet(models.Model):
    """Which wallets the job counts anew."""

    _inherit = "loyalty.b2b.wallet"

    @api.model
    def _query_miscounted(self, after, limit):
        """Return ids of wallets with a use that takes the wrong stock, ascending."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT r.wallet_id FROM loyalty_b2b_redemption r"
                " WHERE r.wallet_id > %s AND (%s) ORDER BY r.wallet_id LIMIT %s",
                after,
                self.env["loyalty.b2b.redemption"]._get_miscounted_sql(),
                limit,
            )
        )
        return [wallet_id for (wallet_id,) in rows]

    def _recount_rewards(self):
        """Count the stock of rewards anew: the wallets first, then the rewards."""
        self._lock()
        self.env.flush_all()
        uses = self.env["loyalty.b2b.redemption"].sudo()
        rows = self.env.execute_query(
            SQL(
                "SELECT r.id FROM loyalty_b2b_redemption r"
                " WHERE r.wallet_id = ANY(%s) AND (%s) ORDER BY r.reward_id, r.id",
                list(self.ids),
                uses._get_miscounted_sql(),
            )
        )
        uses.browse([use_id for (use_id,) in rows])._recount()
