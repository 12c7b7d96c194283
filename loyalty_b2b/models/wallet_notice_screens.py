from odoo import fields, models


class LoyaltyB2bWallet(models.Model):
    """The messages about a wallet in the back office."""

    _inherit = "loyalty.b2b.wallet"

    digest_count = fields.Integer(
        string="Messages sent", compute="_compute_digest_count"
    )
    digest_ids = fields.One2many(
        comodel_name="loyalty.b2b.digest", inverse_name="wallet_id", string="Told"
    )
    has_notices = fields.Boolean(related="program_id.notices")

    # === COMPUTE METHODS === #

    def _compute_digest_count(self):
        groups = self.env["loyalty.b2b.digest"]._read_group(
            [("wallet_id", "in", self.ids)], ["wallet_id"], ["__count"]
        )
        counts = dict(groups)
        for wallet in self:
            wallet.digest_count = counts.get(wallet, 0)

    # === ACTION METHODS === #

    def action_view_digests(self):
        """Open the messages about the wallet."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_b2b.loyalty_b2b_digest_action"
        )
        return {**action, "domain": [("wallet_id", "=", self.id)], "context": {}}

    def action_preview_message(self):
        """Show what the customer's people would read, without sending anything."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview message"),
            "res_model": "loyalty.b2b.message.preview",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_program_id": self.program_id.id,
                "default_wallet_id": self.id,
                "dialog_size": "large",
            },
        }
