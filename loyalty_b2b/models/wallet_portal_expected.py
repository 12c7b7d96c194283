from collections import defaultdict

from odoo import fields, models
from odoo.tools import SQL

from ..booking.lines import Lines, money
from ..fields import Points
from ..tools import engine


class LoyaltyB2bWallet(models.Model):
    """Points that confirmed orders will earn: for the portal and the back office."""

    _inherit = "loyalty.b2b.wallet"

    expected = Points(
        compute="_compute_expected",
        compute_sudo=True,
        help="Points that confirmed orders will earn once they are invoiced; they stand"
        " in no ledger.",
    )

    # === COMPUTE METHODS === #

    def _compute_expected(self):
        for wallet in self:
            earns = wallet.id and wallet.state != "left" and not wallet.is_control
            wallet.expected = wallet._get_portal_expected() if earns else 0

    # === BUSINESS METHODS === #

    def _get_portal_expected(self):
        """Return the points of confirmed orders that no invoice has earned yet.

        The same as `sale.order._get_loyalty_b2b_promise` less what was earned for each
        order, in one query however many orders there are, and one for the room that
        capped rules leave. Orders take of it in turn.
        """
        program = self.program_id
        if not program._is_earning_on(program._today()):
            return 0
        orders = defaultdict(list)
        for row in self._query_portal_order_lines():
            orders[f"order:{row['order_id']}"].append(row)
        rules = program._get_rule_set()
        explained = self._explain_portal_orders(orders, rules)
        days = {
            ref: engine.cap_days((), rows, rules) for ref, rows in explained.items()
        }
        rooms, expected = self._get_rooms(days), 0
        for ref, rows in explained.items():
            room = rooms.get(ref, days[ref])
            counted = engine.extend([], rows, rules, room)[1]
            rooms.take(ref, days[ref], counted)
            earned = int(orders[ref][0]["earned"] or 0)
            expected += max(0, counted.points - earned)
        return expected

    def _explain_portal_orders(self, orders, rules):
        """Return the explanation rows of each order as if it were invoiced today.

        :param dict orders: group → its rows of `_query_portal_order_lines`.
        """
        currencies = self.env["res.currency"].browse(
            {rows[0]["currency_id"] for rows in orders.values()}
        )
        rates = {
            currency.id: self._get_portal_conversion(currency)
            for currency in currencies
        }
        matches = self.program_id._match_domains(
            {row["product_id"] for rows in orders.values() for row in rows} - {None},
            {rows[0]["owner_id"] for rows in orders.values()},
        )
        lines = Lines(self.program_id, matches)
        return {
            ref: self._explain_portal_order(rows, lines, rates, rules)
            for ref, rows in orders.items()
        }

    def _get_portal_conversion(self, currency):
        program = self.program_id
        if currency == program.currency_id:
            return 1.0
        return self.env["res.currency"]._get_conversion_rate(
            currency, program.currency_id, program.company_id, program._today()
        )

    def _explain_portal_order(self, rows, lines, rates, rules):
        """Return the explanation rows of one order.

        :param list rows: its lines, of `_query_portal_order_lines`.
        :param Lines lines: turns them into what the engine takes.
        :param dict rates: currency id → units of programme currency for one.
        """
        currency = self.env["res.currency"].browse(rows[0]["currency_id"])
        customer = lines.prepare_customer(
            {
                "id": rows[0]["owner_id"],
                "country_id": rows[0]["country_id"],
                "tag_ids": rows[0]["customer_tag_ids"],
                "tier_id": self.tier_id.id,
            }
        )
        return engine.explain(
            [
                self._prepare_portal_engine_line(row, lines, customer, currency, rates)
                for row in rows
            ],
            rules,
            currency.decimal_places,
        )

    def _prepare_portal_engine_line(self, row, lines, customer, currency, rates):
        program = self.program_id
        amount = program.currency_id.round(row["net"] * rates[currency.id])
        return lines.prepare(
            row,
            customer,
            key=f"sol:{row['order_line_id']}",
            group=f"order:{row['order_id']}",
            base=money(row["net"], currency),
            amount=money(amount, program.currency_id),
            date=program._today(),
        )

    def _get_portal_line_columns(self):
        """Return SQL columns of `l` (order line) or `use` that glue adds to."""
        return [SQL("use.reward_kind")]

    def _query_portal_order_lines(self):
        """Return the lines of confirmed orders of the wallet not wholly invoiced."""
        self.env["sale.order.line"].flush_model()
        self.env["sale.order"].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
            SELECT so.id AS order_id, so.currency_id, so.pricelist_id, so.date_order,
                   so.loyalty_b2b_channel AS channel, l.id AS order_line_id,
                   l.product_id, t.categ_id, l.discount, l.is_downpayment,
                   l.price_subtotal::float AS net, %(tags)s AS tag_ids,
                   l.product_uom_qty * COALESCE(lu.factor / NULLIF(pu.factor, 0), 1)
                   AS quantity, COALESCE(%(cost)s, 0) AS cost,
                   l.loyalty_b2b_redemption_id AS redemption_id, booked.earned,
                   %(extra)s,
                   c.id AS owner_id, c.country_id,
                   ARRAY(SELECT category_id FROM res_partner_res_partner_category_rel
                          WHERE partner_id = c.id) AS customer_tag_ids
              FROM loyalty_b2b_participant part
              JOIN res_partner invoiced ON %(owner)s = part.partner_id
              JOIN sale_order so ON so.partner_invoice_id = invoiced.id
              JOIN sale_order_line l ON l.order_id = so.id
              LEFT JOIN product_product p ON p.id = l.product_id
              LEFT JOIN product_template t ON t.id = p.product_tmpl_id
              LEFT JOIN uom_uom lu ON lu.id = l.product_uom_id
              LEFT JOIN uom_uom pu ON pu.id = t.uom_id
              LEFT JOIN loyalty_b2b_redemption use
                     ON use.id = l.loyalty_b2b_redemption_id
              JOIN res_partner c ON c.id = part.partner_id
              LEFT JOIN LATERAL (
                    -- what a credit note took back, or late payment, is not promised
                    -- again; what was undone with its own invoice is
                    SELECT SUM(e.points) AS earned FROM loyalty_b2b_entry e
                      LEFT JOIN loyalty_b2b_entry lot ON lot.id = e.reversed_entry_id
                     WHERE e.group_ref = 'order:' || so.id
                       AND e.wallet_id = part.wallet_id AND e.state <> 'cancelled'
                       AND e.is_late IS NOT TRUE
                       AND (e.kind = 'earn'
                            OR (e.kind = 'reversal' AND e.move_ref = lot.move_ref))
              ) booked ON TRUE
             WHERE part.wallet_id = %(wallet)s AND part.date_start <= %(today)s
               AND (part.date_end IS NULL OR part.date_end >= %(today)s)
               AND so.state = 'sale' AND so.invoice_status IN ('to invoice', 'no')
               AND so.company_id = %(company)s
               AND l.display_type IS NULL AND NOT COALESCE(l.is_downpayment, FALSE)
             ORDER BY so.id, l.sequence, l.id
                """,
                owner=self.env["res.partner"]._get_loyalty_b2b_owner_sql("invoiced"),
                wallet=self.id,
                today=fields.Date.to_string(self.program_id._today()),
                company=self.company_id.id,
                tags=self.env["product.product"]._get_loyalty_b2b_tags_sql("p", "t"),
                cost=self.env["sale.order.line"]._get_loyalty_b2b_cost_sql(),
                extra=SQL(", ").join(self._get_portal_line_columns()),
            )
        )
