from odoo import fields, models


class LoyaltyB2bWallet(models.Model):
    """The referrals of a wallet in the back office."""

    _inherit = "loyalty.b2b.wallet"

    referral_count = fields.Integer(compute="_compute_referral_count")
    has_referrals = fields.Boolean(related="program_id.uses_referral")

    # === COMPUTE METHODS === #

    def _compute_referral_count(self):
        groups = self.env["loyalty.b2b.referral"]._read_group(
            [("wallet_id", "in", self.ids)], ["wallet_id"], ["__count"]
        )
        counts = dict(groups)
        for wallet in self:
            wallet.referral_count = counts.get(wallet, 0)

    # === ACTION METHODS === #

    def action_view_referrals(self):
        """Open the companies that this one recommends."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_b2b.loyalty_b2b_referral_action"
        )
        return {
            **action,
            "domain": [("wallet_id", "=", self.id)],
            "context": {"default_wallet_id": self.id},
        }
