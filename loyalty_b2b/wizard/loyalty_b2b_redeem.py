from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..fields import Points
from ..tools import plaintext

MOST_TEXT = 250


class LoyaltyB2bRedeem(models.TransientModel):
    """Asks which reward a customer gets for his points."""

    _name = "loyalty.b2b.redeem"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Reward for a Customer"

    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    program_id = fields.Many2one(related="wallet_id.program_id")
    point_name = fields.Char(related="wallet_id.point_name")
    available = Points(
        related="wallet_id.available", related_sudo=False, string="Available"
    )
    reward_id = fields.Many2one(
        comodel_name="loyalty.b2b.reward",
        domain="[('program_id', '=', program_id)]",
        ondelete="cascade",
    )
    kind = fields.Selection(related="reward_id.kind")
    is_on_order = fields.Boolean(compute="_compute_is_on_order")
    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="On quotation",
        domain="[('id', 'in', order_ids)]",
        ondelete="cascade",
        help="Rewards of this kind stand on a quotation.",
    )
    order_ids = fields.Many2many(
        comodel_name="sale.order", compute="_compute_is_on_order"
    )
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Asked by",
        domain="[('id', 'in', contact_ids)]",
        help="The person at the customer who wants it.",
    )
    contact_ids = fields.Many2many(
        comodel_name="res.partner", compute="_compute_contact_ids"
    )
    quantity = fields.Integer(default=1)
    attendees = fields.Text(string="Who takes part", help="Names, one a line.")
    reason = fields.Char(help="Why the customer wants it; who is asked reads it.")
    points = Points(string="Costs", compute="_compute_refusal")
    points_after = Points(string="Left afterwards", compute="_compute_refusal")
    refusal = fields.Text(compute="_compute_refusal")
    request = fields.Char(
        readonly=True,
        default=lambda self: str(uuid4()),
        help="Two clicks on the same dialog are one wish.",
    )

    # === COMPUTE METHODS === #

    @api.depends("wallet_id")
    def _compute_contact_ids(self):
        for wizard in self:
            companies = wizard._get_companies()
            wizard.contact_ids = self.env["res.partner"].search(
                [("id", "child_of", companies.ids), ("is_company", "=", False)]
            )

    @api.depends("reward_id")
    def _compute_is_on_order(self):
        for wizard in self:
            wizard.is_on_order = (
                bool(wizard.reward_id) and wizard.reward_id._is_on_order()
            )
            wizard.order_ids = wizard.is_on_order and wizard._find_orders()

    @api.depends("wallet_id", "reward_id", "quantity", "order_id")
    @api.depends_context("lang")
    def _compute_refusal(self):
        for wizard in self:
            reward = wizard.reward_id
            wizard.points = int(reward.points) * max(0, wizard.quantity)
            wizard.points_after = wizard.available - wizard.points
            wizard.refusal = reward and wizard._get_refusal()

    # === ACTION METHODS === #

    def action_redeem(self):
        """Use the points: who sees the customer's wallet may do so.

        :raises AccessError: for wallets, rewards and quotations that are not theirs.
        :raises UserError: with what stands against it.
        """
        self.ensure_one()
        self.wallet_id.check_access("read")
        self.reward_id.check_access("read")
        if not self.reward_id:
            raise UserError(self.env._("Choose a reward."))
        self._check_contact()
        self._check_order()
        use = self.reward_id._redeem(
            self.wallet_id,
            self.contact_id,
            self.quantity,
            self.order_id or None,
            request_key=self.request,
            reason=plaintext.clean(self.reason, MOST_TEXT),
            **self._prepare_values(),
        )
        return use.with_env(self.env)._get_records_action()

    def _prepare_values(self):
        """Return what the kind of the reward asks for, as fields of the use."""
        if self.kind == "access" and self.attendees:
            return {"attendees": self.attendees}
        return {}

    # === BUSINESS METHODS === #

    def _get_companies(self):
        """Return the companies that use the wallet today."""
        self.wallet_id.check_access("read")
        wallet = self.wallet_id.sudo()
        return (wallet.participant_ids.partner_id | wallet.partner_id).with_env(
            self.env
        )

    def _find_orders(self):
        """Return the open quotations of the customer that the user may change."""
        wallet = self.wallet_id
        return self.env["sale.order"].search(
            [
                ("partner_invoice_id", "child_of", self._get_companies().ids),
                ("company_id", "=", wallet.company_id.id),
                ("state", "in", ("draft", "sent")),
            ]
        )

    def _get_refusal(self):
        """Return what stands against it, one reason a line; '' if nothing does."""
        self.wallet_id.check_access("read")
        refusals = self.reward_id._get_refusals(
            self.wallet_id.sudo(), None, self.quantity, self.order_id or None
        )
        return "\n".join(refusal.text for refusal in refusals)

    def _check_contact(self):
        if self.contact_id and self.contact_id not in self.contact_ids:
            raise UserError(
                self.env._(
                    "%(contact)s does not belong to %(customer)s: choose who at the"
                    " customer asked for it.",
                    contact=self.contact_id.display_name,
                    customer=self.wallet_id.partner_id.display_name,
                )
            )

    def _check_order(self):
        if self.is_on_order and not self.order_id:
            raise UserError(
                self.env._(
                    "“%s” stands on a quotation: choose which.", self.reward_id.name
                )
            )
        self.order_id.check_access("write")
