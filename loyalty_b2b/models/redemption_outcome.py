import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from .redemption_order import QUIET

_logger = logging.getLogger(__name__)

# What keeps a hold alive: the customer has paid, or is about to, for this total.
PAYING_STATES = ("pending", "authorized", "done")


class LoyaltyB2bRedemption(models.Model):
    """What becomes of held points: used, given back or lapsed. In sudo throughout."""

    _inherit = "loyalty.b2b.redemption"

    # === BUSINESS METHODS === #

    def _confirm(self, is_paid=False):
        """Use the points of confirmed orders; all wallets are locked at once.

        :param bool is_paid: the customer has paid: never stop because of points,
            what is missing becomes a debt.
        :raises UserError: with the order's name and what is missing.
        """
        wallets = self.wallet_id
        wallets._lock()
        for redemption in self:
            redemption._make_ready(is_paid)
        debits = wallets._consume_all(self._get_holds())
        # one word for each order, however many rewards it has
        for same in self.grouped(lambda one: (one.order_id, one.wallet_id)).values():
            redemption = same[0]
            owed = debits.get(redemption.wallet_id)
            if owed and is_paid:
                redemption._warn_salesperson(owed)
            elif owed:
                raise UserError(redemption._get_debt_message(owed))
        self.with_context(**QUIET).state = "done"

    def _make_ready(self, is_paid):
        """See to it that the points are held and the lines right."""
        holds = self._get_holds()
        if is_paid:
            if not holds:
                # what lapsed is taken anew, as far as it is still there
                number = len(self.entry_ids) + 1
                self.wallet_id._force_redeem(
                    int(self.points),
                    f"redeem:{self.id}:{number}",
                    **self._prepare_entry_values(),
                )
            return
        if refusal := self.wallet_id._get_overdue_refusal():
            raise UserError(self._prefix_order(refusal))
        if not self._is_up_to_date():
            self._reapply()
            holds = self._get_holds()
        if not holds or self._is_overdue():
            self._hold_anew(holds)

    def _is_overdue(self):
        return bool(self.date_hold_end) and self.date_hold_end <= fields.Datetime.now()

    def _hold_anew(self, holds):
        """Take the points once more after the time limit.

        :raises UserError: if they cannot be used any more.
        """
        try:
            if refusal := self.wallet_id._get_use_refusal():
                raise UserError(refusal)
            self._hold_instead_of(holds)
        except UserError as error:
            raise UserError(self._get_gone_text(error.args[0])) from error

    def _get_gone_text(self, reason):
        """Say that points that were held cannot be taken once more.

        :param str reason: a sentence.
        """
        return self.env._(
            "%(order)s: its %(points)s points were held until %(moment)s and"
            " cannot be used any more. %(reason)s",
            order=self.order_name,
            points=self._format_points(self.points),
            moment=self._format_moment(self.date_hold_end),
            reason=reason,
        )

    def _get_debt_message(self, owed):
        """Say which documents took back what a quotation holds.

        :param owed: open debits of the wallet.
        """
        names = sorted(set(filter(None, owed.mapped("move_name"))))
        return self.env._(
            "%(order)s cannot be confirmed: %(points)s points were taken back by"
            " %(documents)s: reduce or remove the discount for points.",
            order=self.order_name,
            points=self._format_points(sum(owed.mapped("points_open"))),
            documents=self.env._("credit note %(names)s", names=", ".join(names))
            if names
            else self.env._("a correction"),
        )

    def _warn_salesperson(self, owed):
        order = self.order_id
        order.activity_schedule(
            "mail.mail_activity_data_warning",
            user_id=(order.user_id or self.wallet_id.user_id).id or self.env.uid,
            summary=self.env._("Points are missing"),
            note=plaintext2html(
                self.env._(
                    "The customer has paid %(order)s, so it was confirmed, but its"
                    " discount needs points that were no longer there: %(customer)s"
                    " owes %(points)s points.",
                    order=order.name,
                    customer=self.wallet_id.partner_id.display_name,
                    points=self._format_points(sum(owed.mapped("points_open"))),
                )
            ),
        )

    def _cancel(self, state="cancelled"):
        """Take the lines off and give back what is on no posted invoice.

        :param str state: of what was only held: `cancelled` or `lapsed`.
        """
        self._remove_lines()
        holds = self._get_holds()
        if holds:
            holds.wallet_id._release(holds)
        held = self.filtered(lambda redemption: redemption.state == "reserved")
        held.with_context(**QUIET).state = state
        for redemption in held:
            redemption._log_in_wallet(self.env._("%(use)s released from %(order)s."))
        # what was only chosen has held nothing
        chosen = self.filtered(lambda redemption: redemption.state == "draft")
        chosen.with_context(**QUIET).state = state
        used = self - held - chosen
        used._follow_money()
        used.filtered(lambda r: not r._get_standing_points()).with_context(
            **QUIET
        ).state = "cancelled"

    @api.model
    def _get_overdue_domain(self):
        """Return the domain of holds whose time is over and that nobody is paying."""
        return (
            Domain("state", "=", "reserved")
            & (
                Domain("date_hold_end", "<=", fields.Datetime.now())
                | self._get_expired_domain()
            )
            & ~Domain("order_id.transaction_ids.state", "in", PAYING_STATES)
        )

    @api.model
    def _get_expired_domain(self):
        """Return the domain of holds for quotations whose own time is over."""
        today = fields.Date.context_today(self)
        return Domain("order_id.validity_date", "<", today)

    @api.model
    def _cron_release_holds(self):
        """Release overdue holds, in batches of one transaction each."""
        failed = self.browse()
        while True:
            domain = self._get_overdue_domain() & Domain("id", "not in", failed.ids)
            overdue = self.search(domain, limit=100, order="id")
            if not overdue:
                return
            failed |= overdue._release_batch()
            left = self.search_count(domain, limit=1000)
            if not self.env["ir.cron"]._commit_progress(len(overdue), remaining=left):
                return

    def _release_batch(self):
        """Release holds together, or wallet by wallet if one of them fails.

        :return: those that failed; they are logged.
        """
        wallets = self.env["loyalty.b2b.wallet"]
        try:
            wallets._run_batch(self.wallet_id.ids, "_release_overdue")
        except Exception:
            self.env.cr.rollback()
            self.env.invalidate_all(flush=False)
            if len(self.wallet_id) == 1:
                _logger.exception("Holds of wallet %s stay", self.wallet_id.ids)
                return self
            failed = self.browse()
            for part in self.grouped("wallet_id").values():
                failed |= part._release_batch()
                self.env["ir.cron"]._commit_progress()
            return failed
        return self.browse()

    def _lapse(self):
        """End holds whose time is over; the quotations lose the discount."""
        orders = {redemption.order_id: redemption._describe() for redemption in self}
        self._cancel(state="lapsed")
        for order, text in orders.items():
            order._log_loyalty_b2b(
                body=self.env._(
                    "The time to hold the points is over: the discount for %(use)s was"
                    " removed and the points can be used elsewhere.",
                    use=text,
                )
            )
