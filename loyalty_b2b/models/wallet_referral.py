import json
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.json import json_default

from ..booking.referrals import Referrals
from .wallet_orders import IS_PAID, IS_SOURCE


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
        referrals = referrals.search([("referred_wallet_id", "in", self.ids)])
        return bool(referrals and Referrals(self.sudo(), referrals).book())

    # === PAYMENTS === #

    @api.model
    def _activate(self, move_ids):
        result = super()._activate(move_ids)
        programs = self.env["loyalty.b2b.program"]
        if programs._get_referral_program_ids() and self._query_repaid(move_ids):
            self._trigger_settling()
        return result

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

    # === WHAT THEY BUY === #

    @api.model
    def _query_referred_orders(self, referrals):
        """Return what is left and paid of the orders that count for referrals.

        Of purchases that earn points themselves. An order counts on the day of its
        first document; what a credit note takes is gone, whether it is paid out or not.

        :param referrals: an iterable of `loyalty.b2b.referral`.
        :return: referral id → list of Decimals, in the programme's currency.
        """
        self.env["account.move"].flush_model(["payment_state", "state"])
        asked = [
            {
                "referral": referral.id,
                "wallet": referral.referred_wallet_id.id,
                "date_start": referral.date_joined,
                "date_end": referral.date_until,
            }
            for referral in referrals
        ]
        rows = self.env.execute_query(
            SQL(
                """
            WITH asked AS (
                SELECT * FROM jsonb_to_recordset(%(asked)s::jsonb) AS a(
                    referral int, wallet int, date_start date, date_end date)
            ), keys AS (
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
                 ORDER BY referral, group_ref, key, rule_root
            )
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
                asked=json.dumps(asked, default=json_default),
                is_source=IS_SOURCE,
                is_paid=IS_PAID,
            )
        )
        orders = {}
        for referral_id, amount in rows:
            orders.setdefault(referral_id, []).append(Decimal(amount))
        return orders

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
