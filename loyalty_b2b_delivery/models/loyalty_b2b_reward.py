from odoo import fields, models


class LoyaltyB2bReward(models.Model):
    """Free delivery as a reward."""

    _inherit = "loyalty.b2b.reward"

    kind = fields.Selection(
        selection_add=[("product",), ("delivery", "Free delivery")],
        # what was used stays in the history; a service is done by hand
        ondelete={
            "delivery": lambda rewards: rewards.write(
                {"kind": "service", "active": False}
            )
        },
    )

    # === BUSINESS METHODS === #

    def _describe_delivery_gain(self, order, quantity):
        text = self.env._("delivery free of charge")
        if self.discount_max:
            text = self.env._(
                "%(text)s, at most %(amount)s",
                text=text,
                amount=self._format_money(self.discount_max),
            )
        if not order or not order.sudo().order_line.filtered("is_delivery"):
            return text
        draft = self._prepare_order_draft(order, quantity)
        amount = draft._get_reward_amount(draft._get_base_lines())
        return self.env._(
            "%(text)s: %(amount)s here, %(tax)s",
            text=text,
            amount=draft._format_amount(amount),
            tax=self._get_tax_words(),
        )
