from fractions import Fraction

from odoo import fields, models
from odoo.fields import Command
from odoo.tools import float_compare

from .loyalty_b2b_redemption import USE

# Digits to which quantities are compared.
QUANTITY_DIGITS = 6


class LoyaltyB2bRedemption(models.Model):
    """Goods for points: a line of the product, free or nearly so.

    Nothing of it is a sale: it earns nothing, and no discount for points falls on it.
    """

    _inherit = "loyalty.b2b.redemption"

    goods_mode = fields.Selection(
        selection=[
            ("discount", "100 % discount"),
            ("symbolic", "Symbolic price"),
            ("uncharged", "Delivered without charge"),
            ("priced", "For points and money"),
        ],
        string="Given as",
        readonly=True,
        copy=False,
        help="How the product stands on the order, as the reward said then.",
    )

    # === RESERVE === #

    def _reserve_offer(self, draft, base_lines, terms=None):
        if self.reward_kind == "product":
            terms = {**(terms or {}), "goods_mode": self._get_goods_mode()}
        return super()._reserve_offer(draft, base_lines, terms)

    def _get_goods_mode(self):
        return self.goods_mode or self._get_reward_terms()["goods_mode"]

    def _get_goods(self):
        """Return the product that was promised."""
        product = self.env["product.product"].browse(
            self._get_reward_terms()["product"]
        )
        # it may be deleted after the reward has another one
        return product if product == self.reward_id.product_id else product.exists()

    def _get_goods_refusal(self):
        """Return why the product cannot be put on the order, or ''."""
        product = self._get_goods()
        if not product.active:
            return self.env._(
                "The product of “%(reward)s” is archived.",
                reward=self._get_reward_name(),
            )
        if product.company_id and product.company_id != self.order_id.company_id:
            return self.env._(
                "The product of “%(reward)s” belongs to another company.",
                reward=self._get_reward_name(),
            )
        return ""

    def _get_reward_amount(self, base_lines):
        if self.reward_kind != "product":
            return super()._get_reward_amount(base_lines)
        usual = self._get_usual_line()
        price = self._prepare_goods_price(usual)
        paid = price["price_unit"] * (1 - price["discount"] / 100)
        worth = (usual.price_unit - paid) * self.quantity
        return max(0.0, self.currency_id.round(worth))

    # === LINES === #

    def _prepare_order_lines(self, base_lines):
        if self.reward_kind != "product":
            return super()._prepare_order_lines(base_lines)
        usual = self._get_usual_line()
        price = self._prepare_goods_price(usual)
        return [
            {
                "name": f"{usual.name}\n{self._get_line_name()}",
                "product_id": usual.product_id.id,
                "product_uom_id": usual.product_uom_id.id,
                "product_uom_qty": self.quantity,
                "tax_ids": [Command.set(usual.tax_ids.ids)],
                "technical_price_unit": price["price_unit"],
                "sequence": 998,
                **price,
            }
        ]

    def _get_usual_line(self):
        """Return an unsaved line of the order that sells the product as usual."""
        order = self.order_id
        return order.order_line.new(
            {
                "order_id": order.id,
                "product_id": self._get_goods().id,
                "product_uom_qty": self.quantity,
            }
        )

    def _prepare_goods_price(self, usual):
        """Return price and discount of the goods.

        :param usual: of `_get_usual_line`.
        """
        terms, taxes = self._get_reward_terms(), usual.tax_ids
        mode = self._get_goods_mode()
        if mode == "discount":
            return {"price_unit": usual.price_unit, "discount": 100.0}
        money = {"symbolic": terms["symbolic_price"], "priced": terms["price_amount"]}
        net = self._convert_reward(money.get(mode, 0.0))
        return {"price_unit": self._get_price(net, taxes), "discount": 0.0}

    def _get_fingerprint(self):
        if self.reward_kind != "product":
            return super()._get_fingerprint()
        # what else the order sells does not matter
        return {
            **self._get_customer_fingerprint(),
            "fiscal_position": self.order_id.fiscal_position_id.id,
            "goods": [self._get_goods().id, self.quantity],
        }

    # === AFTERWARDS === #

    def _get_target_points(self, move_lines):
        """Return how many points stand used; see `_get_standing_quantity`."""
        if self.reward_kind != "product":
            return super()._get_target_points(move_lines)
        standing = Fraction(self._get_standing_quantity(move_lines)).limit_denominator(
            10**QUANTITY_DIGITS
        )
        whole, points = self.quantity, int(self.points)
        if standing >= whole:
            # nobody asked for the points of what was delivered beyond
            return points
        returned = (whole - max(Fraction(0), standing)) / whole * points
        return points - int(returned)

    def _get_standing_quantity(self, move_lines):
        """Return how many are promised by the order or stand invoiced.

        Of goods with a price the credited money decides, as for every line; a line of
        nothing has none to credit, so there the credited quantity does.
        """
        standing, seen = 0.0, move_lines.browse()
        for line in self.line_ids:
            promised = line.product_uom_qty
            own = move_lines.filtered(lambda ml, line=line: line in ml.sale_line_ids)
            invoiced, credited = self._split_quantity(own)
            # what was credited is not promised again, what is still to come is
            standing += max(invoiced, promised) - credited
            seen |= own
        invoiced, credited = self._split_quantity(move_lines - seen)
        return standing + invoiced - credited

    def _split_quantity(self, move_lines):
        """Return how many are invoiced, and how many of them are credited."""
        sales = move_lines.filtered(lambda line: line.move_type != "out_refund")
        refunds = move_lines - sales
        invoiced = sum(sales.mapped("quantity"))
        money = -sum(self._convert_at(line) for line in sales)
        if self.currency_id.is_zero(money):
            return invoiced, min(invoiced, sum(refunds.mapped("quantity")))
        back = sum(self._convert_at(line) for line in refunds)
        return invoiced, invoiced * min(1.0, back / money)

    def _is_delivered(self):
        """Tell whether some of the goods have left."""
        return any(
            float_compare(line.qty_delivered, 0.0, QUANTITY_DIGITS) > 0
            for line in self.line_ids
            if not line._is_loyalty_b2b_discount()
        )

    def _cancel(self, state="cancelled"):
        """Keep goods that have left: their points stay used, those of the rest not."""
        gone = self.filtered(
            lambda use: use.state not in ("draft", "reserved") and use._is_delivered()
        )
        gone._keep_delivered()
        (self - gone).line_ids._cancel_loyalty_b2b_deliveries()
        return super(LoyaltyB2bRedemption, self - gone)._cancel(state)

    def _keep_delivered(self):
        """Let the order promise no more than has left; the other points come back."""
        for line in self.line_ids:
            if (
                float_compare(line.qty_delivered, line.product_uom_qty, QUANTITY_DIGITS)
                < 0
            ):
                at_work = line.with_context(loyalty_b2b_use=USE)
                at_work.product_uom_qty = line.qty_delivered
        if self:
            self._follow_money()
