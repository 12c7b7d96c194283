import uuid

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import formatLang


class SaleOrder(models.Model):
    """What the customer's people see of using points on their quotation's own page.

    Called in sudo for a wallet that the visitor may see; only reads.
    """

    _inherit = "sale.order"

    # === BUSINESS METHODS === #

    def _get_loyalty_b2b_visited_wallet(self, wallets):
        """Return the wallet of the quotation, if the visitor may see it.

        :param wallets: those the visitor may see, in sudo.
        """
        self.ensure_one()
        wallet = self.sudo()._get_loyalty_b2b_wallet()
        return wallets.filtered(lambda one: one == wallet)

    def _prepare_loyalty_b2b_portal_use(self, wallet, visitor):
        """Return the block *Use points* as plain values; {} where there is none.

        :param wallet: in sudo.
        :param visitor: `res.partner` who looks at the page.
        """
        order = self.sudo()
        is_open = order.state in ("draft", "sent") and not order.is_expired
        if not wallet or not is_open or order._is_loyalty_b2b_being_paid():
            return {}
        draft = order._new_loyalty_b2b_wish(wallet, visitor, 0)
        base_lines = draft._get_base_lines()
        room = draft._get_room(base_lines)
        available = order._get_loyalty_b2b_usable(wallet)
        most = max(0, min(available, draft._get_max_points(room)))
        wish = order._find_loyalty_b2b_portal_wish(wallet, visitor)
        program = wallet.program_id
        return {
            "url": f"/my/loyalty/order/{order.id}",
            "key": uuid.uuid4().hex,
            "program": program.name,
            "available": program._format_portal_points(max(0, available)),
            "most": most,
            "least": max(1, program.min_points),
            "limits": draft._get_limits(room, available),
            "refusal": draft._get_use_refusal() or order._get_signed_refusal(),
            "total": order._format_loyalty_b2b_total(order.amount_total),
            "use": order._prepare_loyalty_b2b_portal_used(wallet, visitor),
            "wish": wish and wish._prepare_portal_wish(visitor),
            **draft._prepare_portal_asking(),
        }

    def _prepare_loyalty_b2b_portal_used(self, wallet, visitor):
        """Return what the quotation uses now, {} if nothing."""
        use = self._get_loyalty_b2b_redemption()
        if not use:
            return {}
        return {
            "points": wallet.program_id._format_portal_points(use.points),
            "number": int(use.points),
            "discount": formatLang(self.env, use.amount, currency_obj=use.currency_id),
            "until": use._format_moment(use.date_hold_end) if use.date_hold_end else "",
            "can_remove": self._can_remove_loyalty_b2b(wallet, visitor, use),
        }

    def _preview_loyalty_b2b_portal_use(self, wallet, visitor, points):
        """Return what a number of points would do to the quotation, in words.

        :param int points: as typed.
        :return: dict: `total`, `amount`, `refusal`; `asks` if somebody has to agree.
        """
        order = self.sudo()
        draft = order._new_loyalty_b2b_wish(wallet, visitor, points)
        try:
            base_lines = draft._prepare_offer()
            draft._check_points()
        except UserError as error:
            return {
                "refusal": str(error),
                "total": order._format_loyalty_b2b_total(order.amount_total),
                "amount": "",
                "asks": False,
            }
        return {
            "refusal": "",
            "total": order._format_loyalty_b2b_total(draft._get_new_total(base_lines)),
            "amount": formatLang(
                self.env, draft.amount, currency_obj=draft.currency_id
            ),
            "asks": bool(draft._get_needed_approvals()),
        }

    # === PARTS === #

    def _new_loyalty_b2b_wish(self, wallet, visitor, points):
        """Return an unsaved wish of a visitor, in sudo."""
        wishes = self.env["loyalty.b2b.redemption"].sudo()
        return wishes.new(
            {
                **wishes._prepare_terms(self, wallet),
                "points": points,
                "contact_id": visitor.id,
                "user_id": self.env.uid,
            }
        )

    def _get_loyalty_b2b_usable(self, wallet):
        """Return the points this quotation can use, its own included."""
        use = self._get_loyalty_b2b_redemption()
        is_held = use.wallet_id == wallet and use.state == "reserved"
        held = use.points if is_held else 0
        return int(wallet.available + held)

    def _get_total_refusal(self, is_direct=True):
        """Return why nobody may change what the customer has agreed to, or ''.

        Our people may change what is signed; an answer to a wish does not.

        :param bool is_direct: the user himself changes it, nobody was asked.
        """
        if self._is_loyalty_b2b_being_paid():
            return self.env._("It is being paid: its total does not change any more.")
        if is_direct and self.env.user._is_internal():
            return ""
        return self._get_signed_refusal()

    def _get_signed_refusal(self):
        """Return why the total of the quotation does not change any more, or ''."""
        if self.signature:
            return self.env._("It is signed: its total does not change any more.")
        return ""

    def _format_loyalty_b2b_total(self, total):
        return formatLang(self.env, total, currency_obj=self.currency_id)

    def _find_loyalty_b2b_portal_wish(self, wallet, visitor):
        """Return what the page tells of a wish: the one that waits, else the answer.

        Somebody else's answered wish is not the visitor's news.
        """
        wishes = self.env["loyalty.b2b.redemption"].sudo()
        wish = wishes.search(
            [
                ("order_id", "=", self.id),
                ("wallet_id", "=", wallet.id),
                ("reward_id", "=", False),
            ],
            limit=1,
        )
        if wish.state == "approve":
            return wish
        # what is only chosen needs no answer
        is_own = wish.state != "draft" and wish.contact_id == visitor
        return wish if is_own and wish.approval_ids else wish.browse()

    def _can_remove_loyalty_b2b(self, wallet, visitor, use):
        """Tell whether a visitor may take the discount off the quotation."""
        if self.state not in ("draft", "sent") or self._get_signed_refusal():
            return False
        return use.contact_id == visitor or visitor._has_loyalty_b2b_role(
            wallet, "uses"
        )

    # === ACTS === #

    def _use_loyalty_b2b_portal_points(self, wallet, visitor, points, **values):
        """Use points as a person of the customer, or ask who has to agree.

        :param wallet: the one the page was about, in sudo.
        :raises UserError: with the limit that stands against it.
        """
        if refusal := self._get_portal_use_refusal(wallet):
            raise UserError(refusal)
        return self._use_loyalty_b2b_points(points, visitor, **values)

    def _get_portal_use_refusal(self, wallet):
        if self._get_loyalty_b2b_wallet() != wallet:
            return self.env._("The quotation has changed. Please look at it anew.")
        return self._get_total_refusal()

    def _remove_loyalty_b2b_portal_use(self, wallet, visitor):
        """Take the discount for points off, as a person of the customer."""
        use = self._get_loyalty_b2b_redemption()
        if not use:
            return
        if self._is_loyalty_b2b_being_paid() or not self._can_remove_loyalty_b2b(
            wallet, visitor, use
        ):
            raise UserError(
                self.env._(
                    "You cannot remove it: ask who decides about points, or your"
                    " account manager."
                )
            )
        self._remove_loyalty_b2b_use(
            use,
            self.env._("The discount for %(use)s was removed."),
        )

    def _withdraw_loyalty_b2b_portal_wish(self, wallet, visitor):
        """Take the wish back that waits, as a person of the customer."""
        wishes = self._get_loyalty_b2b_wishes().filtered(
            lambda wish: (
                wish.wallet_id == wallet
                and not wish.reward_id
                and wish._can_withdraw(visitor)
            )
        )
        wishes._withdraw(by=visitor)
