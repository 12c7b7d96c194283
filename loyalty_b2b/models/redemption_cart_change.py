from odoo import models
from odoo.exceptions import UserError

from .redemption_order import QUIET


class LoyaltyB2bRedemption(models.Model):
    """What a cart's discount for points would be now, and why. In sudo throughout."""

    _inherit = "loyalty.b2b.redemption"

    # === BUSINESS METHODS === #

    def _is_held(self):
        """Tell whether the points are held, and their time is not over."""
        return self.state == "reserved" and not self._is_overdue()

    def _get_cart_change(self):
        """Look at a use in a cart as if it were taken now. Writes nothing.

        What is held keeps its points and its rate; what is only chosen has neither
        been promised.

        :return: dict: `draft` (unsaved use as it would be now), `base_lines`,
            `refusal` (a sentence; '' if it fits, perhaps with fewer points).
        """
        self.ensure_one()
        terms = {}
        if not self.reward_id and self.state == "draft" and not self._keeps_terms():
            terms = self._prepare_terms(self.order_id, self.wallet_id)
        draft = self.new(terms, origin=self)
        base_lines = draft._get_base_lines()
        refusal = ""
        if not self._is_same_customer():
            refusal = self.env._("The cart is another customer's by now.")
        elif not self._is_held():
            refusal = self._get_taking_refusal(draft)
        if not refusal:
            refusal = draft._fit_to_cart(base_lines, self._get_cart_points())
        return {"draft": draft, "base_lines": base_lines, "refusal": refusal}

    def _keeps_terms(self):
        """Tell whether the rate of a choice is known to be the one in force."""
        return False

    def _get_taking_refusal(self, draft):
        """Return why points that are not held cannot be taken now, or ''.

        :param draft: unsaved use as it would be now.
        """
        if refusal := draft._get_use_refusal() or draft._get_asking_refusal():
            return refusal
        if not self.reward_id or self.state != "draft":
            return ""
        try:
            self._check_held()
        except UserError as error:
            return error.args[0]
        return ""

    def _get_cart_points(self):
        """Return how many points there are for this use, 0 or more."""
        if self._is_held():
            return int(self.points)
        uses = self.order_id._get_loyalty_b2b_uses().filtered(
            lambda use: use.wallet_id == self.wallet_id and not use._is_held()
        )
        # rewards come first, each takes what it costs
        earlier = uses[: list(uses).index(self)]
        # what is held beyond its time is free for this cart
        available = self.wallet_id.available - sum(uses._get_holds().mapped("points"))
        return max(0, int(available - sum(earlier.mapped("points"))))

    def _fit_to_cart(self, base_lines, available):
        """Set points and amount of an unsaved use to what the cart takes now.

        :param list base_lines: of `_get_base_lines`.
        :param int available: points that there are for it.
        :return: why it does not fit at all, or ''.
        """
        wanted = int(self.points)
        if self.reward_id:
            if wanted > available:
                return self.wallet_id._get_short_message(wanted, available)
            self.amount = self._get_reward_amount(base_lines)
            return self._get_reward_refusal(base_lines)
        room = self._get_room(base_lines)
        points = min(wanted, self._get_max_points(room), available)
        if points <= 0 and available < wanted:
            return self.wallet_id._get_short_message(wanted, available)
        self.points = points
        self.amount = self._get_amount(points, room)
        return self._get_points_refusal(points, room)

    def _get_cart_news(self):
        """Return what the cart would say of this use now, as sentences."""
        if self._is_held() and self._is_up_to_date():
            return []
        change = self._get_cart_change()
        if change["refusal"]:
            return [self._get_off_text(change["refusal"])]
        return self._get_change_text(change["draft"], change["base_lines"])

    def _get_change_text(self, draft, base_lines):
        """Return what changes for who reads the cart, as a list of one sentence.

        :param draft: unsaved use as it would be now.
        """
        total = self.order_id.amount_total
        after = total
        if not self._is_up_to_date() or self._is_cheaper(draft):
            after = draft._get_new_total(base_lines)
        if draft.points == self.points and not self.currency_id.compare_amounts(
            total, after
        ):
            return []
        return [
            self.env._(
                "%(before)s becomes %(after)s: the cart or the points have changed.",
                before=self._describe(),
                after=draft._describe(),
            )
        ]

    def _is_cheaper(self, draft):
        """Tell whether the discount is another one now."""
        return bool(self.currency_id.compare_amounts(self.amount, draft.amount))

    def _get_off_text(self, reason):
        """Say that a use does not fit any more.

        :param str reason: a sentence.
        """
        return self.env._(
            "%(use)s cannot be used any more: %(reason)s",
            use=self._describe(),
            reason=reason,
        )

    def _update_in_cart(self):
        """Compute a use anew where its cart has changed, or take it off.

        :return: what changed, as sentences.
        """
        if self._is_held() and self._is_up_to_date():
            return []
        change = self._get_cart_change()
        if change["refusal"]:
            news = [self._get_off_text(change["refusal"])]
            self._cancel()
            return news
        draft, base_lines = change["draft"], change["base_lines"]
        news = self._get_change_text(draft, base_lines)
        if news or not self._is_up_to_date():
            self._rewrite(draft, base_lines)
        return news

    def _rewrite(self, draft, base_lines):
        """Put the discount on the cart as it is computed now.

        :param draft: unsaved use as it would be now.
        :raises UserError: if fewer points are held than before and they are gone.
        """
        changed = draft.points != self.points
        values = {
            "points": draft.points,
            "amount": draft.amount,
            "fingerprint": draft._get_fingerprint(),
        }
        if not self.reward_id and self.state == "draft":
            values |= self._prepare_terms(self.order_id, self.wallet_id)
        self.with_context(**QUIET).write(values)
        if changed and self.state == "reserved":
            self._hold_instead_of(self._get_holds())
        self._write_lines(base_lines)
