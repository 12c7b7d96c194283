from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from .redemption_order import QUIET

# How long a payment that was started holds points if nobody hears of it again.
PAYMENT_HOURS = 2


class LoyaltyB2bRedemption(models.Model):
    """Points chosen in a cart: the discount stands on it, but nothing is held.

    A draft with lines on its order. Payment, or our own people who confirm the order,
    take the points. In sudo throughout.
    """

    _inherit = "loyalty.b2b.redemption"

    # === BUSINESS METHODS === #

    def _is_before_use(self):
        """Tell whether the points of a use with lines are held, or only chosen."""
        return self.state in ("draft", "reserved")

    def _is_in_cart(self):
        return bool(self.order_id) and self.order_id._is_loyalty_b2b_cart()

    def _is_choice(self):
        """Tell whether taking these points can wait until the cart is paid.

        What somebody has agreed to and what has a stock is taken at once.
        """
        return not self.reward_id and not self.approval_ids and self._is_in_cart()

    def _is_expired(self):
        # nobody gives a cart a date of validity
        return not self._is_in_cart() and super()._is_expired()

    def _is_same_customer(self):
        # at checkout people pick addresses of their company, and currencies
        if not self._is_in_cart():
            return super()._is_same_customer()
        order = self.order_id
        wallets = order.partner_invoice_id._get_loyalty_b2b_wallets(order.company_id)
        is_free = self.state == "draft" and not self.reward_id
        return self.wallet_id in wallets and (
            is_free or self.currency_id == order.currency_id
        )

    # === CHOOSE === #

    def _prepare_hold(self):
        if self._is_choice():
            return {"state": "draft", "date_hold_end": False}
        values = super()._prepare_hold()
        if self._is_in_cart():
            values["date_hold_end"] = self.program_id._get_hold_end(False)
        return values

    def _hold_offer(self, replaced):
        if not self._is_choice():
            return super()._hold_offer(replaced)
        self._check_points()
        if replaced:
            replaced.wallet_id._release(replaced)
        return None

    def _tell_record(self):
        if self.state != "draft":
            super()._tell_record()

    # === HOLD === #

    def _hold_for_payment(self):
        """Hold the points of one use for the time of a payment, its stock too.

        The caller has locked the wallet and looked at what stands against it. A hold
        that ends sooner is made anew, not prolonged: what expired meanwhile is gone.

        :raises UserError: if the points or the reward are not there.
        """
        self.ensure_one()
        end = fields.Datetime.now() + timedelta(hours=PAYMENT_HOURS)
        holds = self._get_holds()
        if self.state == "reserved" and holds and (self.date_hold_end or end) >= end:
            return
        if self.state == "draft":
            self._take_chosen()
        self._hold_instead_of(holds)
        self.with_context(**QUIET).write({"state": "reserved", "date_hold_end": end})
        self.order_id._log_loyalty_b2b_use(self)
        self._tell_first()

    def _take_chosen(self):
        """Take the reward that was chosen from stock.

        :raises UserError: if not so many are left, or the customer may not have it.
        """
        if self.reward_id:
            self._check_held()
            stock = self._take_stock()
            self.with_context(**QUIET).write({"counted": stock, "freed": 0})

    def _tell_first(self):
        """Tell who wants to know it that points are taken, once."""
        if len(self.entry_ids) == 1:
            self._tell_record()

    # === GIVE BACK === #

    def _give_back_choice(self):
        """Give held points and stock back; the discount stays on the cart."""
        if holds := self._get_holds():
            holds.wallet_id._release(holds)
        self._free_reward()
        self.with_context(**QUIET).write({"state": "draft", "date_hold_end": False})
        for use in self:
            use._log_in_wallet(self.env._("%(use)s released from %(order)s."))

    def _lapse(self):
        in_cart = self.filtered(
            lambda use: use._is_in_cart() and use.line_ids and use.state == "reserved"
        )
        if in_cart:
            in_cart._give_back_choice()
            in_cart._log_choice_over()
        return super(LoyaltyB2bRedemption, self - in_cart)._lapse()

    def _log_choice_over(self):
        for use in self:
            use.order_id._log_loyalty_b2b(
                body=self.env._(
                    "The time to hold the points is over: %(use)s can be used"
                    " elsewhere. The discount stays on the cart, and its points are"
                    " taken when it is paid, if they are still there.",
                    use=use._describe(),
                )
            )

    # === CONFIRM === #

    def _make_ready(self, is_paid):
        if self.state != "draft":
            return super()._make_ready(is_paid)
        if is_paid:
            # stock, too, may be gone: what is paid is given
            self.filtered("reward_id")._recount()
        else:
            if refusal := self._get_asking_refusal():
                raise UserError(self._prefix_order(refusal))
            self._take_chosen()
        super()._make_ready(is_paid)
        self.with_context(**QUIET).state = "reserved"
        self._tell_first()
        return None

    def _get_gone_text(self, reason):
        if self.state != "draft":
            return super()._get_gone_text(reason)
        return self.env._(
            "%(order)s: its %(points)s points were chosen, but not held, and cannot be"
            " used any more. %(reason)s",
            order=self.order_name,
            points=self._format_points(self.points),
            reason=reason,
        )

    def _get_asking_refusal(self):
        """Return why somebody has to agree before chosen points are taken, or ''."""
        if not self._get_next_approval():
            return ""
        reason = "" if self._is_by_staff() else self._get_own_refusal()
        return reason or self.env._("Somebody has to agree to it first.")
