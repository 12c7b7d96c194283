import uuid

from odoo import models
from odoo.exceptions import UserError

SHOP_URL = "/shop/loyalty"


class SaleOrder(models.Model):
    """What the visitor of a shop sees of points on his cart, as plain values.

    Called on a cart in sudo, as the shop does, whose user is the visitor.
    """

    _inherit = "sale.order"

    # === WHO MAY SEE WHAT === #

    def _get_loyalty_b2b_shop_wallet(self):
        """Return the wallet whose points the visitor may use on this cart, in sudo.

        Empty for strangers, for who only collects, for carts of others, and where the
        website does not show the programme.
        """
        wallet = self._find_loyalty_b2b_seen_wallet()
        return self._get_loyalty_b2b_visited_wallet(wallet) if wallet else wallet

    def _find_loyalty_b2b_seen_wallet(self):
        """Return the wallet that the visitor shops for, if it is this cart's, in sudo.

        For pages: no query of its own. Which wallet pays is looked at before anything
        is done, see `_get_loyalty_b2b_shop_wallet`.
        """
        nothing = self.env["loyalty.b2b.wallet"].sudo()
        if not self or self.env.user._is_public() or not self._is_loyalty_b2b_cart():
            return nothing
        payer = self.partner_invoice_id._get_loyalty_b2b_owner()
        if payer != self.env.user.partner_id._get_loyalty_b2b_owner():
            return nothing
        return self.website_id._get_loyalty_b2b_wallet()

    # === BLOCK === #

    def _prepare_loyalty_b2b_shop_block(self, is_open=False):
        """Return the block *Use points* of a cart; {} where there is none.

        :param bool is_open: with the form and the rewards.
        """
        wallet = self._find_loyalty_b2b_seen_wallet()
        if not wallet or self._is_loyalty_b2b_being_paid():
            return {}
        visitor = self.env.user.partner_id
        block = self._prepare_loyalty_b2b_shop_choice(wallet, visitor)
        if is_open:
            block |= self._prepare_loyalty_b2b_shop_form(wallet, visitor)
        return {
            "error": "",
            "typed": {},
            "start": block["use"].get("number") or 0,
            "access_token": "",
            "offers": [],
            "waiting": [],
            **block,
            "url": SHOP_URL,
            "order_id": self.id,
            "is_open": is_open,
            "news": self._get_loyalty_b2b_cart_news(),
            "rewards": self._prepare_loyalty_b2b_shop_rewards(wallet, visitor),
        }

    def _prepare_loyalty_b2b_shop_form(self, wallet, visitor):
        """Return the form with its limits, and the rewards; {} where there is none."""
        if not self._get_loyalty_b2b_visited_wallet(wallet):
            return {"refusal": self.env._("Points cannot be used on this cart.")}
        form = self._prepare_loyalty_b2b_portal_use(wallet, visitor)
        if not form:
            return {"refusal": self.env._("Points cannot be used on this cart.")}
        return {**form, **self._prepare_loyalty_b2b_shop_offers(wallet)}

    def _prepare_loyalty_b2b_shop_choice(self, wallet, visitor):
        """Return what is chosen and what could be, without the limits of the form.

        What a page of the shop shows unasked, so it costs next to nothing.
        """
        wish = self._find_loyalty_b2b_portal_wish(wallet, visitor)
        least = max(1, wallet.program_id.min_points)
        return {
            "has_points": self._get_loyalty_b2b_usable(wallet) >= least,
            "refusal": self._get_loyalty_b2b_shop_refusal(wallet),
            "use": self._prepare_loyalty_b2b_portal_used(wallet, visitor),
            "wish": wish and wish._prepare_portal_wish(visitor),
        }

    def _get_loyalty_b2b_shop_refusal(self, wallet):
        """Return why no points can be used at all, as far as it is known at once."""
        if wallet.state != "active":
            return wallet._get_use_refusal()
        return wallet.program_id._get_use_refusal()

    def _prepare_loyalty_b2b_shop_rewards(self, wallet, visitor):
        """Return the rewards that a cart has."""
        uses = self._get_loyalty_b2b_rewards()
        return [
            {
                "id": use.id,
                "text": use._describe_short(),
                "can_remove": self._can_remove_loyalty_b2b(wallet, visitor, use),
            }
            for use in uses
            if use.wallet_id == wallet
        ]

    def _prepare_loyalty_b2b_shop_offers(self, wallet):
        """Return the rewards that can be added to a cart, and why others cannot."""
        visitor = self.env.user.partner_id
        waiting = self._get_loyalty_b2b_wishes().filtered(
            lambda wish: wish.reward_id and wish.wallet_id == wallet
        )
        mine = self._get_loyalty_b2b_offered().filtered(
            lambda reward: reward.program_id == wallet.program_id
        )
        return {
            "offers": [
                self._prepare_loyalty_b2b_shop_offer(wallet, row)
                for row in self._get_loyalty_b2b_rewards_offer(visitor)
                if row["id"] in mine.ids
            ],
            "waiting": [
                {**wish._prepare_portal_wish(visitor), "text": wish._describe_short()}
                for wish in waiting
            ],
        }

    def _prepare_loyalty_b2b_shop_offer(self, wallet, row):
        """Return a reward that could be added, as it is shown.

        :param dict row: of `_get_loyalty_b2b_rewards_offer`.
        """
        refusals = row["refusals"]
        asks = bool(refusals) and all(one["remedy"] == "ask" for one in refusals)
        return {
            **row,
            "can_add": row["can_add"] or asks,
            "label": self.env._("Ask for it") if asks else self.env._("Add"),
            "points": wallet.program_id._format_portal_points(row["points"]),
            "why_not": " · ".join(one["text"] for one in refusals),
            "key": str(uuid.uuid4()),
        }

    def _prepare_loyalty_b2b_shop_summary(self):
        """Return what the payment page tells of the choice; {} for whom there is none.

        A wish that waits is looked for where nothing is chosen yet.
        """
        wallet = self._find_loyalty_b2b_seen_wallet()
        if not wallet or self._is_loyalty_b2b_being_paid():
            return {}
        visitor = self.env.user.partner_id
        use = self._prepare_loyalty_b2b_portal_used(wallet, visitor)
        rewards = self._prepare_loyalty_b2b_shop_rewards(wallet, visitor)
        wish = None
        if not use and not rewards:
            wish = self._find_loyalty_b2b_portal_wish(wallet, visitor)
        return {
            "use": use,
            "rewards": rewards,
            "wish": wish and wish._prepare_portal_wish(visitor),
            "refusal": self._get_loyalty_b2b_shop_refusal(wallet),
        }

    # === TOTALS === #

    def _prepare_loyalty_b2b_shop_discounts(self):
        """Return what points take off the cart, for its totals.

        :return: list of dicts: name; amount as the shop shows prices, below 0.
        """
        lines = self.order_line.filtered(lambda line: line._is_loyalty_b2b_discount())
        is_net = self.website_id.show_line_subtotals_tax_selection == "tax_excluded"
        field = "price_subtotal" if is_net else "price_total"
        return [
            {
                "name": use._describe_in_totals(),
                "amount": sum(same.mapped(field)),
            }
            for use, same in lines.grouped("loyalty_b2b_redemption_id").items()
        ]

    # === ACTS === #

    def _get_signed_refusal(self):
        # nobody signs a cart; core reads the signature from the file store
        if self._is_loyalty_b2b_cart() and not self.require_signature:
            return ""
        return super()._get_signed_refusal()

    def _check_loyalty_b2b_shop_cart(self, number):
        """Check that a form was made for this cart.

        :param number: the cart's id as it was sent; nothing for any cart.
        :raises UserError: if another one was meant.
        """
        if number and str(number) != str(self.id):
            raise UserError(
                self.env._("Your cart is another one by now. Please look at it anew.")
            )

    def _add_loyalty_b2b_shop_reward(self, wallet, visitor, reward_id, typed):
        """Put a reward into the cart as its visitor, or ask for it.

        :param int reward_id: whatever was sent, not above 2**31 - 1.
        :param dict typed: quantity, reason, request_key, as they were sent.
        :raises UserError: with what stands against it.
        """
        reward = wallet._find_portal_reward(reward_id)
        if not reward or not reward._is_on_order():
            raise UserError(self.env._("There is no such reward any more."))
        if refusal := self._get_portal_use_refusal(wallet):
            raise UserError(refusal)
        wallet._redeem_in_portal(visitor, reward, typed, order=self)

    def _withdraw_loyalty_b2b_shop_reward(self, wallet, visitor, wish_id):
        """Take back the wish for a reward that waits, as the cart's visitor.

        :param int wish_id: whatever was sent; of another order it is none.
        """
        wishes = self._get_loyalty_b2b_wishes().filtered(
            lambda wish: (
                wish.id == wish_id
                and wish.reward_id
                and wish.wallet_id == wallet
                and wish._can_withdraw(visitor)
            )
        )
        wishes._withdraw(by=visitor)

    def _remove_loyalty_b2b_shop_use(self, use, visitor):
        """Take a use of points off the cart, as its visitor.

        :param use: in sudo; one of this cart's.
        :raises UserError: if he may not.
        """
        wallet = self._get_loyalty_b2b_shop_wallet()
        if (
            not wallet
            or use.wallet_id != wallet
            or not self._can_remove_loyalty_b2b(wallet, visitor, use)
        ):
            raise UserError(
                self.env._(
                    "You cannot remove it: ask who decides about points, or your"
                    " account manager."
                )
            )
        if use.reward_id:
            self._remove_loyalty_b2b_reward(use)
        else:
            self._remove_loyalty_b2b_portal_use(wallet, visitor)
