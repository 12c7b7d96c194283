from odoo import api, fields, models
from odoo.exceptions import UserError

from ..fields import Points
from .payment_transaction import PAID
from .redemption_outcome import PAYING_STATES

# Fields whose change may turn a quotation into one of another customer.
CUSTOMER_FIELDS = {
    "partner_id",
    "partner_invoice_id",
    "company_id",
    "currency_id",
    "pricelist_id",
}


class SaleOrder(models.Model):
    """An order on which points are used."""

    _inherit = "sale.order"

    loyalty_b2b_can_use = fields.Boolean(
        string="Points can be used",
        compute="_compute_loyalty_b2b_can_use",
        compute_sudo=True,
    )
    loyalty_b2b_points = Points(
        string="Points used",
        compute="_compute_loyalty_b2b_use",
        compute_sudo=True,
        help="Points behind the order's discount lines.",
    )
    loyalty_b2b_hold_end = fields.Datetime(
        string="Points held until",
        compute="_compute_loyalty_b2b_use",
        compute_sudo=True,
        help="The points come back to the wallet then, unless the order is confirmed.",
    )
    loyalty_b2b_can_remove = fields.Boolean(
        string="Points can be removed",
        compute="_compute_loyalty_b2b_use",
        compute_sudo=True,
    )
    loyalty_b2b_is_outdated = fields.Boolean(
        string="Discount for points is outdated",
        compute="_compute_loyalty_b2b_use",
        compute_sudo=True,
        help="The order has changed since; the discount is computed anew before it is"
        " sent, printed or confirmed.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "partner_invoice_id", "company_id")
    def _compute_loyalty_b2b_can_use(self):
        for order in self:
            wallet = self.env["loyalty.b2b.wallet"]
            if order.state in ("draft", "sent"):
                wallet = order._get_loyalty_b2b_wallet()
            order.loyalty_b2b_can_use = (
                bool(wallet)
                and not wallet._get_use_refusal()
                and (wallet.available > 0 or bool(order._get_loyalty_b2b_uses()))
            )

    @api.depends("state", "locked", "order_line.loyalty_b2b_redemption_id")
    def _compute_loyalty_b2b_use(self):
        for order in self:
            uses = order._get_loyalty_b2b_uses()
            use = order._get_loyalty_b2b_redemption()
            held = uses.filtered(lambda one: one.state == "reserved")
            open_uses = uses.filtered(lambda one: one._is_before_use())
            order.loyalty_b2b_points = use.points
            order.loyalty_b2b_hold_end = min(
                filter(None, held.mapped("date_hold_end")), default=False
            )
            order.loyalty_b2b_can_remove = (
                bool(use)
                and order.state != "cancel"
                and order._is_loyalty_b2b_removable(use)
            )
            order.loyalty_b2b_is_outdated = any(
                not one._is_up_to_date() for one in open_uses
            )

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if CUSTOMER_FIELDS & vals.keys():
            self._release_loyalty_b2b_of_others()
        return result

    def unlink(self):
        self._get_loyalty_b2b_uses()._cancel()
        return super().unlink()

    def _get_copiable_order_lines(self):
        return super()._get_copiable_order_lines()._filter_loyalty_b2b_free()

    # === ACTION METHODS === #

    def action_open_loyalty_b2b_use(self):
        """Open *Use points*."""
        self.ensure_one()
        return {
            "name": self.env._("Use points"),
            "type": "ir.actions.act_window",
            "res_model": "loyalty.b2b.use.points",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def action_remove_loyalty_b2b_use(self):
        """Take the discount for points off; the points can be used elsewhere."""
        for order in self:
            order.check_access("write")
            use = order._get_loyalty_b2b_redemption()
            if use:
                order.sudo()._check_loyalty_b2b_removable(use)
                order.sudo()._remove_loyalty_b2b_use(
                    use, self.env._("The discount for %(use)s was removed.")
                )

    def action_refresh_loyalty_b2b_use(self):
        """Compute the discount for points anew after the order has changed."""
        self.check_access("write")
        self._refresh_loyalty_b2b_use()

    def action_quotation_send(self):
        self.check_access("read")
        self._refresh_loyalty_b2b_use()
        return super().action_quotation_send()

    def action_preview_sale_order(self):
        # what is read in sudo below is in the cache, and core would hand out the
        # order's access token from there to anybody
        self.check_access("read")
        self._refresh_loyalty_b2b_use()
        return super().action_preview_sale_order()

    # core's method promises not to write, ours may
    action_preview_sale_order._readonly = False

    def _get_default_payment_link_values(self):
        self._refresh_loyalty_b2b_use()
        return super()._get_default_payment_link_values()

    def _action_confirm(self):
        uses = self._get_loyalty_b2b_uses().filtered(lambda use: use._is_before_use())
        if uses:
            uses._confirm(is_paid=self.env.context.get("loyalty_b2b_paid") is PAID)
        return super()._action_confirm()

    def _action_cancel(self):
        uses = self._get_loyalty_b2b_uses()
        result = super()._action_cancel()
        if uses:
            # after the draft invoices are cancelled
            uses._cancel()
        return result

    # === USE OF POINTS === #

    def _get_loyalty_b2b_uses(self):
        """Return all uses of points with lines on the orders, in sudo.

        In the order in which they are computed: rewards as they came, then points
        used as a discount of any amount, which take what is left.
        """
        uses = self.sudo().order_line.loyalty_b2b_redemption_id
        return uses.sorted(lambda use: (not use.reward_id, use.id))

    def _get_loyalty_b2b_redemption(self):
        """Return the points used as a discount of any amount, in sudo; no rewards."""
        return self._get_loyalty_b2b_uses().filtered(lambda use: not use.reward_id)

    def _get_loyalty_b2b_wallet(self):
        """Return the wallet that this order may use, in sudo; else one it may not."""
        self.ensure_one()
        wallets = self.partner_invoice_id._get_loyalty_b2b_wallets(self.company_id)
        usable = wallets.filtered(lambda wallet: not wallet._get_use_refusal())
        return (usable or wallets)[:1]

    def _use_loyalty_b2b_points(self, points, contact=None, **values):
        """Use points on a quotation; in place of those it uses already.

        Who has to be asked first is asked: the redemption then waits for the answer.
        The caller has checked who asks; see the wizard.

        :param int points: whole, above 0.
        :param contact: `res.partner` who asked for it at the customer.
        :param values: `reason`, in the words of who asks; `request_key`, see there.
        :return: the redemption, in sudo.
        :raises UserError: with the limit that stands against it.
        """
        self.ensure_one()
        order = self.sudo()
        uses = self.env["loyalty.b2b.redemption"].sudo()
        wallet = order._get_loyalty_b2b_wallet()
        if values.get("request_key"):
            # two clicks: the second waits for the first, and finds its wish
            wallet._lock()
            if found := uses._find_request(wallet, values["request_key"]):
                return found
        use = uses._wish_on_order(order, wallet, points, contact, **values)
        if use._is_before_use():
            order._log_loyalty_b2b_use(use)
        return use

    def _refresh_loyalty_b2b_use(self, strict=True):
        """Compute discounts anew where a quotation has changed since.

        :param bool strict: stop with the reason where none is possible any more;
            otherwise take the discount off.
        """
        for order in self.sudo().filtered(
            lambda order: order.state in ("draft", "sent")
        ):
            for use in order._get_loyalty_b2b_uses():
                if use._is_up_to_date() or order._is_loyalty_b2b_being_paid():
                    continue
                try:
                    use._reapply()
                except UserError as error:
                    if strict:
                        raise
                    order._remove_loyalty_b2b_use(use, error.args[0].replace("%", "%%"))

    def _is_loyalty_b2b_cart(self):
        """Tell whether points are only chosen, and held when payment starts.

        A glue addon of a web shop says so; the core knows no carts.
        """
        return False

    def _is_loyalty_b2b_being_paid(self):
        return any(tx.state in PAYING_STATES for tx in self.sudo().transaction_ids)

    def _release_loyalty_b2b_of_others(self):
        """End the uses of quotations that changed to another customer or currency."""
        for order in self:
            for use in order._get_loyalty_b2b_uses():
                if use._is_before_use() and not use._is_same_customer():
                    order.sudo()._remove_loyalty_b2b_use(
                        use, use._get_other_customer_text()
                    )

    def _is_loyalty_b2b_removable(self, use):
        """Tell whether no invoice discounts these points and the order is open."""
        if self.state != "sale":
            return True
        invoices = use.move_line_ids.move_id.filtered(
            lambda move: move.state != "cancel"
        )
        left = use._is_delivered() or use.fulfilled_by_id
        return not self.locked and not invoices and not left

    def _check_loyalty_b2b_removable(self, use):
        """Check that no invoice discounts these points.

        :raises UserError: with the way out.
        """
        if not self._is_loyalty_b2b_removable(use):
            if use.reward_id:
                raise UserError(use._get_kept_text())
            raise UserError(
                self.env._(
                    "%(order)s is locked or its discount for points is on an invoice:"
                    " credit that invoice instead, and the points come back.",
                    order=self.name,
                )
            )

    def _remove_loyalty_b2b_use(self, use, message):
        """Take a discount off and say why.

        :param str message: may name `%(use)s`.
        """
        text = use._describe()
        use._cancel()
        self._log_loyalty_b2b(body=message % {"use": text})

    def _get_update_prices_lines(self):
        return super()._get_update_prices_lines()._filter_loyalty_b2b_free()
