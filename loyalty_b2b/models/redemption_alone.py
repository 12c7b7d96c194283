from odoo import models
from odoo.exceptions import UserError

from .loyalty_b2b_reward import ORDER_KINDS
from .redemption_order import QUIET


class LoyaltyB2bRedemption(models.Model):
    """Rewards that need no order: points held, used and given back. In sudo."""

    _inherit = "loyalty.b2b.redemption"

    # === BUSINESS METHODS === #

    def _is_alone(self):
        """Tell whether it is a reward that no order carries."""
        self.ensure_one()
        return bool(self.reward_id) and self.reward_kind not in ORDER_KINDS

    def _lock_state(self):
        """Lock the wallets and read the uses anew: who comes second sees the first."""
        self.wallet_id._lock()
        self.flush_recordset()
        self.invalidate_recordset(flush=False)

    # === RESERVE === #

    def _reserve_alone(self):
        """Hold the points and the stock of a wish; use them at once if nobody of us
        has to confirm.

        :raises UserError: with what stands against it now.
        """
        self.ensure_one()
        self._lock_state()
        if self.state not in ("draft", "approve"):
            return
        self._check_held()
        self.with_context(**QUIET).counted = self._take_stock()
        self.wallet_id._hold(
            int(self.points), f"redeem:{self.id}:1", **self._prepare_entry_values()
        )
        self._take_codes()
        program = self.program_id
        self.write({"state": "reserved", "date_hold_end": program._get_hold_end(False)})
        if self.reward_id.must_confirm:
            self._ask_to_confirm()
        else:
            self._confirm_alone()

    def _check_held(self):
        """Look once more at what stands against it: time has passed since the wish.

        The price is that of the wish; a new one of the reward does not touch it.
        """
        order = self.order_id or None
        self.reward_id._check_obtainable(
            self.wallet_id, None, self.quantity, order, wish=self
        )

    def _take_stock(self):
        return self.reward_id._take_stock(int(self.quantity))

    def _confirm_alone(self):
        """Use the points that are held: the reward can be given.

        What is held no more is held anew, so that nothing is given for nothing.

        :raises UserError: if the customer may not use them now, or owes points.
        """
        self._lock_state()
        for redemption in self:
            if redemption.state in ("done", "fulfilled"):
                continue
            redemption._check_state("reserved")
            wallet, holds = redemption.wallet_id, redemption._get_holds()
            if refusal := wallet._get_overdue_refusal():
                raise UserError(refusal)
            redemption._renew_codes()
            holds = holds or redemption._hold_instead_of(holds)
            debits = wallet._consume_all(holds)
            if owed := debits.get(wallet):
                raise UserError(redemption._get_owed_message(owed))
            redemption._start_fulfilment()

    def _get_owed_message(self, owed):
        """Say that points were taken back meanwhile.

        :param owed: open debits of the wallet.
        """
        return self.env._(
            "%(use)s cannot be confirmed: the customer owes %(points)s points. Cancel"
            " it, or wait for new purchases.",
            use=self._describe_reward(),
            points=self._format_points(sum(owed.mapped("points_open"))),
        )

    def _check_state(self, *states):
        """Refuse a step that does not follow from where the use stands.

        :raises UserError: with what it is now.
        """
        self.ensure_one()
        if self.state not in states:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(use)s is “%(state)s” now, so this step is no longer possible."
                    " Reload the page.",
                    use=self._describe_reward(),
                    state=labels[self.state],
                )
            )

    def _describe_reward(self):
        """Return reward and number in words."""
        name = self.reward_name or self.reward_id.name or ""
        return f"{self.quantity} × {name}" if self.quantity > 1 else name

    # === END === #

    def _cancel_reward(self, reason, state="cancelled"):
        """End a use: the points go back to the same lots.

        What was handed over is not put back into stock, and a code that the customer
        has seen goes to nobody else.

        :param str reason: stands on the use and in the customer's history.
        :param str state: `cancelled` or `lapsed`.
        :raises UserError: if it stands on an order.
        """
        self._lock_state()
        for redemption in self:
            if redemption.state in ("cancelled", "lapsed"):
                continue
            redemption._check_cancel()
            redemption._give_points_back()
            redemption._free_reward()
            redemption._get_open_approval()._close("withdrawn", answer=reason)
            redemption.write({"state": state, "cancel_reason": reason or False})
            redemption._close_activities()
            redemption._log_end(reason)

    def _check_cancel(self):
        if not self._is_alone() and self.state not in ("draft", "approve"):
            raise UserError(
                self.env._(
                    "%(use)s stands on %(order)s: take it off there.",
                    use=self._describe_reward(),
                    order=self.order_name,
                )
            )

    def _give_points_back(self):
        """Release what is held, and return what was used."""
        if holds := self._get_holds():
            self.wallet_id._release(holds)
        self._book_difference(0)

    def _free_reward(self):
        """Free the stock that was not handed over, and the codes nobody has seen."""
        for redemption in self.filtered("reward_id"):
            if redemption.state != "fulfilled":
                redemption.reward_id._free_stock(redemption.counted)
                redemption.with_context(**QUIET).write(
                    {"counted": 0, "freed": redemption.counted}
                )
            redemption._free_codes()

    def _log_end(self, reason):
        message = (
            self.env._("%(use)s cancelled: %(reason)s")
            if reason
            else self.env._("%(use)s cancelled.")
        )
        use = self.env._(
            "%(reward)s (%(points)s points)",
            reward=self._describe_reward(),
            points=self._format_points(self.points),
        )
        self.wallet_id._message_log(body=message % {"use": use, "reason": reason})

    # === WHAT ORDERS DO, TOO === #

    def _cancel(self, state="cancelled"):
        alone = self.filtered(lambda one: one._is_alone())
        alone._cancel_reward("", state)
        others = self - alone
        handed_over = others.filtered(lambda one: one.state == "fulfilled")
        result = super(LoyaltyB2bRedemption, others)._cancel(state)
        ended = others.filtered(lambda one: one.state in ("cancelled", "lapsed"))
        (ended - handed_over)._free_reward()
        ended._close_activities()
        return result

    def _lapse(self):
        alone = self.filtered(lambda one: one._is_alone())
        overdue = alone.filtered(lambda one: one._is_overdue())
        overdue._cancel_reward(self.env._("nobody confirmed it in time"), "lapsed")
        # the programme ends, or the customer leaves
        (alone - overdue)._cancel_reward("", "lapsed")
        return super(LoyaltyB2bRedemption, self - alone)._lapse()

    def _get_needed_approvals(self):
        steps = super()._get_needed_approvals()
        return steps | {"officer"} if self.reward_id.needs_approval else steps

    def _prepare_entry_values(self, share=1.0):
        values = super()._prepare_entry_values(share)
        if self.reward_id and not self.order_id:
            note = values.get("note")
            name = self._describe_reward()
            values["note"] = f"{name}: {note}" if note else name
        return values
