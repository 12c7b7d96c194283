from odoo import models
from odoo.tools import SQL


class LoyaltyB2bWallet(models.Model):
    """*Verify ledger*: levels follow from their history."""

    _inherit = "loyalty.b2b.wallet"

    def _get_verify_sentences(self):
        return {
            **super()._get_verify_sentences(),
            "tier": self.env._(
                "%(wallet)s: its level does not follow from its history of levels, or"
                " is not the higher of the one earned and the one set by hand."
            ),
        }

    def _query_faults_tier(self, scope):
        """Find wallets whose levels are not those of the last changes.

        :param SQL scope: as of the other checks, on an entry `e`; wallets without
            entries may have a level, too.
        """
        return self._query_faults(
            SQL(
                """
            SELECT w.id AS wallet_id, NULL AS entry_id
              FROM loyalty_b2b_wallet w
             CROSS JOIN LATERAL (SELECT w.id AS wallet_id) e
              LEFT JOIN loyalty_b2b_tier earned ON earned.id = w.tier_earned_id
              LEFT JOIN loyalty_b2b_tier manual ON manual.id = w.tier_manual_id
              LEFT JOIN LATERAL (
                    SELECT c.tier_to_id AS id FROM loyalty_b2b_tier_change c
                     WHERE c.wallet_id = w.id
                       AND c.cause NOT IN ('manual', 'manual_end')
                     ORDER BY c.id DESC LIMIT 1) reached ON TRUE
              LEFT JOIN LATERAL (
                    SELECT CASE c.cause WHEN 'manual' THEN c.tier_to_id END AS id
                      FROM loyalty_b2b_tier_change c
                     WHERE c.wallet_id = w.id AND c.cause IN ('manual', 'manual_end')
                     ORDER BY c.id DESC LIMIT 1) given ON TRUE
             WHERE %(scope)s
               AND (w.tier_earned_id IS DISTINCT FROM reached.id
                    OR w.tier_manual_id IS DISTINCT FROM given.id
                    OR w.tier_id IS DISTINCT FROM
                       CASE WHEN manual.threshold > COALESCE(earned.threshold, -1)
                            THEN manual.id ELSE earned.id END)
             ORDER BY w.id
            """,
                scope=scope,
            )
        )
