from odoo import models

from odoo.addons.loyalty_b2b.models.redemption_order import QUIET

# A token that no RPC call can carry: the cart is only shown, not paid.
SHOWN = object()


class LoyaltyB2bRedemption(models.Model):
    """What was chosen for a cart, looked at again by who chose it: at next to no cost.

    Pages and changes of the cart leave out what is as it was when he chose: his right,
    his company, the rate. The payment looks at all of it.
    """

    _inherit = "loyalty.b2b.redemption"

    # === BUSINESS METHODS === #

    def _get_cart_news(self):
        if self._is_same_promise() and self._has_enough():
            if self._is_same_cart() or self._is_up_to_date():
                return []
        return super()._get_cart_news()

    def _get_taking_refusal(self, draft):
        if self._is_shown() and self._is_same_promise():
            return ""
        return super()._get_taking_refusal(draft)

    def _is_same_customer(self):
        if self._is_shown() and self._is_same_promise():
            return True
        return super()._is_same_customer()

    def _get_holds(self):
        # what is only chosen holds nothing
        held = self.filtered(lambda use: use.state != "draft")
        return super(LoyaltyB2bRedemption, held)._get_holds()

    def _keeps_terms(self):
        return super()._keeps_terms() or self._is_shown() and self._is_same_promise()

    def _update_in_cart(self):
        if self._is_shown() and self._is_same_promise():
            change = self._get_cart_change()
            if not change["refusal"] and self._is_same_discount(**change):
                fingerprint = self._get_fingerprint()
                if fingerprint != self.fingerprint:
                    # the cart has changed, what points take off has not
                    self.with_context(**QUIET).fingerprint = fingerprint
                return []
        return super()._update_in_cart()

    # === PARTS === #

    def _is_shown(self):
        return self.env.context.get("loyalty_b2b_shown") is SHOWN

    def _is_same_promise(self):
        """Tell whether who chose the points looks at them, and may do all he could."""
        self.ensure_one()
        order, wallet, program = self.order_id, self.wallet_id, self.program_id
        if self.state != "draft" or self.reward_id or not order.website_id:
            return False
        visit = order.website_id._get_loyalty_b2b_visit()
        return bool(
            visit
            and visit.wallet_id == wallet.id
            and visit.may("administers")
            and self.contact_id == self.env.user.partner_id
            and order.partner_invoice_id._get_loyalty_b2b_owner().id
            == visit.facts["id"]
            and order.currency_id == self.currency_id
            and wallet.state == "active"
            and not program._get_use_refusal()
            and not program._get_terms().overdue_hold
            and not program._needs_sales(self.points)
            and program.write_date <= self.write_date
            and program._get_loyalty_b2b_rate_row() == self._get_rate_row()
        )

    def _is_same_cart(self):
        """Tell whether no line was added, changed or removed since.

        By their dates: the fingerprint reads all taxes.
        """
        lines = self.order_id.order_line.filtered(
            lambda line: not line.display_type and not line.loyalty_b2b_redemption_id
        )
        known = self.fingerprint or {}
        return (
            len(lines) == len(known.get("lines", ()))
            and all(line.write_date <= self.write_date for line in lines)
            and self.order_id.fiscal_position_id.id == known.get("fiscal_position")
            and self._get_customer_fingerprint().items() <= known.items()
        )

    def _has_enough(self):
        """Tell whether the points are there; nothing else in the cart asks for any."""
        alone = self.order_id._get_loyalty_b2b_uses() == self
        return alone and self.points <= self.wallet_id.available

    def _get_rate_row(self):
        return self.rate_points, self.rate_amount, self.rate_tax

    def _is_same_discount(self, draft, base_lines, **_change):
        """Tell whether the cart has the discount as it would be computed now.

        :param draft: unsaved use as it would be now.
        :param list base_lines: of `_get_base_lines`.
        """
        if draft.points != self.points or self._is_cheaper(draft):
            return False
        lines = self.order_id.order_line.filtered(
            lambda line: line.loyalty_b2b_redemption_id == self
        )
        rows = draft._prepare_order_lines(base_lines)
        return len(lines) == len(rows) and not any(
            line._is_loyalty_b2b_other(name, row[name])
            for line, row in zip(lines.sorted("id"), rows, strict=True)
            for name in row
        )
