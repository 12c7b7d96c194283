from collections import defaultdict

from odoo import fields, models
from odoo.tools import SQL

from ..booking.documents import money
from ..tools import engine


class LoyaltyB2bWallet(models.Model):
    """Points that confirmed orders will earn, in one query for the portal."""

    _inherit = "loyalty.b2b.wallet"

    # === BUSINESS METHODS === #

    def _get_portal_expected(self):
        """Return the points of confirmed orders that no invoice has earned yet.

        The same as `sale.order._get_loyalty_b2b_expected_points` less what was earned
        for each order, in one query however many orders there are.
        """
        program = self.program_id
        if not program._is_earning_on(program._today()):
            return 0
        orders = defaultdict(list)
        for row in self._query_portal_order_lines():
            orders[row["order_id"]].append(row)
        currencies = self.env["res.currency"].browse(
            {rows[0]["currency_id"] for rows in orders.values()}
        )
        rates = {
            currency.id: self._get_portal_conversion(currency)
            for currency in currencies
        }
        return sum(
            max(0, self._get_portal_promise(rows, rates) - int(rows[0]["earned"] or 0))
            for rows in orders.values()
        )

    def _get_portal_conversion(self, currency):
        program = self.program_id
        if currency == program.currency_id:
            return 1.0
        return self.env["res.currency"]._get_conversion_rate(
            currency, program.currency_id, program.company_id, program._today()
        )

    def _get_portal_promise(self, rows, rates):
        """Return what one order earns once it is invoiced.

        :param list rows: its lines, of `_query_portal_order_lines`.
        :param dict rates: currency id → units of programme currency for one.
        """
        program = self.program_id
        exclusions = program._get_exclusions()
        currency = self.env["res.currency"].browse(rows[0]["currency_id"])
        lines = [
            self._prepare_portal_engine_line(row, currency, rates, exclusions)
            for row in rows
        ]
        explained = engine.explain(
            lines, program._get_rule_set(), currency.decimal_places
        )
        return engine.group_points(explained)

    def _prepare_portal_engine_line(self, row, currency, rates, exclusions):
        program = self.program_id
        amount = program.currency_id.round(row["amount"] * rates[currency.id])
        return engine.Line(
            key=f"sol:{row['id']}",
            group=f"order:{row['order_id']}",
            base=money(row["amount"], currency),
            amount=money(amount, program.currency_id),
            date=program._today(),
            kind="points_discount" if row["redemption_id"] else "product",
            product=row["product_id"],
            category=row["categ_id"],
            exclusion=program._get_line_exclusion(row, exclusions),
            order_line=row["id"],
            order_date=program._local_day(row["date_order"]),
        )

    def _query_portal_order_lines(self):
        """Return the lines of confirmed orders of the wallet not wholly invoiced."""
        self.env["sale.order.line"].flush_model()
        self.env["sale.order"].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
            SELECT so.id AS order_id, so.currency_id, so.pricelist_id, so.date_order,
                   l.id, l.product_id, t.categ_id, l.discount, l.is_downpayment,
                   l.price_subtotal::float AS amount,
                   l.loyalty_b2b_redemption_id AS redemption_id, booked.earned
              FROM loyalty_b2b_participant part
              JOIN res_partner invoiced ON %(owner)s = part.partner_id
              JOIN sale_order so ON so.partner_invoice_id = invoiced.id
              JOIN sale_order_line l ON l.order_id = so.id
              LEFT JOIN product_product p ON p.id = l.product_id
              LEFT JOIN product_template t ON t.id = p.product_tmpl_id
              LEFT JOIN LATERAL (
                    -- what a credit note took back is not promised again; what was
                    -- undone with its own invoice is
                    SELECT SUM(e.points) AS earned FROM loyalty_b2b_entry e
                      LEFT JOIN loyalty_b2b_entry lot ON lot.id = e.reversed_entry_id
                     WHERE e.group_ref = 'order:' || so.id
                       AND e.wallet_id = part.wallet_id AND e.state <> 'cancelled'
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
            )
        )
