from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_datetime, formatLang

from .loyalty_b2b_redemption import USE

# What keeps a hold alive: the customer has paid, or is about to, for this total.
PAYING_STATES = ("pending", "authorized", "done")
QUIET = {
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "tracking_disable": True,
}


class LoyaltyB2bRedemption(models.Model):
    """The life of a use of points on a sales order. Records are in sudo throughout."""

    _inherit = "loyalty.b2b.redemption"

    # === RESERVE === #

    @api.model
    def _prepare_terms(self, order, wallet):
        """Return what a use of points on an order is computed from, at today's rate."""
        rate = wallet.program_id._get_rate()
        return {
            "wallet_id": wallet.id,
            "partner_id": order.partner_invoice_id._get_loyalty_b2b_owner().id,
            "order_id": order.id,
            "order_name": order.name,
            "currency_id": order.currency_id.id,
            "rate_points": rate.points,
            "rate_amount": rate.amount,
            "rate_tax": wallet.program_id.rate_tax,
        }

    @api.model
    def _reserve(self, order, wallet, points, contact, base_lines=None):
        """Hold points for a quotation and write the discount lines.

        An earlier use on the same quotation gives way, in the same act.

        :return: the new redemption.
        :raises UserError: with the limit that stands against it.
        """
        draft = self.new(self._prepare_terms(order, wallet))
        base_lines = draft._get_base_lines()
        room = draft._get_room(base_lines)
        refusal = draft._get_use_refusal() or draft._get_points_refusal(points, room)
        if refusal:
            raise UserError(draft._prefix_order(refusal))
        replaced = order._get_loyalty_b2b_redemption()
        redemption = self.with_context(**QUIET).create(
            {
                **self._prepare_terms(order, wallet),
                "state": "reserved",
                "points": points,
                "amount": draft._get_amount(points, room),
                "contact_id": contact.id if contact else False,
                "user_id": self.env.uid,
                "date_hold_end": wallet.program_id._get_hold_end(order.validity_date),
                "fingerprint": draft._get_fingerprint(),
            }
        )
        redemption._hold_instead_of(replaced._get_holds())
        replaced._remove_lines()
        replaced.with_context(**QUIET).state = "cancelled"
        redemption._write_lines(base_lines)
        return redemption

    def _get_use_refusal(self):
        """Return why no points can be used on the order, or ''."""
        order, program = self.order_id, self.program_id
        if order.state not in ("draft", "sent"):
            return self.env._("Points are used on quotations; this one is closed.")
        if not self.wallet_id:
            return self.env._(
                "%(customer)s has no wallet.",
                customer=order.partner_invoice_id.display_name,
            )
        if refusal := self.wallet_id._get_use_refusal():
            return refusal
        if not self.rate_points:
            return self.env._(
                "Programme %(program)s has no rate yet.", program=program.name
            )
        if program._get_hold_end(order.validity_date) <= fields.Datetime.now():
            return self.env._("It has expired: renew its date of validity first.")
        return ""

    def _prefix_order(self, sentence):
        return self.env._(
            "%(order)s: %(sentence)s", order=self.order_name, sentence=sentence
        )

    def _hold_instead_of(self, replaced):
        """Hold the points, in place of earlier holds if there are any."""
        number = len(self.entry_ids) + 1
        key = f"redeem:{self.id}:{number}"
        values = self._prepare_entry_values()
        return self.wallet_id._hold_instead(replaced, int(self.points), key, **values)

    def _prepare_entry_values(self, share=1.0):
        """Return what the ledger keeps of this use of points.

        :param float share: part of it that an entry is about, 0–1.
        """
        program = self.program_id
        amount = self._convert(self.amount, self.currency_id, program.currency_id)
        return {
            "redemption_id": self.id,
            "order_id": self.order_id.id or None,
            "order_name": self.order_name,
            "partner_id": self.partner_id.id,
            "partner_name": self.partner_id.display_name,
            "contact_id": self.contact_id.id or None,
            "contact_name": self.contact_id.name or None,
            "amount": program.currency_id.round(amount * share),
        }

    def _get_holds(self):
        return self.entry_ids.filtered(
            lambda entry: entry.state == "pending" and entry.kind == "redeem"
        )

    # === LINES === #

    def _write_lines(self, base_lines):
        """Put the discount on the order in place of what is there."""
        self._remove_lines()
        product = self.program_id._get_discount_product()
        lines = self.env["sale.order.line"].with_context(
            loyalty_b2b_use=USE, sale_no_log_for_new_lines=True
        )
        lines = lines.create(
            [
                {
                    **values,
                    "order_id": self.order_id.id,
                    "loyalty_b2b_redemption_id": self.id,
                }
                for values in self._prepare_discount_lines(base_lines, product)
            ]
        )
        self.with_context(**QUIET).amount_untaxed = -sum(lines.mapped("price_subtotal"))

    def _remove_lines(self):
        self.line_ids.with_context(loyalty_b2b_use=USE).unlink()

    def _reapply(self):
        """Compute the discount anew; fewer points where the order takes fewer.

        :raises UserError: if the order takes none.
        """
        self.ensure_one()
        base_lines = self._get_base_lines()
        room = self._get_room(base_lines)
        points = min(int(self.points), self._get_max_points(room))
        if refusal := self._get_points_refusal(points, room):
            raise UserError(
                self.env._(
                    "%(order)s has changed and its discount for points no longer fits:"
                    " %(reason)s Remove the discount, or change the order.",
                    order=self.order_name,
                    reason=refusal,
                )
            )
        before = self._describe()
        changed = points != self.points
        self.with_context(**QUIET).write(
            {
                "points": points,
                "amount": self._get_amount(points, room),
                "fingerprint": self._get_fingerprint(),
            }
        )
        if changed:
            self._hold_instead_of(self._get_holds())
        self._write_lines(base_lines)
        self.order_id._message_log(
            body=self.env._(
                "The order has changed: the discount for points was computed anew,"
                " %(before)s before, %(after)s now.",
                before=before,
                after=self._describe(),
            )
        )

    def _describe(self):
        """Return points and discount in words."""
        return self.env._(
            "%(points)s points (%(amount)s)",
            points=self._format_points(self.points),
            amount=formatLang(self.env, self.amount, currency_obj=self.currency_id),
        )

    def _format_moment(self, moment):
        """Return a moment in words, in the programme's time zone."""
        return format_datetime(
            self.env, moment, tz=self.program_id.tz, dt_format="short"
        )

    # === CONFIRM === #

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
        for redemption in self:
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
            raise UserError(
                self.env._(
                    "%(order)s: its %(points)s points were held until %(moment)s and"
                    " cannot be used any more. %(reason)s",
                    order=self.order_name,
                    points=self._format_points(self.points),
                    moment=self._format_moment(self.date_hold_end),
                    reason=error.args[0],
                )
            ) from error

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
            note=self.env._(
                "The customer has paid %(order)s, so it was confirmed, but its discount"
                " needs points that were no longer there: %(customer)s owes %(points)s"
                " points.",
                order=order.name,
                customer=self.wallet_id.partner_id.display_name,
                points=self._format_points(sum(owed.mapped("points_open"))),
            ),
        )

    # === END === #

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
        used = self - held
        used._follow_money()
        used.filtered(lambda r: not r._get_standing_points()).with_context(
            **QUIET
        ).state = "cancelled"

    # === JOBS === #

    @api.model
    def _get_overdue_domain(self):
        """Return the domain of holds whose time is over and that nobody is paying."""
        return (
            Domain("state", "=", "reserved")
            & (
                Domain("date_hold_end", "<=", fields.Datetime.now())
                | Domain("order_id.validity_date", "<", fields.Date.context_today(self))
            )
            & ~Domain("order_id.transaction_ids.state", "in", PAYING_STATES)
        )

    @api.model
    def _cron_release_holds(self):
        """Release overdue holds, in batches of one transaction each."""
        while True:
            overdue = self.search(self._get_overdue_domain(), limit=100, order="id")
            if not overdue:
                return
            wallets = self.env["loyalty.b2b.wallet"]
            wallets._run_batch(overdue.wallet_id.ids, "_release_overdue")
            left = self.search_count(self._get_overdue_domain(), limit=1000)
            if not self.env["ir.cron"]._commit_progress(len(overdue), remaining=left):
                return

    def _lapse(self):
        """End holds whose time is over; the quotations lose the discount."""
        orders = {redemption.order_id: redemption._describe() for redemption in self}
        self._cancel(state="lapsed")
        for order, text in orders.items():
            order._message_log(
                body=self.env._(
                    "The time to hold the points is over: the discount for %(use)s was"
                    " removed and the points can be used elsewhere.",
                    use=text,
                )
            )
