from odoo import api, fields, models

from ..fields import Points


class LoyaltyB2bUsePoints(models.TransientModel):
    """Asks how many points a quotation uses, and shows what comes of it."""

    _name = "loyalty.b2b.use.points"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Use Points"

    order_id = fields.Many2one(
        comodel_name="sale.order", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="order_id.currency_id")
    customer_id = fields.Many2one(
        comodel_name="res.partner", compute="_compute_customer_id"
    )
    points = Points(string="Points to use", default=0, help="Whole points, above 0.")
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Asked by",
        domain="[('id', 'child_of', customer_id), ('is_company', '=', False)]",
        help="The person at the customer who wants to use points.",
    )
    used = Points(
        string="Used now",
        compute="_compute_figures",
        help="Points that the quotation already uses; they are used anew.",
    )
    available = Points(
        string="Available points",
        compute="_compute_figures",
        help="With those that the quotation already uses.",
    )
    available_amount = fields.Monetary(string="Worth", compute="_compute_figures")
    most = Points(string="Most for this quotation", compute="_compute_figures")
    limits = fields.Text(compute="_compute_figures")
    amount = fields.Monetary(string="Discount", compute="_compute_preview")
    total = fields.Monetary(
        related="order_id.amount_total", related_sudo=False, string="Total now"
    )
    new_total = fields.Monetary(string="New total", compute="_compute_preview")
    refusal = fields.Text(compute="_compute_preview")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        order = self.env["sale.order"].browse(values.get("order_id"))
        use = order._get_loyalty_b2b_redemption() if order.has_access("read") else None
        if use:
            values["points"] = int(use.points)
            values["contact_id"] = use.contact_id.id
        elif order and not order.partner_id.is_company:
            values["contact_id"] = order.partner_id.id
        return values

    # === COMPUTE METHODS === #

    @api.depends("order_id")
    def _compute_customer_id(self):
        for wizard in self:
            partner = wizard.order_id.partner_invoice_id
            wizard.customer_id = partner._get_loyalty_b2b_owner()

    def _get_draft(self):
        """Return an unsaved redemption of the points asked for, in sudo.

        Reading the order first refuses who may not see it.
        """
        self.ensure_one()
        self.order_id.check_access("read")
        order = self.order_id.sudo()
        Redemption = self.env["loyalty.b2b.redemption"].sudo()
        terms = Redemption._prepare_terms(order, order._get_loyalty_b2b_wallet())
        return Redemption.new({**terms, "points": self.points})

    def _get_available(self, draft):
        """Return the points that this quotation can use, its own hold included."""
        return draft.order_id._get_loyalty_b2b_usable(draft.wallet_id)

    @api.depends("order_id")
    @api.depends_context("lang")
    def _compute_figures(self):
        for wizard in self:
            draft = wizard._get_draft()
            available = wizard._get_available(draft)
            room = draft._get_room(draft._get_base_lines())
            most = draft._get_max_points(room)
            wizard.used = draft.order_id._get_loyalty_b2b_redemption().points
            wizard.available = available
            wizard.available_amount = draft._get_worth(max(0, available))
            wizard.most = max(0, min(available, most))
            wizard.limits = "\n".join(draft._get_limits(room, available))

    @api.depends("order_id", "points")
    @api.depends_context("lang")
    def _compute_preview(self):
        for wizard in self:
            draft = wizard._get_draft()
            base_lines = draft._get_base_lines()
            room = draft._get_room(base_lines)
            wizard.refusal = wizard._get_refusal(draft, room)
            points = 0 if wizard.refusal else int(wizard.points)
            draft.amount = draft._get_amount(points, room) if points else 0.0
            wizard.amount = draft.amount
            wizard.new_total = draft._get_new_total(base_lines)

    def _get_refusal(self, draft, room):
        """Return why so many points cannot be used, or ''; 0 is no error."""
        if refusal := draft._get_use_refusal():
            return refusal
        available = self._get_available(draft)
        if available < 0:
            return draft.wallet_id._get_short_message(int(self.points), available)
        most = draft._get_max_points(room)
        if not self.points and most:
            return ""
        if self.points > available and available < most:
            return draft.wallet_id._get_short_message(int(self.points), available)
        return draft._get_points_refusal(int(self.points), room)

    # === ACTION METHODS === #

    def action_use_most(self):
        """Fill in as many points as the wallet and the quotation allow."""
        self.ensure_one()
        self.points = self.most
        return {
            "name": self.env._("Use points"),
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_apply(self):
        """Use the points: who may change the quotation may do so."""
        self.ensure_one()
        order = self.order_id
        order.check_access("write")
        order._check_loyalty_b2b_contact(self.contact_id)
        order._use_loyalty_b2b_points(
            int(self.points), self.contact_id, **self._prepare_use_values()
        )
        return {"type": "ir.actions.act_window_close"}

    def action_remove(self):
        """Take the discount for points off the quotation."""
        self.ensure_one()
        self.order_id.action_remove_loyalty_b2b_use()
        return {"type": "ir.actions.act_window_close"}
