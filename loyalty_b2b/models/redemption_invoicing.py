from odoo import api, fields, models
from odoo.exceptions import UserError

from .loyalty_b2b_redemption import USE, is_wallet_at_work

PRICED = ("product_id", "price_unit", "quantity", "discount")


class AccountMove(models.Model):
    """Invoices and credit notes tell the uses of points what became of their lines."""

    _inherit = "account.move"

    def _post(self, soft=True):
        # read before: posting reads the lines, too, and forgets them at the end
        uses = self._get_loyalty_b2b_redemptions()
        posted = super()._post(soft)
        posted._tell_loyalty_b2b_redemptions(uses)
        return posted

    def button_draft(self):
        uses = self._get_loyalty_b2b_redemptions()
        result = super().button_draft()
        self._tell_loyalty_b2b_redemptions(uses)
        return result

    def _get_loyalty_b2b_redemptions(self):
        """Return document → the uses of points that its lines discount or credit."""
        return {
            move: redemptions.sudo()
            for move in self
            if (redemptions := move.line_ids.loyalty_b2b_redemption_id)
        }

    def _tell_loyalty_b2b_redemptions(self, uses):
        """Let points follow the money of documents whose state has changed.

        :param dict uses: of `_get_loyalty_b2b_redemptions`.
        """
        moves = {
            redemption: move.sudo()
            for move, redemptions in uses.items()
            for redemption in redemptions
            if move in self and redemption.state not in ("draft", "reserved")
        }
        redemptions = self.env["loyalty.b2b.redemption"].sudo().union(*moves)
        if redemptions:
            redemptions._follow_money(moves)

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
            if move.line_ids.loyalty_b2b_redemption_id or (
                ours and ours & set(move.line_ids.product_id.ids)
            ):
                vals["line_ids"] = [
                    command
                    for command in vals["line_ids"]
                    if command[2]
                    and command[2].get("product_id") not in ours
                    and not command[2].get("loyalty_b2b_redemption_id")
                    and command[2]["display_type"]
                    in ("product", "line_section", "line_subsection", "line_note")
                ]
        return vals_list


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

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for line, vals in zip(self, vals_list, strict=True):
            if line.loyalty_b2b_redemption_id:
                # for the document, which leaves it out
                vals["loyalty_b2b_redemption_id"] = line.loyalty_b2b_redemption_id.id
        return vals_list

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
        if not ours and not self.loyalty_b2b_redemption_id:
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
