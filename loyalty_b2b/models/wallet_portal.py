from collections import defaultdict

from odoo import fields, models
from odoo.tools import SQL

from ..tools import engine
from .account_move import money


class LoyaltyB2bWallet(models.Model):
    """What customers see of their wallet: plain values, ready to print.

    Called in sudo for a wallet that `res.partner._can_see_loyalty_b2b` allowed; no
    record leaves these methods. They only read: portal pages have read-only cursors.
    """

    _inherit = "loyalty.b2b.wallet"

    # === SUMMARY === #

    def _prepare_portal_summary(self):
        """Return the figures of the wallet, each in points and money, and notices."""
        self.ensure_one()
        program = self.program_id
        row = next(iter(self._query_figures()), {})
        available, waiting, held = (
            int(row.get(name) or 0) for name in ("available", "waiting", "held")
        )
        expected = self._get_portal_expected()
        day, expiring = self._get_portal_next_expiry(available)
        rate = program._get_portal_rate()
        values = [
            self._prepare_portal_available(available, held),
            self._prepare_portal_waiting(waiting),
            {
                "key": "expected",
                "label": self.env._("Expected"),
                "points": expected,
                "hint": self.env._("from confirmed orders not yet invoiced"),
            },
            self._prepare_portal_expiring(day, expiring),
        ]
        figures = [figure for figure in values if figure]
        for figure in figures:
            worth = program._get_portal_worth(figure["points"], rate)
            figure["worth"] = program._format_portal_worth(worth) if rate else ""
            figure["points"] = program._format_portal_points(figure["points"])
        return {
            "program": program._prepare_portal_program(),
            "figures": figures,
            "owed": self._get_portal_owed_text(available),
            "notice": self._get_portal_notice(),
            "manager": self._prepare_portal_manager(),
        }

    def _prepare_portal_available(self, available, held):
        hint = ""
        if held:
            hint = self.env._(
                "besides %(points)s held for open quotations",
                points=self.program_id._format_portal_points(held),
            )
        return {
            "key": "available",
            "label": self.env._("Available"),
            "points": available,
            "hint": hint or self.env._("can be used now") if available > 0 else hint,
        }

    def _prepare_portal_waiting(self, waiting):
        """Return points of unpaid invoices, {} in programmes that wait for nothing."""
        if not waiting and not self.program_id._get_terms().uses_payment:
            return {}
        return {
            "key": "waiting",
            "label": self.env._("Waiting for payment"),
            "points": waiting,
            "hint": self.env._("available once the invoices are paid"),
        }

    def _prepare_portal_expiring(self, day, points):
        text = self.program_id._format_portal_day(day)
        return {
            "key": "expiring",
            "label": self.env._("Expiring next"),
            "points": points,
            "hint": self.env._("last day of use: %(day)s", day=text)
            if day
            else self.env._("nothing expires"),
        }

    def _get_portal_next_expiry(self, available):
        """Return the last day of use that comes next, and how many points it takes."""
        if available <= 0:
            return False, 0
        day, points = self._query_next_expiry().get(self.id, (False, 0))
        return day, min(points, available)

    def _prepare_portal_manager(self):
        """Return name, phone and e-mail of the account manager, {} if there is none."""
        if not self.user_id:
            return {}
        manager = (
            self.env["res.partner"]
            .sudo()
            .search_fetch(
                [("user_ids", "in", self.user_id.ids)], ["name", "phone", "email"]
            )[:1]
        )
        return {
            "name": manager.name,
            "phone": manager.phone or "",
            "email": manager.email or "",
        }

    # === NOTICES === #

    def _get_portal_notice(self):
        """Return what keeps points from being earned or used now, or ''."""
        program, _ = self.program_id, self.env._
        if program.state == "paused":
            return _(
                "The programme is paused: points you have stay, and can be used when"
                " it goes on."
            )
        if self.state == "invited":
            return _(
                "You already collect points. To be able to use them, ask your account"
                " manager to complete your admission."
            )
        if self.state == "suspended":
            return _(
                "You go on collecting points, but they cannot be used at the moment."
                " Please ask your account manager."
            )
        return self._get_portal_closing_text() if program.state == "closing" else ""

    def _get_portal_closing_text(self):
        program, _ = self.program_id, self.env._
        texts = [_("The programme is coming to its end.")]
        if program.date_last_earning:
            day = program._format_portal_day(program.date_last_earning)
            texts.append(_("Last day to earn points: %(day)s.", day=day))
        if program.date_last_use:
            day = program._format_portal_day(program.date_last_use)
            texts.append(_("Last day to use them: %(day)s.", day=day))
        return " ".join(texts)

    def _get_portal_owed_text(self, available):
        """Return why there are fewer points than none, in plain words, or ''."""
        if available >= 0:
            return ""
        return self.env._(
            "You have used %(points)s more than you have now, because %(cause)s. New"
            " purchases will cover them.",
            points=self.program_id._format_portal_points(-available),
            cause=self._get_portal_cause(),
        )

    def _get_portal_cause(self):
        """Return what took points away last, as part of a sentence."""
        rows = self.env.execute_query(
            SQL(
                """
            SELECT kind, move_name FROM loyalty_b2b_entry
             WHERE wallet_id = %s AND state = 'posted' AND points_open > 0
               AND points < 0
             ORDER BY booking DESC LIMIT 1
                """,
                self.id,
            )
        )
        kind, document = rows[0] if rows else ("", "")
        if kind == "adjust":
            return self.env._("your points were corrected")
        if document:
            return self.env._(
                "points were taken back with %(document)s", document=document
            )
        return self.env._("points were taken back")

    # === EXPECTED === #

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
                    SELECT SUM(e.points) AS earned FROM loyalty_b2b_entry e
                     WHERE e.group_ref = 'order:' || so.id
                       AND e.wallet_id = part.wallet_id
                       AND e.kind IN ('earn', 'reversal') AND e.state <> 'cancelled'
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
