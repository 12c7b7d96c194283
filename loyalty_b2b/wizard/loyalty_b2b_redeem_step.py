from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import plaintext

MOST_TEXT = 250


class LoyaltyB2bRedeemStep(models.TransientModel):
    """Asks how rewards were handed over, or why their use is cancelled."""

    _name = "loyalty.b2b.redeem.step"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Step of Rewards"

    redemption_ids = fields.Many2many(
        comodel_name="loyalty.b2b.redemption", string="Uses", readonly=True
    )
    step = fields.Selection(
        selection=[("fulfil", "Handed over"), ("cancel", "Cancel")],
        required=True,
        readonly=True,
    )
    note = fields.Char(string="Remark")

    # === ACTION METHODS === #

    def action_apply(self):
        """Take the step: officers, and for handing over who is responsible.

        :raises AccessError: for all others.
        :raises UserError: for cancelling without a reason.
        """
        self.ensure_one()
        uses, note = self.redemption_ids, plaintext.clean(self.note, MOST_TEXT)
        if self.step == "fulfil":
            uses._check_handler()
            uses.sudo()._fulfil(note)
        else:
            uses._check_officer()
            if not note:
                raise UserError(
                    self.env._("Give a reason: it stays with the use for good.")
                )
            uses.sudo()._cancel_reward(note)
        return {"type": "ir.actions.act_window_close"}
