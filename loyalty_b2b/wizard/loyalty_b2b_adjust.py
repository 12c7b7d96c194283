from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import formatLang

from ..fields import Points


class LoyaltyB2bAdjust(models.TransientModel):
    """Asks how many points to correct by hand, and why."""

    _name = "loyalty.b2b.adjust"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Adjust Points"

    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    point_name = fields.Char(related="wallet_id.point_name")
    currency_id = fields.Many2one(related="wallet_id.currency_id")
    available = Points(related="wallet_id.available", related_sudo=False)
    points = Points(
        string="Correct by",
        required=True,
        help="Whole points: above zero they are given, below zero taken off.",
    )
    points_after = Points(
        string="Available afterwards", compute="_compute_points_after"
    )
    amount = fields.Monetary(
        string="Worth",
        compute="_compute_points_after",
        help="What the correction is worth at today's rate.",
    )
    limit = Points(string="Your limit", compute="_compute_limit")
    is_limited = fields.Boolean(compute="_compute_limit")
    note = fields.Char(
        string="Reason", help="Stands in the history of the wallet for good."
    )
    request = fields.Char(
        readonly=True,
        default=lambda self: str(uuid4()),
        help="Two clicks on the same dialog book once.",
    )

    # === COMPUTE METHODS === #

    @api.depends("wallet_id", "points")
    def _compute_points_after(self):
        for wizard in self:
            wizard.points_after = wizard.available + wizard.points
            wizard.amount = wizard.wallet_id.program_id._get_worth(wizard.points)

    @api.depends("wallet_id")
    @api.depends_context("uid")
    def _compute_limit(self):
        limited = not self.env.user.has_group("loyalty_b2b.group_loyalty_b2b_admin")
        for wizard in self:
            wizard.is_limited = limited
            wizard.limit = wizard.wallet_id.program_id.adjustment_limit

    # === ACTION METHODS === #

    def action_adjust(self):
        """Book the correction.

        :raises AccessError: for users below officer and wallets they may not see.
        :raises UserError: without points or reason, or above the user's limit.
        """
        self.ensure_one()
        self._check_allowed()
        entry = self.wallet_id.sudo()._adjust(
            int(self.points), f"adjust:{self.request}", self.note.strip()
        )
        if entry:
            self.wallet_id.sudo().message_post(
                body=self._get_message(),
                author_id=self.env.user.partner_id.id,
            )
        return {"type": "ir.actions.act_window_close"}

    def _check_allowed(self):
        if not self.env.user.has_group("loyalty_b2b.group_loyalty_b2b_officer"):
            raise AccessError(
                self.env._("Only loyalty officers and administrators correct points.")
            )
        self.wallet_id.check_access("write")
        if not self.points:
            raise UserError(self.env._("Enter by how many points to correct."))
        if not (self.note or "").strip():
            raise UserError(
                self.env._("Give a reason: the customer's history shows it for good.")
            )
        if self.is_limited and abs(self.points) > self.limit:
            raise UserError(
                self.env._(
                    "You may correct at most %(limit)s points at once in programme"
                    " %(program)s. Ask a loyalty administrator for more.",
                    limit=formatLang(self.env, self.limit, digits=0),
                    program=self.wallet_id.program_id.name,
                )
            )

    def _get_message(self):
        sign = "+" if self.points > 0 else ""
        return self.env._(
            "Corrected by %(points)s %(name)s: %(reason)s",
            points=sign + formatLang(self.env, self.points, digits=0),
            name=self.point_name,
            reason=self.note.strip(),
        )
