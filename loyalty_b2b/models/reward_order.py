from odoo import models
from odoo.tools import formatLang

from ..tools.refusals import Refusal
from .loyalty_b2b_reward import ORDER_KINDS


class LoyaltyB2bReward(models.Model):
    """What a reward gives on an order, in words, and why an order cannot have it."""

    _inherit = "loyalty.b2b.reward"

    # === CONSTRAINT METHODS === #

    def _get_kind_fault(self):
        if fault := super()._get_kind_fault():
            return fault
        if self.price_amount and self.kind in ORDER_KINDS and self.kind != "product":
            return self.env._(
                "“%s” takes money off an order, so it has no price in money.", self.name
            )
        return ""

    # === BUSINESS METHODS === #

    def _get_refusals(self, wallet, partner=None, quantity=1, order=None):
        refusals = super()._get_refusals(wallet, partner, quantity, order)
        if order and self.kind in ORDER_KINDS:
            refusals += self._get_order_refusals(order, quantity, wallet)
        return refusals

    def _get_order_wallet(self, order):
        """Return the wallet that pays for the reward on an order, in sudo."""
        wallets = order.sudo().partner_invoice_id._get_loyalty_b2b_wallets(
            order.company_id
        )
        return wallets.filtered(lambda one: one.program_id == self.sudo().program_id)

    def _prepare_order_draft(self, order, quantity=1):
        """Return an unsaved use of the reward on an order, in sudo."""
        order = order.sudo()
        Redemption = self.env["loyalty.b2b.redemption"].sudo()
        wallet = self._get_order_wallet(order)[:1]
        return Redemption.new(
            {
                **Redemption._prepare_terms(order, wallet),
                "reward_id": self.id,
                "quantity": quantity,
                "points": int(self.points) * quantity,
            }
        )

    def _get_order_refusals(self, order, quantity, wallet):
        """Return why a quotation cannot have the reward; empty if it can.

        :param wallet: that is to pay for it.
        :return: list of `Refusal`.
        """
        self.ensure_one()
        if wallet.id not in self._get_order_wallet(order).ids:
            text = self.env._(
                "%(order)s is another customer's", order=order.sudo().name
            )
            return [Refusal("order", text)]
        draft = self._prepare_order_draft(order, quantity)
        # the wallet's own reasons are said by others
        text = draft._get_closed_refusal() or draft._get_reward_refusal(
            draft._get_base_lines()
        )
        return [Refusal("order", text)] if text else []

    def _prepare_offer_row(self, order, refusals):
        """Return what is shown of a reward beside an order; see the order's offer."""
        self.ensure_one()
        price = self.price_amount
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "kind_name": kinds[self.kind],
            "points": int(self.points),
            "price": self._format_money(price) if price else "",
            "gives": self._describe_gain(order),
            "can_add": not refusals,
            "refusals": [refusal._asdict() for refusal in refusals],
        }

    # === WORDS === #

    def _describe_gain(self, order=None, quantity=1):
        """Return what an order gets, in a few words.

        :param order: quotation, for what a percentage comes to on it.
        """
        self.ensure_one()
        method = getattr(self, f"_describe_{self.kind}_gain", None)
        return method(order, quantity) if method else ""

    def _describe_discount_gain(self, _order, quantity):
        return self.env._(
            "%(amount)s off, %(tax)s",
            amount=self._format_money(self.discount_amount * quantity),
            tax=self._get_tax_words(),
        )

    def _describe_percent_gain(self, order, quantity):
        text = self.env._("%(percent)s %% off", percent=f"{self.discount_percent:g}")
        if self.discount_max:
            text = self.env._(
                "%(text)s, at most %(amount)s",
                text=text,
                amount=self._format_money(self.discount_max),
            )
        if not order:
            return text
        draft = self._prepare_order_draft(order, quantity)
        amount = draft._get_reward_amount(draft._get_base_lines())
        return self.env._(
            "%(text)s: %(amount)s here, %(tax)s",
            text=text,
            amount=draft._format_amount(amount),
            tax=self._get_tax_words(),
        )

    def _describe_product_gain(self, _order, quantity):
        product = self.sudo().product_id.with_env(self.env).sudo().display_name
        text = f"{quantity} × {product}"
        if not self.price_amount:
            return text
        return self.env._(
            "%(text)s for %(amount)s more before tax",
            text=text,
            amount=self._format_money(self.price_amount * quantity),
        )

    def _get_tax_words(self):
        if self.sudo().program_id.rate_tax == "gross":
            return self.env._("tax included")
        return self.env._("before tax")

    def _format_money(self, amount):
        return formatLang(
            self.env, amount, currency_obj=self.sudo().program_id.currency_id
        )
