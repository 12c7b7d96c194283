from typing import NamedTuple

from odoo import models

from ..booking.lines import Lines, money
from ..tools import engine

# More to order is worth saying from a twentieth of what the order earns anyway.
WORTH_SAYING = 20


class Promise(NamedTuple):
    """Whole points that an order earns, and what more of it would earn extra."""

    points: int = 0
    nudge: engine.Nudge | None = None


class SaleOrder(models.Model):
    """What an order promises: the same evaluation as posting, nothing written."""

    _inherit = "sale.order"

    # === BUSINESS METHODS === #

    def _get_loyalty_b2b_expected_points(self, program):
        """Return the points that the whole order earns once it is invoiced.

        :param program: `loyalty.b2b.program`.
        """
        return engine.group_points(
            self._explain_loyalty_b2b(program), program.sudo()._get_rule_set()
        )

    def _get_loyalty_b2b_promise(self, wallet):
        """Return what the whole order earns in a wallet, and the next step up.

        Caps leave what other invoices have not used of them; what a rule gives later,
        in an entry of its own, is not promised.

        :param wallet: `loyalty.b2b.wallet` in sudo.
        :return: `Promise`; of quotations only with a nudge, in programme currency.
        """
        self.ensure_one()
        program, ref = wallet.program_id, f"order:{self.id}"
        rules, rows = program._get_rule_set(), self._explain_loyalty_b2b(program)
        days = engine.cap_days((), rows, rules)
        rooms = wallet._get_rooms({ref: days}).get(ref, days)
        points = engine.extend([], rows, rules, rooms)[1].points
        if self.state not in ("draft", "sent"):
            return Promise(points)
        digits = program.currency_id.decimal_places
        least = max(1, points // WORTH_SAYING)
        return Promise(points, engine.next_step(rows, rules, digits, rooms, least))

    def _explain_loyalty_b2b(self, program):
        """Return the explanation rows of the order as if it were invoiced today."""
        self.ensure_one()
        lines = self._prepare_loyalty_b2b_lines(program, program._today())
        digits = self.currency_id.decimal_places
        return engine.explain(lines, program.sudo()._get_rule_set(), digits)

    def _prepare_loyalty_b2b_lines(self, program, day, owner=None):
        """Return the order's lines as the engine wants them.

        :param date day: on which it is (or would be) invoiced.
        :param owner: the company that is invoiced, where the caller knows it.
        """
        self.ensure_one()
        owner = owner or self.partner_invoice_id._get_loyalty_b2b_owner()
        order_lines = self.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment
        )
        found = program._find_line_facts(set(order_lines.product_id.ids), owner.id)
        lines = Lines(program, found.matches, found.tags)
        facts = self._prepare_loyalty_b2b_owner_facts(owner, program, lines.asks)
        customer = lines.prepare_customer(facts)
        return [
            self._prepare_loyalty_b2b_line(line, lines, day, customer)
            for line in order_lines
        ]

    def _prepare_loyalty_b2b_owner_facts(self, owner, program, asks):
        """Return the facts of the company that is invoiced; a page may know them."""
        return owner._prepare_loyalty_b2b_facts(program, asks)

    def _prepare_loyalty_b2b_line(self, line, lines, day, customer):
        program = lines.program
        amount = self.currency_id._convert(
            line.price_subtotal, program.currency_id, self.company_id, day
        )
        return lines.prepare(
            {
                **self._prepare_loyalty_b2b_product(line, lines.asks),
                "tag_ids": lines.tags.get(line.product_id.id, ()),
                "discount": line.discount,
                "pricelist_id": self.pricelist_id.id,
                "channel": "channels" in lines.asks and self._get_loyalty_b2b_channel(),
                "order_line_id": line.id,
                "date_order": self.date_order,
                "is_downpayment": False,
                "is_payment": line._is_loyalty_b2b_payment(),
                "redemption_id": line.loyalty_b2b_redemption_id.id,
                "reward_kind": line.sudo().loyalty_b2b_redemption_id.reward_kind,
            },
            customer,
            key=f"sol:{line.id}",
            group=f"order:{self.id}",
            base=money(line.price_subtotal, self.currency_id),
            amount=money(amount, program.currency_id),
            date=day,
        )

    def _prepare_loyalty_b2b_product(self, line, asks):
        """Return what the engine wants to know of a line's product.

        :param asks: facts that the rules ask for; others are not read.
        """
        product = line.product_id
        quantity = line.product_uom_qty
        if product and line.product_uom_id != product.uom_id:
            quantity = line.product_uom_id._compute_quantity(
                quantity, product.uom_id, round=False
            )
        cost = None
        if "min_margin" in asks:
            cost = self._get_loyalty_b2b_cost(line.sudo(), quantity)
        return {
            "product_id": product.id,
            "categ_id": product.categ_id.id,
            "quantity": quantity,
            "net": line.price_subtotal,
            "cost": cost,
        }

    def _get_loyalty_b2b_cost(self, line, quantity):
        """Return what a line costs, in the order's currency.

        :param float quantity: in the product's own unit.
        """
        if "purchase_price" in line._fields:
            return line.purchase_price * line.product_uom_qty
        product = line.product_id.with_company(self.company_id)
        return product.standard_price * quantity * self.currency_rate

    def _is_loyalty_b2b_paid_in_advance(self):
        """Tell whether posted down payments cover the whole order."""
        self.ensure_one()
        advance = self.order_line.filtered("is_downpayment").invoice_lines.filtered(
            lambda line: line.parent_state == "posted"
        )
        amount = -sum(advance.mapped("amount_currency"))
        return self.currency_id.compare_amounts(amount, self.amount_untaxed) >= 0
