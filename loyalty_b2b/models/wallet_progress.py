import json
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.json import json_default

from ..tools import deferred, periods
from .wallet_orders import IS_PAID, IS_SOURCE

# How far a goal is, of a row of `_query_progress`.
MEASURES = {
    "orders": lambda row: Decimal(row["orders"]),
    "amount": lambda row: Decimal(row["amount"]),
    "months": lambda row: Decimal(deferred.longest_run(row["months"] or ())),
}


class LoyaltyB2bWallet(models.Model):
    """Counts what wallets have done for goals."""

    _inherit = "loyalty.b2b.wallet"

    # === BUSINESS METHODS === #

    @api.model
    def _query_progress(self, asked):
        """Return how far goals are, all in one query.

        Counted by what remains of the rows of each rule, as the engine does; orders by
        the day of their first document, amounts by the day of each. What waits for
        payment does not count.

        :param dict asked: (wallet id, root of the rule, (period, first day)) → rule
            whose minimums hold.
        :return: dict of the same keys → Decimal: orders, months in a row, or an amount
            in programme currency.
        """
        self.env["account.move"].flush_model(["payment_state", "state"])
        places = list(asked)
        rows = self.env.execute_query_dict(
            SQL(
                "WITH %s, %s, %s, %s %s",
                self._get_asked_sql(places, asked),
                self._get_remaining_sql(),
                self._get_line_sql(),
                self._get_order_sql(),
                SQL(
                    """
            SELECT o.place, COUNT(*) FILTER (WHERE o.is_inside) AS orders,
                   COALESCE(ROUND(SUM(o.period_amount), 4), 0)::text AS amount,
                   ARRAY_AGG(DISTINCT DATE_TRUNC('month', o.day)::date)
                       FILTER (WHERE o.is_inside) AS months
              FROM orders o GROUP BY o.place
                    """
                ),
            )
        )
        progress = dict.fromkeys(places, Decimal(0))
        for row in rows:
            place = places[row["place"]]
            progress[place] = MEASURES[asked[place].goal_measure](row)
        return progress

    def _get_asked_sql(self, places, asked):
        """Return the table `asked`: goals and periods with their minimums."""
        rows = [
            {
                "place": number,
                "wallet": place[0],
                "root": place[1],
                "date_start": place[2][1],
                "date_end": periods.period_end(place[2][1], place[2][0]),
                "min_amount": str(asked[place].min_amount),
                "min_quantity": str(asked[place].min_quantity),
                "line_amount": str(asked[place].min_line_amount),
                "line_quantity": str(asked[place].min_line_quantity),
            }
            for number, place in enumerate(places)
        ]
        return SQL(
            """
            asked AS (
                SELECT * FROM jsonb_to_recordset(%s::jsonb) AS a(
                    place int, wallet int, root int, date_start date, date_end date,
                    min_amount numeric, min_quantity numeric, line_amount numeric,
                    line_quantity numeric))
            """,
            json.dumps(rows, default=json_default),
        )

    def _get_remaining_sql(self):
        """Return the table `remaining`: what is left of each document line."""
        return SQL(
            """
            keys AS (
                SELECT a.place, e.group_ref, l.key, MAX(l.order_line_ref) AS line,
                       (ARRAY_AGG(l.day ORDER BY l.id DESC)
                           FILTER (WHERE l.part = 'line'))[1] AS day,
                       SUM(l.base) FILTER (WHERE l.part = 'line') AS value,
                       SUM(l.base) AS balance,
                       SUM(l.amount) FILTER (WHERE l.part = 'line') AS amount,
                       SUM(l.quantity) FILTER (WHERE l.part = 'line') AS quantity,
                       BOOL_OR(NOT e.awaits_payment OR %(is_paid)s)
                           FILTER (WHERE l.part = 'line') AS counts
                  FROM asked a
                  JOIN loyalty_b2b_entry e ON e.wallet_id = a.wallet AND %(is_source)s
                  JOIN loyalty_b2b_entry_line l ON l.entry_id = e.id
                   AND l.rule_root = a.root
                   AND l.part IN ('line', 'discount', 'correction')
                  LEFT JOIN account_move m ON m.id = e.move_ref
                 GROUP BY a.place, e.group_ref, l.key
            ), remaining AS (
                SELECT k.place, k.group_ref, k.day,
                       COALESCE(NULLIF(k.line, 0)::text, k.key) AS line,
                       MIN(k.day) OVER (PARTITION BY k.place, k.group_ref) AS order_day,
                       CASE WHEN k.counts THEN k.amount * part.base / k.value
                            ELSE 0 END AS amount,
                       CASE WHEN k.counts THEN k.quantity * part.base / k.value
                            ELSE 0 END AS quantity
                  FROM keys k,
               LATERAL (SELECT CASE WHEN k.value > 0
                                    THEN GREATEST(0, LEAST(k.balance, k.value))
                                    ELSE LEAST(0, GREATEST(k.balance, k.value))
                               END AS base) part
                 WHERE k.value <> 0)
            """,
            is_source=IS_SOURCE,
            is_paid=IS_PAID,
        )

    def _get_line_sql(self):
        """Return the table `lines`: with what each order line amounts to."""
        return SQL(
            """
            lines AS (
                SELECT r.*, SUM(r.amount) OVER line AS line_amount,
                       SUM(r.quantity) OVER line AS line_quantity
                  FROM remaining r
                WINDOW line AS (PARTITION BY r.place, r.group_ref, r.line))
            """
        )

    def _get_order_sql(self):
        """Return the table `orders`: those that stand and reach the minimums."""
        return SQL(
            """
            orders AS (
                SELECT l.place, l.order_day AS day,
                       l.order_day BETWEEN a.date_start
                           AND COALESCE(a.date_end, 'infinity') AS is_inside,
                       SUM(l.amount) FILTER (
                           WHERE l.day BETWEEN a.date_start
                             AND COALESCE(a.date_end, 'infinity')) AS period_amount
                  FROM lines l JOIN asked a ON a.place = l.place
                 WHERE (a.line_amount = 0 AND a.line_quantity = 0)
                    OR (l.line_amount >= a.line_amount
                        AND l.line_quantity >= a.line_quantity)
                 GROUP BY l.place, l.group_ref, l.order_day, a.place, a.date_start,
                       a.date_end, a.min_amount, a.min_quantity
                HAVING SUM(l.amount) > 0
                   AND ((a.min_amount = 0 AND a.min_quantity = 0)
                        OR (SUM(l.amount) >= a.min_amount
                            AND SUM(l.quantity) >= a.min_quantity)))
            """
        )
