from odoo import fields, models


class LoyaltyB2bTell(models.TransientModel):
    """New terms may have to be accepted again."""

    _inherit = "loyalty.b2b.tell"

    asks_acceptance = fields.Boolean(
        string="Ask for acceptance again",
        help="The terms as they are now become a new version. Who decides about points"
        " at a customer reads and accepts it in the portal; points can be used"
        " meanwhile.",
    )
    terms_version = fields.Integer(related="program_id.terms_version")

    def action_tell(self):
        result = super().action_tell()
        if self.asks_acceptance:
            self.program_id._ask_acceptance()
        return result

    def action_ask_acceptance(self):
        """Ask for acceptance without a message: where messages are off.

        :raises AccessError: for all but administrators.
        """
        self.ensure_one()
        self.program_id.check_access("write")
        self.program_id._ask_acceptance()
        return {"type": "ir.actions.act_window_close"}
