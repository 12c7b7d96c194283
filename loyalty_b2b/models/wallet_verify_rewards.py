from odoo import models
from odoo.tools import SQL


class LoyaltyB2bWallet(models.Model):
    """*Verify ledger*: uses of points and rewards agree with what is booked."""

    _inherit = "loyalty.b2b.wallet"

    def _get_verify_sentences(self):
        return {
            **super()._get_verify_sentences(),
            "wish_held": self.env._(
                "%(wallet)s: use %(use_id)s of %(points)s points is “%(state)s”, but"
                " %(found)s points are held for it."
            ),
            "wish_used": self.env._(
                "%(wallet)s: reward %(use_id)s is “%(state)s”, but %(found)s points"
                " stand used for it."
            ),
            "wish_asked": self.env._(
                "%(wallet)s: use %(use_id)s is “%(state)s”, but %(found)s questions"
                " about it are open."
            ),
            "wish_codes": self.env._(
                "%(wallet)s: use %(use_id)s of %(quantity)s vouchers is “%(state)s”,"
                " but %(found)s codes are set aside for it."
            ),
            "reward_taken": self.env._(
                "%(wallet)s: %(taken)s are taken of the reward “%(reward)s”, but its"
                " uses count %(found)s."
            ),
        }

    def _add_names(self, rows, names):
        super()._add_names(rows, names)
        field = self.env["loyalty.b2b.redemption"]._fields["state"]
        states = dict(field._description_selection(self.env))
        for row in rows:
            if "state" in row:
                row["state"] = states.get(row["state"])

    # === CHECKS === #

    def _query_faults_wish_held(self, scope):
        """Find reserved uses that do not hold their points once, and others that do.

        :param SQL scope: as of the other checks; `e` is the use of points.
        """
        return self._query_faults(
            SQL(
                """
            SELECT e.wallet_id, NULL AS entry_id, e.id AS use_id, e.points, e.state,
                   COALESCE(held.points, 0)::bigint AS found
              FROM loyalty_b2b_redemption e
              LEFT JOIN (SELECT redemption_id, COUNT(*) AS holds,
                                -SUM(points) AS points
                           FROM loyalty_b2b_entry
                          WHERE kind = 'redeem' AND state = 'pending'
                            AND redemption_id IS NOT NULL
                          GROUP BY redemption_id) held ON held.redemption_id = e.id
             WHERE %(scope)s
               AND CASE WHEN e.state = 'reserved'
                        THEN COALESCE(held.holds, 0) <> 1 OR held.points <> e.points
                        ELSE held.holds IS NOT NULL END
             ORDER BY e.id
            """,
                scope=scope,
            )
        )

    def _query_faults_wish_used(self, scope):
        """Find rewards that were given for nothing, or ended and still use points.

        A discount for any number of points stays *Done* when it is all credited.
        """
        return self._query_faults(
            SQL(
                """
            SELECT e.wallet_id, NULL AS entry_id, e.id AS use_id, e.state,
                   COALESCE(used.points, 0)::bigint AS found
              FROM loyalty_b2b_redemption e
              LEFT JOIN (SELECT redemption_id, -SUM(points) AS points
                           FROM loyalty_b2b_entry
                          WHERE kind IN ('redeem', 'return') AND state = 'posted'
                            AND redemption_id IS NOT NULL
                          GROUP BY redemption_id) used ON used.redemption_id = e.id
             WHERE %(scope)s AND e.reward_id IS NOT NULL
               AND CASE WHEN e.state IN ('done', 'fulfilled')
                        THEN COALESCE(used.points, 0) <= 0
                        ELSE COALESCE(used.points, 0) <> 0 END
             ORDER BY e.id
            """,
                scope=scope,
            )
        )

    def _query_faults_wish_asked(self, scope):
        """Find wishes that wait for nobody, and questions about others."""
        return self._query_faults(
            SQL(
                """
            SELECT e.wallet_id, NULL AS entry_id, e.id AS use_id, e.state,
                   COALESCE(asked.questions, 0)::bigint AS found
              FROM loyalty_b2b_redemption e
              LEFT JOIN (SELECT redemption_id, COUNT(*) AS questions
                           FROM loyalty_b2b_approval WHERE verdict IS NULL
                          GROUP BY redemption_id) asked ON asked.redemption_id = e.id
             WHERE %(scope)s
               AND COALESCE(asked.questions, 0)
                   <> CASE WHEN e.state = 'approve' THEN 1 ELSE 0 END
             ORDER BY e.id
            """,
                scope=scope,
            )
        )

    def _query_faults_wish_codes(self, scope):
        """Find vouchers with more or fewer codes than were asked for.

        Ended ones keep the codes that the customer has seen, and no others.
        """
        return self._query_faults(
            SQL(
                """
            SELECT e.wallet_id, NULL AS entry_id, e.id AS use_id, e.quantity, e.state,
                   COALESCE(given.codes, 0)::bigint AS found
              FROM loyalty_b2b_redemption e
              LEFT JOIN (SELECT redemption_id, COUNT(*) AS codes,
                                COUNT(date_shown) AS shown
                           FROM loyalty_b2b_reward_code
                          WHERE redemption_id IS NOT NULL
                          GROUP BY redemption_id) given ON given.redemption_id = e.id
             WHERE %(scope)s
               AND CASE WHEN e.reward_kind = 'voucher'
                         AND e.state IN ('reserved', 'done', 'fulfilled')
                        THEN COALESCE(given.codes, 0) <> e.quantity
                        ELSE given.codes > given.shown OR given.codes > e.quantity END
             ORDER BY e.id
            """,
                scope=scope,
            )
        )

    def _query_faults_reward_taken(self, scope):
        """Find rewards whose stock is not what their uses, of any wallet, take."""
        return self._query_faults(
            SQL(
                """
            SELECT one.wallet_id, NULL AS entry_id, r.taken, one.reward,
                   total.counted AS found
              FROM (SELECT e.reward_id, MIN(e.wallet_id) AS wallet_id,
                           MAX(e.reward_name) AS reward
                      FROM loyalty_b2b_redemption e
                     WHERE %(scope)s AND e.reward_id IS NOT NULL
                     GROUP BY e.reward_id) one
              JOIN loyalty_b2b_reward r ON r.id = one.reward_id
              JOIN (SELECT reward_id, SUM(counted)::bigint AS counted
                      FROM loyalty_b2b_redemption
                     WHERE reward_id IS NOT NULL
                     GROUP BY reward_id) total ON total.reward_id = r.id
             WHERE r.taken IS DISTINCT FROM total.counted
             ORDER BY r.id
            """,
                scope=scope,
            )
        )
