from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .loyalty_b2b_redemption import is_wallet_at_work

# What a discount for points consists of; its place on the order may change.
FIXED = (
    "order_id",
    "product_id",
    "product_template_id",
    "name",
    "price_unit",
    "product_uom_id",
    "product_uom_qty",
    "discount",
    "tax_ids",
    "extra_tax_data",
    "display_type",
    "loyalty_b2b_redemption_id",
)


class SaleOrderLine(models.Model):
    """Discount lines for points come, change and go through the wallet's verbs only."""

    _inherit = "sale.order.line"

    loyalty_b2b_redemption_id = fields.Many2one(
        comodel_name="loyalty.b2b.redemption",
        string="Use of points",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        copy=False,
    )

    # === BUSINESS METHODS === #

    def _get_loyalty_b2b_cost_sql(self):
        """Return SQL for what a line costs, in the order's currency.

        Over `l` (order line), `so`, `p` (product) and the units `lu` and `pu`. With
        Odoo's sales margins installed it is the order line's cost, else the product's.
        """
        cost = SQL(
            "(p.standard_price->>(so.company_id::text))::numeric * so.currency_rate"
            " * l.product_uom_qty * COALESCE(lu.factor / NULLIF(pu.factor, 0), 1)"
        )
        if "purchase_price" in self._fields:
            return SQL("COALESCE(l.purchase_price * l.product_uom_qty, %s)", cost)
        return cost

    # === COMPUTE METHODS === #

    def _is_loyalty_b2b_discount(self):
        """Tell whether the line takes money off for points; goods do not."""
        return (
            bool(self.loyalty_b2b_redemption_id)
            and self.sudo().loyalty_b2b_redemption_id.reward_kind != "product"
        )

    def _is_loyalty_b2b_payment(self):
        """Tell whether the line is a means of payment, neither sale nor discount.

        Points neither fall on it nor are earned with it, and what others earn does not
        fall because of it. Glue addons know of gift cards and the like.
        """
        return False

    def _filter_loyalty_b2b_free(self):
        """Return the lines that do not stand for points."""
        return self.filtered(lambda line: not line.loyalty_b2b_redemption_id)

    def _compute_tax_ids(self):
        super(SaleOrderLine, self._filter_loyalty_b2b_free())._compute_tax_ids()

    def _compute_price_unit(self):
        super(SaleOrderLine, self._filter_loyalty_b2b_free())._compute_price_unit()

    def _compute_discount(self):
        super(SaleOrderLine, self._filter_loyalty_b2b_free())._compute_discount()

    def _compute_name(self):
        super(SaleOrderLine, self._filter_loyalty_b2b_free())._compute_name()

    def _compute_product_updatable(self):
        super()._compute_product_updatable()
        self.filtered("loyalty_b2b_redemption_id").product_updatable = False

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not is_wallet_at_work(self.env):
            ours = self.env["loyalty.b2b.program"]._get_discount_product_ids()
            for vals in vals_list:
                if vals.get("loyalty_b2b_redemption_id") or (
                    vals.get("product_id") in ours
                ):
                    raise UserError(self._get_loyalty_b2b_refusal())
        return super().create(vals_list)

    def write(self, vals):
        lines = self
        if not is_wallet_at_work(self.env) and any(name in vals for name in FIXED):
            if set(vals) == {"discount"}:
                # Odoo's Discount writes on all lines; ours are no sales
                lines = self._filter_loyalty_b2b_free()
            lines._check_loyalty_b2b_change(vals)
        return super(SaleOrderLine, lines).write(vals)

    def _check_loyalty_b2b_change(self, vals):
        """Refuse changes of discount lines, and lines that become one."""
        changed = [name for name in FIXED if name in vals]
        ours = self.env["loyalty.b2b.program"]._get_discount_product_ids()
        for line in self:
            if line.loyalty_b2b_redemption_id:
                if any(
                    line._is_loyalty_b2b_other(name, vals[name]) for name in changed
                ):
                    raise UserError(self._get_loyalty_b2b_refusal())
            elif vals.get("product_id") in ours or vals.get(
                "loyalty_b2b_redemption_id"
            ):
                raise UserError(self._get_loyalty_b2b_refusal())

    def _is_loyalty_b2b_other(self, name, value):
        """Tell whether a value differs from what the line has."""
        field = self._fields[name]
        if field.type in ("many2many", "one2many"):
            value = field.convert_to_cache(value, self.new(origin=self), validate=False)
            return {getattr(item, "origin", item) for item in value} != set(
                self[name].ids
            )
        if field.type == "float":
            return abs((value or 0.0) - self[name]) > 1e-9
        return field.convert_to_write(self[name], self) != value

    def unlink(self):
        """Take the whole use of points off with any of its lines."""
        uses = self.sudo().loyalty_b2b_redemption_id
        if not uses or is_wallet_at_work(self.env):
            return super().unlink()
        self.check_access("unlink")
        self._check_loyalty_b2b_quotation(uses)
        others = self - uses.line_ids
        uses._cancel()
        return super(SaleOrderLine, others).unlink()

    def _check_loyalty_b2b_quotation(self, uses):
        """Refuse to take discount lines off a confirmed order."""
        if any(line.state == "sale" for line in uses.line_ids & self.sudo()):
            raise UserError(self._get_loyalty_b2b_refusal())

    def _check_line_unlink(self):
        lines = super()._check_line_unlink()
        return (
            lines._filter_loyalty_b2b_free() if is_wallet_at_work(self.env) else lines
        )

    def _get_loyalty_b2b_refusal(self):
        return self.env._(
            "Discounts for points are only changed with “Use points” on the order, so"
            " that the points always match the money."
        )

    # === BUSINESS METHODS === #

    def _can_be_invoiced_alone(self):
        alone = super()._can_be_invoiced_alone()
        return alone and not self._is_loyalty_b2b_discount()

    def _is_discount_line(self):
        return super()._is_discount_line() or self._is_loyalty_b2b_discount()

    def _can_be_edited_on_portal(self):
        return super()._can_be_edited_on_portal() and not self.loyalty_b2b_redemption_id

    def _sellable_lines_domain(self):
        domain = Domain(super()._sellable_lines_domain())
        return domain & Domain("loyalty_b2b_redemption_id", "=", False)

    def _prepare_invoice_line(self, **optional_values):
        values = super()._prepare_invoice_line(**optional_values)
        if self.loyalty_b2b_redemption_id:
            values["loyalty_b2b_redemption_id"] = self.loyalty_b2b_redemption_id.id
        return values
