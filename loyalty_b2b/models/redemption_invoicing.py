from fractions import Fraction

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import rounding
from .loyalty_b2b_redemption import USE, is_wallet_at_work

PRICED = ("product_id", "price_unit", "quantity", "discount")


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
        all the money is back.

        :param move_lines: posted invoice lines of this redemption.
        """
        digits = self._get_digits()
        whole = rounding.to_minor(self.amount_untaxed, digits)
        money = self._get_standing_money(move_lines)
        if whole <= 0 or money >= whole:
            return int(self.points)
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
                standing += min(promised, max(invoiced, promised) - credited)
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


class AccountMove(models.Model):
    """Invoices and credit notes tell the uses of points what became of their lines."""

    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted._tell_loyalty_b2b_redemptions()
        return posted

    def button_draft(self):
        result = super().button_draft()
        self._tell_loyalty_b2b_redemptions()
        return result

    def _tell_loyalty_b2b_redemptions(self):
        moves = {}
        for move in self.sudo():
            for redemption in move.line_ids.loyalty_b2b_redemption_id:
                moves[redemption] = move
        redemptions = self.env["loyalty.b2b.redemption"].sudo().union(*moves)
        redemptions.filtered(lambda r: r.state != "reserved")._follow_money(moves)

    def _reverse_moves(self, default_values_list=None, cancel=False):
        at_work = self.with_context(loyalty_b2b_use=USE)
        reversals = super(AccountMove, at_work)._reverse_moves(
            default_values_list, cancel
        )
        return reversals.with_env(self.env)

    def action_switch_move_type(self):
        at_work = self.with_context(loyalty_b2b_use=USE)
        return super(AccountMove, at_work).action_switch_move_type()

    def copy_data(self, default=None):
        """Leave discounts for points out of duplicates and recurring copies.

        Odoo copies a whole entry with its tax lines; without the discount only the
        lines remain from which it computes the others.
        """
        vals_list = super().copy_data(default)
        if is_wallet_at_work(self.env):
            return vals_list
        ours = self.env["loyalty.b2b.program"]._get_discount_product_ids()
        for move, vals in zip(self, vals_list, strict=True):
            if ours and ours & set(move.line_ids.product_id.ids):
                vals["line_ids"] = [
                    command
                    for command in vals["line_ids"]
                    if command[2]
                    and command[2].get("product_id") not in ours
                    and command[2]["display_type"]
                    in ("product", "line_section", "line_subsection", "line_note")
                ]
        return vals_list


class AccountMoveReversal(models.TransientModel):
    """*Reverse and create invoice* invoices a discount for points again."""

    _inherit = "account.move.reversal"

    def reverse_moves(self, is_modify=False):
        at_work = self.with_context(loyalty_b2b_use=USE)
        return super(AccountMoveReversal, at_work).reverse_moves(is_modify)


class AccountMoveLine(models.Model):
    """An invoice line knows the use of points that it discounts."""

    _inherit = "account.move.line"

    loyalty_b2b_redemption_id = fields.Many2one(
        comodel_name="loyalty.b2b.redemption",
        string="Use of points",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not is_wallet_at_work(self.env):
            ours = self.env["loyalty.b2b.program"]._get_discount_product_ids()
            for vals in vals_list:
                vals.pop("loyalty_b2b_redemption_id", None)
                if vals.get("product_id") in ours:
                    raise UserError(self._get_loyalty_b2b_refusal())
        return super().create(vals_list)

    def write(self, vals):
        if not is_wallet_at_work(self.env):
            self._check_loyalty_b2b_change(vals)
        return super().write(vals)

    def _check_loyalty_b2b_change(self, vals):
        """Refuse what would part the money of a discount from its points.

        A credit note may be changed: the points follow its amount.
        """
        changed = [name for name in PRICED if name in vals]
        if "loyalty_b2b_redemption_id" in vals:
            raise UserError(self._get_loyalty_b2b_refusal())
        if not changed:
            return
        ours = self.env["loyalty.b2b.program"]._get_discount_product_ids()
        if not ours:
            return
        for line in self:
            if (
                line.loyalty_b2b_redemption_id
                and line.move_id.move_type != "out_refund"
            ):
                if any(
                    line._fields[name].convert_to_write(line[name], line) != vals[name]
                    for name in changed
                ):
                    raise UserError(self._get_loyalty_b2b_refusal())
            elif vals.get("product_id") in ours and line.product_id.id not in ours:
                raise UserError(self._get_loyalty_b2b_refusal())

    def _get_loyalty_b2b_refusal(self):
        return self.env._(
            "Discounts for points come from their sales order: change them there with"
            " “Use points”, or delete the line to invoice it next time."
        )

    def _copy_data_extend_business_fields(self, values):
        super()._copy_data_extend_business_fields(values)
        if self.loyalty_b2b_redemption_id:
            values["loyalty_b2b_redemption_id"] = self.loyalty_b2b_redemption_id.id
