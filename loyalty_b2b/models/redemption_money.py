from fractions import Fraction
from math import ceil

from odoo import fields, models

from ..tools import rounding


class LoyaltyB2bRedemption(models.Model):
    """Points follow the money of the discount lines.

    Each document books the difference. It only inserts entries: no invoice is refused
    or delayed because of points.
    """

    _inherit = "loyalty.b2b.redemption"

    move_line_ids = fields.One2many(
        comodel_name="account.move.line",
        inverse_name="loyalty_b2b_redemption_id",
        string="Invoice lines",
        readonly=True,
    )

    def _follow_money(self, moves=None):
        """Book what the posted documents make of used points.

        :param dict moves: redemption → the invoice or credit note that is the reason.
        """
        moves = moves or {}
        lines = self.env["account.move.line"].search(
            [
                ("loyalty_b2b_redemption_id", "in", self.ids),
                ("parent_state", "=", "posted"),
            ]
        )
        lines = lines.grouped("loyalty_b2b_redemption_id")
        none = self.env["account.move.line"]
        for redemption in self:
            target = redemption._get_target_points(lines.get(redemption, none))
            redemption._book_difference(target, moves.get(redemption))

    def _get_target_points(self, move_lines):
        """Return how many points stand used, given what is posted.

        Returned are the points of the credited share, rounded down; all of them when
        all the money is back. A discount that stands on more documents than one (the
        credit note between two invoices was reset) takes points for each.

        :param move_lines: posted invoice lines of this redemption.
        """
        digits = self._get_digits()
        whole = rounding.to_minor(self.amount_untaxed, digits)
        money = self._get_standing_money(move_lines)
        if whole <= 0:
            return int(self.points)
        if money >= whole:
            return ceil(Fraction(money, whole) * int(self.points))
        returned = Fraction(whole - max(0, money), whole) * int(self.points)
        return int(self.points) - int(returned)

    def _get_standing_money(self, move_lines):
        """Return the discount that is promised by the order or stands invoiced.

        :return: net, in minor units of the order's currency.
        """
        digits, standing, seen = self._get_digits(), 0, move_lines.browse()
        for line in self.line_ids:
            promised = -rounding.to_minor(line.price_subtotal, digits)
            own = move_lines.filtered(lambda ml, line=line: line in ml.sale_line_ids)
            invoiced, credited = self._split_money(own)
            if not invoiced or credited < invoiced:
                # what was credited and invoiced again stands
                standing += max(invoiced, promised) - credited
            seen |= own
        invoiced, credited = self._split_money(move_lines - seen)
        return standing + invoiced - credited

    def _split_money(self, move_lines):
        """Return what invoice lines discount and what credit notes undo of it."""
        amounts = []
        for line in move_lines:
            amount = self._convert_at(line)
            amounts.append(rounding.to_minor(amount, self._get_digits()))
        invoiced = sum(amount for amount in amounts if amount > 0)
        return invoiced, invoiced - sum(amounts)

    def _convert_at(self, move_line):
        """Return the money of an invoice line in the order's currency."""
        move = move_line.move_id
        if move.currency_id == self.currency_id:
            return move_line.amount_currency
        return move.currency_id._convert(
            move_line.amount_currency,
            self.currency_id,
            move.company_id,
            move.invoice_date or move.date,
        )

    # === BOOKING === #

    def _get_uses(self):
        """Return the posted entries, the last first."""
        return self.entry_ids.filtered(
            lambda entry: entry.state == "posted" and entry.kind in ("redeem", "return")
        ).sorted("booking", reverse=True)

    def _get_standing_points(self):
        """Return how many points are used and not returned."""
        return -int(sum(self._get_uses().mapped("points")))

    def _book_difference(self, target, move=None):
        """Book a return or a new use, so that `target` points stand used.

        :param move: the invoice or credit note that is the reason, if any.
        """
        self.ensure_one()
        uses = self._get_uses()
        missing = target + int(sum(uses.mapped("points")))
        if missing > 0:
            undone, verb, word = "return", self.wallet_id._use_again, "redeem"
        else:
            undone, verb, word = "redeem", self.wallet_id._give_back, "return"
        left, number = abs(missing), len(self.entry_ids)
        for entry in uses.filtered(lambda entry: entry.kind == undone):
            points = min(left, self._get_unreversed(entry, uses))
            if points > 0:
                number += 1
                values = self._prepare_move_values(move, points / int(self.points))
                verb(entry, points, f"{word}:{self.id}:{number}", **values)
                left -= points
        if left and missing > 0:
            key = f"redeem:{self.id}:{number + 1}"
            values = self._prepare_move_values(move, left / int(self.points))
            self.wallet_id._force_redeem(left, key, **values)

    def _get_unreversed(self, entry, uses):
        """Return the points of an entry that no later one of this use undoes."""
        later = uses.filtered(lambda other: other.reversed_entry_id == entry)
        return abs(int(entry.points)) - abs(int(sum(later.mapped("points"))))

    def _prepare_move_values(self, move, share):
        values = self._prepare_entry_values(share)
        if move:
            values.update(
                move_id=move.id,
                move_ref=move.id,
                move_name=move.name,
                date_event=move.invoice_date or move.date,
            )
        return values
