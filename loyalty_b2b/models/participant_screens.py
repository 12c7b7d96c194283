from odoo import api, fields, models


class LoyaltyB2bParticipant(models.Model):
    """What the back office shows of a participating company."""

    _inherit = "loyalty.b2b.participant"

    program_id = fields.Many2one(string="Programme")
    vat = fields.Char(string="Tax number", related="partner_id.vat")
    is_opener = fields.Boolean(
        compute="_compute_is_opener", help="The company that opened the wallet."
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "wallet_id.partner_id")
    def _compute_is_opener(self):
        for participant in self:
            participant.is_opener = (
                participant.partner_id == participant.wallet_id.partner_id
            )

    # === ACTION METHODS === #

    def action_keep_apart(self):
        """Ask why the company shall have a wallet of its own."""
        self.ensure_one()
        return self.wallet_id._get_dialog(
            self.env._("Keep a company apart"),
            "loyalty.b2b.participation",
            {
                "default_wallet_id": self.wallet_id.id,
                "default_partner_id": self.partner_id.id,
                "default_act": "apart",
            },
        )
