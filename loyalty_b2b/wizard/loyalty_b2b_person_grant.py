from odoo import api, fields, models
from odoo.exceptions import UserError

from ..fields import Points
from ..models.loyalty_b2b_person import USING


class LoyaltyB2bPersonGrant(models.TransientModel):
    """Asks what a person of the customer may do, or why he may not any more."""

    _name = "loyalty.b2b.person.grant"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Give or Take Back a Role"

    act = fields.Selection(
        selection=[("give", "Give"), ("change", "Change"), ("take", "Take back")],
        required=True,
        default="give",
    )
    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    customer_id = fields.Many2one(related="wallet_id.partner_id")
    company_ids = fields.Many2many(
        comodel_name="res.partner", compute="_compute_company_ids"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Person",
        domain="[('id', 'child_of', company_ids), ('is_company', '=', False)]",
        help="A contact of a company that takes part.",
    )
    role = fields.Selection(
        selection=[
            ("collects", "Only collects, sees no points"),
            ("sees", "Sees points and their history"),
            ("uses", "Uses points within limits"),
            ("administers", "Decides: answers wishes above limits, gives roles"),
        ],
        string="May do",
        default="uses",
    )
    has_limits = fields.Boolean(compute="_compute_has_limits")
    limit_order = Points(
        string="Points per order",
        help="Most points on one order without asking. 0: no limit.",
    )
    limit_month = Points(
        string="Points per month",
        help="Most points in a calendar month without asking. 0: no limit.",
    )
    current = fields.Char(string="Now", compute="_compute_current")
    reason = fields.Char(help="Stands in the history of the wallet.")

    # === COMPUTE METHODS === #

    @api.depends("wallet_id")
    def _compute_company_ids(self):
        for wizard in self:
            wizard.company_ids = wizard.wallet_id.participant_ids.partner_id

    @api.depends("role")
    def _compute_has_limits(self):
        for wizard in self:
            wizard.has_limits = wizard.role in USING

    @api.depends("wallet_id", "partner_id")
    @api.depends_context("lang")
    def _compute_current(self):
        for wizard in self:
            wallet = wizard.wallet_id
            # an id may be forged, and what follows reads in sudo
            wallet.check_access("read")
            person = wallet._get_person(wizard.partner_id)
            wizard.current = person._get_role_words() if person else False

    # === ACTION METHODS === #

    def action_apply(self):
        """Give the role, or take it back.

        :raises AccessError: for all but the account manager, officers and
            administrators.
        :raises UserError: with what stands against it.
        """
        self.ensure_one()
        wallet = self.wallet_id
        wallet._check_giver()
        reason = (self.reason or "").strip()
        if not self.partner_id:
            raise UserError(self.env._("Choose a person."))
        if self.act == "take":
            wallet._revoke(self.partner_id, reason)
        else:
            wallet._grant(
                self.partner_id, self.role, self.limit_order, self.limit_month, reason
            )
        return {"type": "ir.actions.act_window_close"}
