from odoo import api, fields, models
from odoo.exceptions import UserError


class LoyaltyB2bTell(models.TransientModel):
    """Asks what has changed in a programme, and tells all who take part."""

    _name = "loyalty.b2b.tell"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Tell Customers of New Terms"

    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        string="Programme",
        required=True,
        ondelete="cascade",
    )
    day = fields.Date(
        string="From",
        required=True,
        default=fields.Date.context_today,
        help="Day from which it holds.",
    )
    text = fields.Text(
        string="What changes",
        required=True,
        help="As customers read it, in their next message.",
    )
    wallet_count = fields.Integer(
        string="Customers", compute="_compute_wallet_count", compute_sudo=True
    )
    is_off = fields.Boolean(compute="_compute_wallet_count", compute_sudo=True)

    @api.depends("program_id")
    def _compute_wallet_count(self):
        for wizard in self:
            wizard.wallet_count = len(wizard.program_id._get_told_wallets())
            wizard.is_off = not wizard.program_id.notices

    @api.onchange("program_id")
    def _onchange_program_id(self):
        """Propose what is planned: rates and rules that begin later."""
        program = self.program_id
        if program and not self.text:
            day, lines = program._get_planned_changes()
            self.day = day or self.day
            self.text = "\n".join(lines)

    def action_tell(self):
        """Queue the message for everybody who takes part."""
        self.ensure_one()
        self.program_id.check_access("write")
        if not self.program_id.notices:
            raise UserError(
                self.env._(
                    "Messages of %(program)s are switched off. Switch them on first.",
                    program=self.program_id.name,
                )
            )
        count = self.program_id._tell_terms(self.day, self.text)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s customers are told in their next message.", count=count
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
