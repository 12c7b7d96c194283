from odoo import fields, models
from odoo.exceptions import UserError


class LoyaltyB2bActivityReason(models.TransientModel):
    """Asks why activities are refused or taken back."""

    _name = "loyalty.b2b.activity.reason"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Refuse or Take Back Activities"

    act = fields.Selection(
        selection=[("refuse", "Refuse"), ("take_back", "Take back")],
        required=True,
        readonly=True,
    )
    activity_ids = fields.Many2many(
        comodel_name="loyalty.b2b.activity",
        relation="loyalty_b2b_activity_reason_rel",
        string="Activities",
    )
    reason = fields.Char(required=True, help="Customers read it if points are taken.")

    # === ACTION METHODS === #

    def action_apply(self):
        """Refuse the activities or take them back.

        :raises AccessError: for users below officer.
        :raises UserError: without a reason, or for what is past this step.
        """
        self.ensure_one()
        acts = self.activity_ids
        acts._check_officer()
        acts.check_access("write")
        reason = self.reason.strip()
        if not reason:
            raise UserError(self.env._("Give a reason."))
        if self.act == "refuse":
            acts._refuse(reason)
        else:
            acts._take_back(reason)
        return {"type": "ir.actions.act_window_close"}
