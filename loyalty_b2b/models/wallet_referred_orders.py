import json
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.json import json_default

from .wallet_orders import IS_PAID, IS_SOURCE


class LoyaltyB2bWallet(models.Model):
    """What referred companies have bought and paid."""

    _inherit = "loyalty.b2b.wallet"

    # === BUSINESS METHODS === #

    @api.model
    def _query_referred_orders(self, referrals):
        """Return what is left and paid of the orders that count for referrals.

        Of purchases that earn points themselves. An order counts on the day of its
        first document; what a credit note takes is gone, whether it is paid out or not.

        :param referrals: an iterable of `loyalty.b2b.referral`.
        :return: referral id → list of Decimals, in the programme's currency.
        """
        self.env["account.move"].flush_model(["payment_state", "state"])
        rows = self.env.execute_query(
            SQL(
                """
            WITH %s, %s
            SELECT o.referral, ROUND(SUM(o.amount * part.base / o.value), 6)::text
              FROM once o JOIN asked a ON a.referral = o.referral,
           LATERAL (SELECT CASE WHEN o.value > 0
                                THEN GREATEST(0, LEAST(o.balance, o.value))
                                ELSE LEAST(0, GREATEST(o.balance, o.value))
                           END AS base) part
             WHERE o.day BETWEEN a.date_start AND a.date_end
             GROUP BY o.referral, o.group_ref
             ORDER BY o.referral, o.group_ref
                """,
                self._get_asked_referrals_sql(referrals),
                self._get_referred_lines_sql(),
            )
        )
        orders = {}
        for referral_id, amount in rows:
            orders.setdefault(referral_id, []).append(Decimal(amount))
        return orders

    def _get_asked_referrals_sql(self, referrals):
        """Return the table `asked`: referrals with whose purchases of when count."""
        rows = [
            {
                "referral": referral.id,
                "wallet": referral.referred_wallet_id.id,
                "date_start": referral.date_joined,
                "date_end": referral.date_until,
            }
            for referral in referrals
        ]
        return SQL(
            """
            asked AS (
                SELECT * FROM jsonb_to_recordset(%s::jsonb) AS a(
                    referral int, wallet int, date_start date, date_end date))
            """,
            json.dumps(rows, default=json_default),
        )

    def _get_referred_lines_sql(self):
        """Return the table `once`: paid lines of documents that earn, each once.

        `value` is what they were, `balance` what is left; `amount` belongs to `value`.
        """
        return SQL(
            """
            keys AS (
                SELECT a.referral, e.group_ref, l.key, l.rule_root,
                       MIN(MIN(e.date_event))
                           OVER (PARTITION BY a.referral, e.group_ref) AS day,
                       SUM(l.base) FILTER (WHERE l.part = 'line') AS value,
                       SUM(l.base) AS balance,
                       SUM(l.amount) FILTER (WHERE l.part = 'line') AS amount,
                       BOOL_OR(l.effect <> '') FILTER (WHERE l.part = 'line') AS earns,
                       BOOL_OR(%(is_paid)s) FILTER (WHERE l.part = 'line') AS paid
                  FROM asked a
                  JOIN loyalty_b2b_entry e ON e.wallet_id = a.wallet AND %(is_source)s
                  JOIN loyalty_b2b_entry_line l ON l.entry_id = e.id
                   AND l.part IN ('line', 'discount', 'correction')
                  LEFT JOIN account_move m ON m.id = e.move_ref
                 GROUP BY a.referral, e.group_ref, l.key, l.rule_root
            ), once AS (
                -- several rules may count the same money
                SELECT DISTINCT ON (referral, group_ref, key) * FROM keys
                 WHERE earns AND paid AND value <> 0
                 ORDER BY referral, group_ref, key, rule_root)
            """,
            is_source=IS_SOURCE,
            is_paid=IS_PAID,
        )
