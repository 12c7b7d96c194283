from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime, formatLang

from .loyalty_b2b_redemption import USE

QUIET = {
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "tracking_disable": True,
}


class LoyaltyB2bRedemption(models.Model):
    """Points held for a quotation, and its discount. Records are in sudo throughout."""

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

    def _reserve_on_order(self):
        """Hold the points of a wish for its quotation, at today's rate.

        :raises UserError: with the limit that stands against it.
        """
        self.ensure_one()
        terms = self._prepare_terms(self.order_id, self.wallet_id)
        draft = self.new({**terms, "points": int(self.points)}, origin=self)
        self._reserve_offer(draft, draft._prepare_offer(), terms)

    def _prepare_offer(self):
        """Compute the discount of an unsaved use of points.

        :return: base lines of the order, see `_get_base_lines`.
        :raises UserError: with the limit that stands against it.
        """
        base_lines = self._get_base_lines()
        room = self._get_room(base_lines)
        points = int(self.points)
        refusal = self._get_use_refusal() or self._get_points_refusal(points, room)
        if refusal:
            raise UserError(self._prefix_order(refusal))
        self.amount = self._get_amount(points, room)
        return base_lines

    def _reserve_offer(self, draft, base_lines, terms=None):
        """Hold what `_prepare_offer` has computed, in place of an earlier use.

        :param draft: the unsaved use of points.
        :param dict terms: to write where they may have changed since the wish.
        """
        replaced = self.browse()
        if not self.reward_id:
            replaced = self.order_id._get_loyalty_b2b_redemption() - self
        self.with_context(**QUIET).write(
            {
                **(terms or {}),
                **self._prepare_hold(),
                "amount": draft.amount,
                "fingerprint": draft._get_fingerprint(),
            }
        )
        self._hold_offer(replaced._get_holds())
        replaced._remove_lines()
        replaced.with_context(**QUIET).state = "cancelled"
        self._write_lines(base_lines)

    def _prepare_hold(self):
        """Return what the use says of itself while it holds its points."""
        program = self.wallet_id.program_id
        end = program._get_hold_end(self.order_id.validity_date)
        return {"state": "reserved", "date_hold_end": end}

    def _hold_offer(self, replaced):
        """Hold the points of an offer, in place of the holds of an earlier use."""
        self._hold_instead_of(replaced)

    def _get_use_refusal(self):
        """Return why no points can be used on the order, or ''."""
        order, program = self.order_id, self.program_id
        if refusal := self._get_closed_refusal():
            return refusal
        if not self.wallet_id:
            return self.env._(
                "%(customer)s has no wallet.",
                customer=order.partner_invoice_id.display_name,
            )
        if refusal := self.wallet_id._get_use_refusal():
            return refusal
        if not self.rate_points and not self.reward_id:
            return self.env._(
                "Programme %(program)s has no rate yet.", program=program.name
            )
        return ""

    def _get_closed_refusal(self):
        """Return why the quotation takes no points any more, or ''."""
        order = self.order_id
        if order.state not in ("draft", "sent"):
            return self.env._("Points are used on quotations; this one is closed.")
        if self.program_id and self._is_expired():
            return self.env._("It has expired: renew its date of validity first.")
        return order._get_total_refusal(is_direct=not self.approval_ids)

    def _is_expired(self):
        """Tell whether the quotation's own time is over."""
        end = self.program_id._get_hold_end(self.order_id.validity_date)
        return end <= fields.Datetime.now()

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
            "order_name": self.order_name or None,
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
        prepared = self._prepare_order_lines(base_lines)
        if not self._has_lines(prepared):
            self._remove_lines()
            self._create_lines(prepared)
        discounts = self.line_ids.filtered(lambda line: line._is_loyalty_b2b_discount())
        self.with_context(**QUIET).amount_untaxed = -sum(
            discounts.mapped("price_subtotal")
        )

    def _has_lines(self, prepared):
        """Tell whether the order has exactly these lines for the points already.

        :param list prepared: of `_prepare_order_lines`.
        """
        lines = self.line_ids.sorted("id")
        return len(lines) == len(prepared) and not any(
            line._is_loyalty_b2b_other(name, value)
            for line, values in zip(lines, prepared, strict=True)
            for name, value in values.items()
        )

    def _create_lines(self, prepared):
        lines = self.env["sale.order.line"].with_context(
            loyalty_b2b_use=USE, sale_no_log_for_new_lines=True
        )
        keys = {
            "order_id": self.order_id.id,
            "loyalty_b2b_redemption_id": self.id,
        }
        lines.create([{**values, **keys} for values in prepared])

    def _prepare_order_lines(self, base_lines):
        """Prepare what the points put on the order.

        :param list base_lines: of `_get_base_lines`.
        :return: list of dicts for `sale.order.line`.
        """
        product = self.program_id._get_discount_product()
        return self._prepare_discount_lines(base_lines, product)

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
        if changed and self.state == "reserved":
            self._hold_instead_of(self._get_holds())
        self._write_lines(base_lines)
        self.order_id._log_loyalty_b2b(
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

    def _log_in_wallet(self, message):
        """Note in the wallet's history what became of these points.

        :param str message: names `%(use)s` and `%(order)s`.
        """
        self.wallet_id._message_log(
            body=message % {"use": self._describe(), "order": self.order_name}
        )

    def _format_moment(self, moment):
        """Return a moment in words, in the programme's time zone."""
        return format_datetime(
            self.env, moment, tz=self.program_id.tz, dt_format="short"
        )
