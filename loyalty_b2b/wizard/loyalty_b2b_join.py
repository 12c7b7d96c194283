from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class LoyaltyB2bJoin(models.TransientModel):
    """Asks how an invited company agreed to take part, if not in the portal."""

    _name = "loyalty.b2b.join"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Mark as Joined"

    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    reason = fields.Char(
        string="How did it agree?", help="For example: signed the form at a fair."
    )

    # === ACTION METHODS === #

    def action_join(self):
        """Let the company take part.

        :raises AccessError: for users below officer and wallets they may not see.
        :raises UserError: without a reason, or if the company is not invited.
        """
        self.ensure_one()
        if not self.env.user.has_group("loyalty_b2b.group_loyalty_b2b_officer"):
            raise AccessError(
                self.env._("Only loyalty officers mark companies as joined.")
            )
        self.wallet_id.check_access("write")
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(
                self.env._("Say how the company agreed: by a signed form, by phone …")
            )
        self.wallet_id._accept(reason=reason)
        return {"type": "ir.actions.act_window_close"}
