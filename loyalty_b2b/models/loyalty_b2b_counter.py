import json

from odoo import api, fields, models
from odoo.tools import SQL

from ..fields import Points


class LoyaltyB2bCounter(models.Model):
    """How many points a capped rule gave to a wallet in a period."""

    _name = "loyalty.b2b.counter"
    _inherit = "loyalty.b2b.ledger.mixin"
    _description = "B2B Loyalty Cap Counter"
    _order = "wallet_id, rule_root, date_start"

    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="wallet_id.company_id")
    rule_root = fields.Integer(
        required=True, help="Database id of the rule's first version."
    )
    date_start = fields.Date(required=True, help="First day of the cap's period.")
    points = Points(required=True, help="Given in the period and not taken back.")

    _place_uniq = models.UniqueIndex("(wallet_id, rule_root, date_start)")

    # === BUSINESS METHODS === #

    @api.model
    def _lock_counters(self, places):
        """Lock counters, in one order for all, and make those that are missing.

        :param list places: (root of the rule, wallet id, first day), sorted.
        :return: dict of place → points given so far.
        :raises SerializationFailure: if another posting changed one; Odoo tries again.
        """
        rows = self.env.execute_query(
            SQL(
                """
            INSERT INTO loyalty_b2b_counter AS c
                        (rule_root, wallet_id, date_start, points)
            SELECT r.rule_root, r.wallet_id, r.date_start, 0
              FROM jsonb_to_recordset(%s::jsonb)
                   AS r(rule_root int, wallet_id int, date_start date)
             ORDER BY r.wallet_id, r.rule_root, r.date_start
                ON CONFLICT (wallet_id, rule_root, date_start)
                DO UPDATE SET points = c.points
            RETURNING rule_root, wallet_id, date_start, points
                """,
                self._dump(dict.fromkeys(places)),
            )
        )
        return {(root, wallet, day): int(points) for root, wallet, day, points in rows}

    @api.model
    def _change_counters(self, changes):
        """Add to counters that are locked.

        :param dict changes: place → points, any sign.
        """
        self.env.execute_query(
            SQL(
                """
            UPDATE loyalty_b2b_counter c SET points = c.points + r.points
              FROM jsonb_to_recordset(%s::jsonb)
                   AS r(rule_root int, wallet_id int, date_start date, points bigint)
             WHERE c.wallet_id = r.wallet_id AND c.rule_root = r.rule_root
               AND c.date_start = r.date_start
            RETURNING c.id
                """,
                self._dump(changes),
            )
        )
        self.invalidate_model(["points"], flush=False)

    @api.model
    def _join_counters(self, source_ids, wallet_id):
        """Add the counters of merged wallets to those of their survivor.

        :param list source_ids: wallets that were merged, locked.
        """
        self.env.execute_query(
            SQL(
                """
            WITH moved AS (
                DELETE FROM loyalty_b2b_counter WHERE wallet_id = ANY(%s)
                RETURNING rule_root, date_start, points
            )
            INSERT INTO loyalty_b2b_counter AS c
                        (rule_root, wallet_id, date_start, points)
            SELECT rule_root, %s, date_start, SUM(points)
              FROM moved GROUP BY rule_root, date_start
             ORDER BY rule_root, date_start
                ON CONFLICT (wallet_id, rule_root, date_start)
                DO UPDATE SET points = c.points + EXCLUDED.points
            RETURNING id
                """,
                list(source_ids),
                wallet_id,
            )
        )
        self.invalidate_model(flush=False)

    @staticmethod
    def _dump(points_by_place):
        return json.dumps(
            [
                {
                    "rule_root": root,
                    "wallet_id": wallet,
                    "date_start": str(day),
                    "points": points,
                }
                for (root, wallet, day), points in points_by_place.items()
            ]
        )
