from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..fields import Points
from ..models.loyalty_b2b_activity import OFFICER


class LoyaltyB2bTransferNew(models.TransientModel):
    """Asks which company gets the points of another one, how many and why."""

    _name = "loyalty.b2b.transfer.new"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Transfer to Another Company"

    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        string="From",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="wallet_id.company_id")
    point_name = fields.Char(related="wallet_id.point_name")
    available = Points(related="wallet_id.available", related_sudo=False)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="To",
        required=True,
        check_company=True,
        domain="[('is_company', '=', True)]",
        help="The company that gets the points; it is enrolled if it has to be.",
    )
    is_all = fields.Boolean(string="All points", default=True)
    points = Points(string="How many", help="Whole points, above 0.")
    reason = fields.Char(
        help="Stands in the history that both companies read, for good."
    )
    plan = fields.Text(string="What will happen", compute="_compute_plan")

    # === COMPUTE METHODS === #

    @api.depends("wallet_id", "partner_id", "is_all", "points")
    @api.depends_context("lang")
    def _compute_plan(self):
        for wizard in self:
            lines = []
            if wizard.partner_id and (wizard.is_all or wizard.points):
                points = None if wizard.is_all else int(wizard.points)
                lines = wizard.wallet_id._get_transfer_plan(wizard.partner_id, points)
            wizard.plan = "\n".join(lines)

    # === ACTION METHODS === #

    def action_ask(self):
        """Ask another officer to confirm the transfer, and open it.

        :raises AccessError: below officer, and for wallets the user may not see.
        :raises UserError: without a reason, or if nothing can be moved.
        """
        self.ensure_one()
        self._check_allowed()
        wallet = self.wallet_id.sudo()
        if refusal := wallet._get_transfer_refusal(self.partner_id):
            raise UserError(refusal)
        points = int(wallet.available) if self.is_all else int(self.points)
        if not 0 < points <= wallet.available:
            raise UserError(wallet._get_short_message(points, int(wallet.available)))
        transfer = (
            self.env["loyalty.b2b.transfer"]
            .sudo()
            .create(
                {
                    "wallet_id": wallet.id,
                    "partner_id": self.partner_id._get_loyalty_b2b_owner().id,
                    "is_all": self.is_all,
                    "points": points,
                    "reason": self.reason.strip(),
                    "user_id": self.env.uid,
                    "asked_on": fields.Datetime.now(),
                }
            )
        )
        transfer._ask()
        return transfer.with_env(self.env).get_formview_action()

    def _check_allowed(self):
        if not self.env.user.has_group(OFFICER):
            raise AccessError(
                self.env._("Only loyalty officers and administrators move points.")
            )
        self.wallet_id.check_access("write")
        self.partner_id.check_access("read")
        if not (self.reason or "").strip():
            raise UserError(
                self.env._("Give a reason: both companies read it in their history.")
            )
        waiting = (
            self.env["loyalty.b2b.transfer"]
            .sudo()
            .search_count(
                [("wallet_id", "=", self.wallet_id.id), ("state", "=", "asked")],
                limit=1,
            )
        )
        if waiting:
            raise UserError(
                self.env._(
                    "Another transfer of %(customer)s waits for a second person"
                    " already.",
                    customer=self.wallet_id.partner_id.display_name,
                )
            )
