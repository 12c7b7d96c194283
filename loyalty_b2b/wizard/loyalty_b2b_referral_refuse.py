from odoo import fields, models
from odoo.exceptions import UserError

from ..models.loyalty_b2b_referral import OPEN


class LoyaltyB2bReferralRefuse(models.TransientModel):
    """Asks why a referral is refused."""

    _name = "loyalty.b2b.referral.refuse"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Refuse a Referral"

    referral_id = fields.Many2one(
        comodel_name="loyalty.b2b.referral",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    reason = fields.Char(help="Staff read it; the customer reads “Not accepted”.")

    # === ACTION METHODS === #

    def action_refuse(self):
        """Refuse the referral.

        :raises UserError: without a reason, or if the company has joined.
        """
        self.ensure_one()
        referral = self.referral_id
        referral._check_officer()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why: the reason is kept."))
        if referral.state not in OPEN:
            raise UserError(
                self.env._(
                    "Only open referrals are refused; that of %(name)s is “%(state)s”.",
                    name=referral.name,
                    state=referral._get_state_label(),
                )
            )
        referral.sudo()._refuse("staff", reason)
        referral.sudo().activity_feedback(["mail.mail_activity_data_todo"])
        return {"type": "ir.actions.act_window_close"}
