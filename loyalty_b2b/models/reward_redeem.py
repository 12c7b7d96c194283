from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import plaintext
from .redemption_order import QUIET


class LoyaltyB2bReward(models.Model):
    """Wishing for a reward, and taking one of its stock."""

    _inherit = "loyalty.b2b.reward"

    # === BUSINESS METHODS === #

    def _redeem(
        self,
        wallet,
        contact,
        quantity=1,
        order=None,
        request_key=None,
        reason="",
        **values,
    ):
        """Wish for a reward: take the points, or ask who has to be asked.

        The caller has checked who asks. The same key twice is one wish.

        :param contact: `res.partner` at the customer who wants it; may be empty.
        :param order: quotation that it goes on; left out where it needs none.
        :param str request_key: of the form that was sent.
        :param str reason: why it is wished, for who is asked.
        :param values: what the kind asks for, see `_prepare_redemption`.
        :return: the redemption, in sudo.
        :raises UserError: with what stands against it.
        """
        self.ensure_one()
        redemptions = self.env["loyalty.b2b.redemption"].sudo()
        wallet = wallet.sudo()
        if request_key:
            if known := redemptions._find_request(wallet, request_key):
                return known
        # a second click waits here, loses, is tried again and finds the first
        wallet._lock()
        own = None if self._is_asked_by_us() else contact
        redemptions._check_most_waiting(wallet, contact)
        self._check_obtainable(wallet, own, quantity, order)
        if "attendees" in values:
            names = self._clean_attendees(values["attendees"], quantity)
            values = {**values, "attendees": names}
        terms = self.sudo()._prepare_redemption(
            wallet, contact, quantity, order, **values
        )
        wish = redemptions.with_context(**QUIET).create(
            {**terms, "request_key": request_key or False}
        )
        wish = wish.with_env(redemptions.env)
        wish._submit(reason)
        return wish

    def _is_asked_by_us(self):
        """Tell whether one of our people acts, and not the customer's own."""
        return self.env.user._is_internal()

    def _prepare_redemption(self, wallet, contact, quantity, order=None, **values):
        """Return a wish for this reward, as it is priced now.

        :param values: fields of the redemption that the kind needs, e.g. attendees.
        """
        self.ensure_one()
        company = contact._get_loyalty_b2b_owner() if contact else wallet.partner_id
        if company not in wallet.participant_ids.partner_id:
            company = wallet.partner_id
        terms = {
            "wallet_id": wallet.id,
            "partner_id": company.id,
            "contact_id": contact.id if contact else False,
            "user_id": self.env.uid,
            "currency_id": self.currency_id.id,
            "reward_id": self.id,
            "reward_name": self.name,
            "reward_terms": self._prepare_use_terms(),
            "quantity": quantity,
            "points": int(self.points) * quantity,
            "reward_value": self.value * quantity,
            "reward_cost": self.cost * quantity,
            "responsible_id": self.user_id.id,
            **values,
        }
        if order and self._is_on_order():
            terms.update(
                order_id=order.id,
                order_name=order.name,
                currency_id=order.currency_id.id,
            )
        return terms

    def _prepare_use_terms(self):
        """Return what a use of this reward gives, for the use to keep.

        :return: dict of plain values: money in the programme's currency, `product`
            (id or False), `goods_mode` (see there), whole days and months.
        """
        self.ensure_one()
        return {
            "discount_amount": self.discount_amount,
            "discount_percent": self.discount_percent,
            "discount_max": self.discount_max,
            "symbolic_price": self.symbolic_price,
            "price_amount": self.price_amount,
            "product": self.product_id.id,
            "goods_mode": "priced" if self.price_amount else self.free_mode,
            "days_to_fulfil": self.days_to_fulfil,
            "months": self.months,
        }

    def _clean_attendees(self, names, quantity):
        """Return names, one a line, as others may read them.

        :param str names: as typed in; may be empty.
        :raises UserError: if there are more names than seats.
        """
        lines = [plaintext.clean(name) for name in (names or "").splitlines()]
        lines = [name for name in lines if name]
        if len(lines) > quantity:
            raise UserError(
                self.env._(
                    "%(reward)s: %(names)s names for %(number)s. Take more, or name"
                    " fewer.",
                    reward=self.name,
                    names=len(lines),
                    number=quantity,
                )
            )
        return "\n".join(lines) or False

    # === STOCK === #

    def _take_stock(self, quantity):
        """Take so many of the stock; the caller holds the wallet's lock.

        Two who want the last one meet on the row: the second loses, is tried again and
        finds it gone.

        :return: how many are counted: none where there are any number.
        :raises UserError: if so many are not left.
        """
        self.ensure_one()
        self.flush_recordset(["is_limited", "stock"])
        if not self.is_limited:
            return 0
        rows = self.env.execute_query(
            SQL(
                "UPDATE loyalty_b2b_reward SET taken = taken + %(number)s"
                " WHERE id = %(id)s AND taken + %(number)s <= stock RETURNING id",
                number=quantity,
                id=self.id,
            )
        )
        self.invalidate_recordset(["taken", "left"], flush=False)
        if not rows:
            raise UserError(
                self.env._(
                    "%(reward)s: of %(stock)s, %(left)s are left. Choose fewer, or"
                    " another reward.",
                    reward=self.name,
                    stock=self.stock,
                    left=self.left,
                )
            )
        return quantity

    def _free_stock(self, quantity):
        """Put so many back; the caller holds the wallet's lock."""
        self.ensure_one()
        if quantity:
            self.env.execute_query(
                SQL(
                    "UPDATE loyalty_b2b_reward SET taken = GREATEST(0, taken - %s)"
                    " WHERE id = %s RETURNING id",
                    quantity,
                    self.id,
                )
            )
            self.invalidate_recordset(["taken", "left"], flush=False)
