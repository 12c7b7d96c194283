from odoo import api, fields, models
from odoo.exceptions import AccessError


class LoyaltyB2bTierSet(models.TransientModel):
    """Asks which level a customer is given by hand, why and until when."""

    _name = "loyalty.b2b.tier.set"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Set a Level by Hand"

    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    program_id = fields.Many2one(related="wallet_id.program_id")
    tier_earned_id = fields.Many2one(
        related="wallet_id.tier_earned_id", related_sudo=False
    )
    tier_manual_id = fields.Many2one(
        related="wallet_id.tier_manual_id", related_sudo=False, string="Set by hand now"
    )
    tier_manual_until = fields.Date(
        related="wallet_id.tier_manual_until", related_sudo=False, string="Set until"
    )
    allowed_tier_ids = fields.Many2many(
        comodel_name="loyalty.b2b.tier", compute="_compute_allowed_tier_ids"
    )
    tier_id = fields.Many2one(
        comodel_name="loyalty.b2b.tier",
        string="Level",
        domain="[('id', 'in', allowed_tier_ids)]",
        help="A level above the one that was earned.",
    )
    date_until = fields.Date(
        string="Until", help="Last day, included. Empty: until somebody ends it."
    )
    reason = fields.Char(help="Stands in the history of levels for good.")

    # === COMPUTE METHODS === #

    @api.depends("wallet_id")
    def _compute_allowed_tier_ids(self):
        for wizard in self:
            earned = wizard.tier_earned_id
            wizard.allowed_tier_ids = wizard.program_id.tier_ids.filtered(
                lambda tier, held=earned: not held or tier.threshold > held.threshold
            )

    # === ACTION METHODS === #

    def action_set(self):
        """Set the level.

        :raises AccessError: for users below officer and wallets they may not see.
        :raises UserError: without a reason, or if the level gives nothing.
        """
        self._check_allowed()
        self.wallet_id._set_tier(self.tier_id, self.reason, self.date_until or None)
        return {"type": "ir.actions.act_window_close"}

    def action_end(self):
        """End the level that was set by hand.

        :raises AccessError: for users below officer and wallets they may not see.
        :raises UserError: if none was set by hand.
        """
        self._check_allowed()
        self.wallet_id._end_manual_tier(self.reason)
        return {"type": "ir.actions.act_window_close"}

    def _check_allowed(self):
        self.ensure_one()
        if not self.env.user.has_group("loyalty_b2b.group_loyalty_b2b_officer"):
            raise AccessError(
                self.env._("Only loyalty officers and administrators set levels.")
            )
        self.wallet_id.check_access("write")
