from odoo import models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ..tools import rounding
from .redemption_order import QUIET


class LoyaltyB2bRedemption(models.Model):
    """A reward on a quotation. Its price in points is fixed, what it gives may vary."""

    _inherit = "loyalty.b2b.redemption"

    # === RESERVE === #

    def _reserve_on_order(self):
        if not self.reward_id:
            return super()._reserve_on_order()
        self._check_order()
        self.wallet_id._lock()
        if self.approval_ids:
            # time has passed since the wish
            self._check_held()
        stock = self.reward_id._take_stock(int(self.quantity))
        self.with_context(**QUIET).counted = stock
        result = super()._reserve_on_order()
        # what comes after it has less room now
        self.order_id._refresh_loyalty_b2b_use()
        return result

    def _prepare_offer(self):
        if not self.reward_id:
            return super()._prepare_offer()
        base_lines = self._get_base_lines()
        refusal = self._get_use_refusal() or self._get_reward_refusal(base_lines)
        if refusal:
            raise UserError(self._prefix_order(refusal))
        self.amount = self._get_reward_amount(base_lines)
        return base_lines

    def _reapply(self):
        if not self.reward_id:
            return super()._reapply()
        self.ensure_one()
        base_lines = self._get_base_lines()
        if refusal := self._get_reward_refusal(base_lines):
            raise UserError(
                self.env._(
                    "%(order)s has changed and its reward “%(reward)s” no longer fits:"
                    " %(reason)s Remove the reward, or change the order.",
                    order=self.order_name,
                    reward=self._get_reward_name(),
                    reason=refusal,
                )
            )
        before = self.amount
        self.with_context(**QUIET).write(
            {
                "amount": self._get_reward_amount(base_lines),
                "fingerprint": self._get_fingerprint(),
            }
        )
        self._write_lines(base_lines)
        if self.currency_id.compare_amounts(before, self.amount):
            self._log_new_amount(before)
        return None

    def _log_new_amount(self, before):
        """Say on the order what a reward takes off now.

        :param float before: what it took off, in the order's currency.
        """
        self.order_id._log_loyalty_b2b(
            body=self.env._(
                "The order has changed: “%(reward)s” takes %(after)s off, %(before)s"
                " before.",
                reward=self._get_reward_name(),
                before=self._format_amount(before),
                after=self._format_amount(self.amount),
            )
        )

    def _prepare_entry_values(self, share=1.0):
        values = super()._prepare_entry_values(share)
        if self.reward_id and self.order_id:
            note, name = values.get("note"), self._describe_reward()
            values["note"] = f"{name}: {note}" if note else name
        return values

    # === WHAT IT TAKES OFF === #

    def _get_reward_amount(self, base_lines):
        """Return what the reward is worth on its order.

        :param list base_lines: of `_get_base_lines`.
        :return: amount in the order's currency, net or gross as the rate says.
        """
        return min(self._get_wanted_amount(base_lines), self._get_room(base_lines))

    def _get_wanted_amount(self, base_lines):
        """Return what the reward would take off if the order had room for it."""
        if self.reward_kind == "discount":
            amount = self._convert_reward(self._get_reward_terms()["discount_amount"])
            return self.currency_id.round(amount * self.quantity)
        if self.reward_kind == "percent":
            return self._get_percent_amount(base_lines)
        return 0.0

    def _get_percent_amount(self, base_lines):
        """Return the percentage of what may be discounted, before other rewards."""
        terms = self._get_reward_terms()
        sales = [
            line
            for line in self._get_discountable(base_lines)
            if not line["record"]._is_loyalty_b2b_discount()
        ]
        total = self._sum_base_lines(self._get_taxable_parts(sales)).get(True, 0.0)
        digits = self._get_digits()
        share = rounding.to_minor(total, digits) * terms["discount_percent"] / 100
        amount = self.currency_id.round(share / 10**digits)
        if terms["discount_max"]:
            amount = min(amount, self._convert_reward(terms["discount_max"]))
        return max(0.0, amount)

    def _convert_reward(self, amount):
        """Convert an amount of the reward to the order's currency."""
        return self._convert(amount, self.program_id.currency_id, self.currency_id)

    # === LIMITS === #

    def _get_reward_refusal(self, base_lines):
        """Return why the reward does not fit the order, or ''.

        :param list base_lines: of `_get_base_lines`.
        """
        if self.reward_kind == "discount":
            return self._get_discount_refusal(base_lines)
        if self.reward_kind == "percent":
            return self._get_percent_refusal(base_lines)
        if self.reward_kind == "product":
            return self._get_goods_refusal()
        return self.env._("It needs no order.")

    def _get_discount_refusal(self, base_lines):
        """Return why so much money cannot be taken off, or ''.

        The price in points is fixed: nobody gives 1 000 points for half of it.
        """
        wanted = self._get_wanted_amount(base_lines)
        room = self._get_room(base_lines)
        if self.currency_id.compare_amounts(room, wanted) >= 0:
            return ""
        return self.env._(
            "“%(reward)s” takes %(amount)s off; %(room)s",
            reward=self._get_reward_name(),
            amount=self._format_amount(wanted),
            room=self._get_room_text(room),
        )

    def _get_percent_refusal(self, base_lines):
        if self.quantity > 1 or self._is_reward_twice():
            return self.env._(
                "“%(reward)s” can be had once on an order.",
                reward=self._get_reward_name(),
            )
        if self.currency_id.is_zero(self._get_reward_amount(base_lines)):
            return self.env._("Nothing on it can be discounted with points.")
        return ""

    def _is_reward_twice(self):
        """Tell whether an earlier wish put the same reward on the order."""
        return self.reward_id in self._get_earlier_uses().reward_id

    # === WORDS === #

    def _get_reward_name(self):
        return self.reward_name or self.reward_id.name

    def _format_amount(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    def _describe(self):
        if not self.reward_id:
            return super()._describe()
        return self.env._(
            "Reward “%(reward)s” for %(points)s points",
            reward=self._get_reward_name(),
            points=self._format_points(self.points),
        )

    def _describe_short(self):
        """Return reward and points where the place is small."""
        return self.env._(
            "%(reward)s (%(points)s %(point_name)s)",
            reward=self._describe_reward(),
            points=self._format_points(self.points),
            point_name=self.program_id._get_point_name(self.points),
        )

    def _describe_given(self):
        """Return what the order has of the reward, in words."""
        if self.amount_untaxed:
            return self.env._("%s off", self._format_amount(self.amount))
        return self.reward_id._describe_gain(quantity=self.quantity)

    def _get_line_name(self):
        """Return the text of a line in the customer's language, without its taxes."""
        if not self.reward_id:
            return super()._get_line_name()
        record = self.with_context(lang=self.order_id._get_lang())
        return record.env._(
            "Reward – %(reward)s, %(points)s %(point_name)s",
            reward=record.reward_id.name,
            points=record._format_points(record.points),
            point_name=record.program_id._get_point_name(record.points),
        )

    def _get_kept_text(self):
        """Say why a reward cannot be taken off its order, and what helps."""
        if self._is_delivered() or self.fulfilled_by_id:
            return self.env._(
                "%(order)s: “%(reward)s” has left. Take it back first, or credit its"
                " invoice, and the points come back.",
                order=self.order_name,
                reward=self._get_reward_name(),
            )
        return self.env._(
            "%(order)s is locked or “%(reward)s” is on an invoice: credit that invoice"
            " instead, and the points come back.",
            order=self.order_name,
            reward=self._get_reward_name(),
        )

    def _get_other_customer_text(self):
        """Say that they went with the customer; names `%(use)s`."""
        if self.reward_id:
            return self.env._(
                "%(use)s was removed: customer, invoice address, company or currency"
                " have changed."
            )
        return self.env._(
            "The discount for %(use)s was removed: customer, invoice address, company"
            " or currency have changed."
        )
