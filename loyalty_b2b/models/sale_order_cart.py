from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

from .redemption_cart import PAYMENT_HOURS


class SaleOrder(models.Model):
    """Points chosen in a cart, and held while it is paid.

    A cart is what `_is_loyalty_b2b_cart` says. The callers have checked who asks.
    """

    _inherit = "sale.order"

    # === BUSINESS METHODS === #

    def _log_loyalty_b2b_use(self, use):
        if use.state != "draft":
            return super()._log_loyalty_b2b_use(use)
        return self._log_loyalty_b2b(
            body=self.env._(
                "Discount for %(use)s chosen; the points are taken when the cart is"
                " paid.",
                use=use._describe(),
            )
        )

    def _get_loyalty_b2b_open_uses(self):
        """Return the uses of a cart that are not used yet, in sudo; none of others."""
        self.ensure_one()
        if not self._is_loyalty_b2b_cart() or self._is_loyalty_b2b_being_paid():
            return self.env["loyalty.b2b.redemption"].sudo()
        return self._get_loyalty_b2b_uses().filtered(lambda use: use._is_before_use())

    def _get_loyalty_b2b_cart_news(self):
        """Return why the discounts for points no longer fit the cart. Only reads.

        :return: list of sentences; empty if the cart can be paid as it is.
        """
        news = []
        for use in self._get_loyalty_b2b_open_uses():
            news += use._get_cart_news()
        return news

    def _update_loyalty_b2b_cart(self):
        """Compute the discounts for points anew; take off what does not fit any more.

        :return: what changed for who pays, as a list of sentences.
        """
        news = []
        for use in self._get_loyalty_b2b_open_uses():
            news += use._update_in_cart()
        for text in news:
            self.sudo()._log_loyalty_b2b(body=text)
        return news

    def _follow_loyalty_b2b_cart(self):
        """Compute what points take off a cart anew after it has changed.

        The addon of a web shop says when: not while a page is only looked at.
        """

    def _hold_loyalty_b2b_for_payment(self):
        """Hold all points of a cart for a payment; nothing on orders that are none.

        :raises ValidationError: if the total would change, with the way out; nothing
            may be written then, so the caller lets it end the transaction.
        """
        self.ensure_one()
        uses = self._get_loyalty_b2b_open_uses()
        if not uses:
            return
        uses.wallet_id._lock()
        before = self.amount_total
        try:
            uses._pass_to_payer(self.env.user)
            news = self._update_loyalty_b2b_cart()
            if not news and not self.currency_id.compare_amounts(
                before, self.amount_total
            ):
                uses._check_debts()
                for use in uses:
                    use._hold_for_payment()
                return
        except UserError as error:
            news = [error.args[0]]
        raise ValidationError(self._get_loyalty_b2b_stopped_text(news))

    def _get_loyalty_b2b_stopped_text(self, news):
        """Say why a payment does not start, and what helps.

        :param list news: sentences; empty if only the total has changed.
        """
        texts = news or [self.env._("The total of your cart has changed.")]
        way_out = self.env._(
            "Nothing has been paid. Open your cart, look at the points and pay then."
        )
        return " ".join([*texts, way_out])

    def _release_loyalty_b2b_payment(self):
        """Give the points of a cart back after a payment that failed.

        Not if it is being paid in another way: another payment that was started holds
        them, too.
        """
        for order in self:
            held = order._get_loyalty_b2b_open_uses().filtered(
                lambda use: use.state == "reserved"
            )
            if held and not order._is_loyalty_b2b_payment_started():
                held._give_back_choice()

    def _get_loyalty_b2b_being_paid_text(self):
        return self.env._("It is being paid: its total does not change any more.")

    def _is_loyalty_b2b_payment_started(self):
        """Tell whether any payment of the order is under way, or may be at the bank.

        One that nobody heard of is taken for given up when its hold's time is over.
        """
        self.ensure_one()
        oldest = fields.Datetime.now() - timedelta(hours=PAYMENT_HOURS)
        return self._is_loyalty_b2b_being_paid() or any(
            transaction.state == "draft" and transaction.create_date > oldest
            for transaction in self.sudo().transaction_ids
        )
