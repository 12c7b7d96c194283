from odoo import models


class LoyaltyB2bWallet(models.Model):
    """The button with which our people use points for a reward."""

    _inherit = "loyalty.b2b.wallet"

    def action_redeem(self):
        """Ask which reward the customer gets."""
        self.ensure_one()
        self.check_access("read")
        return self._get_dialog(
            self.env._("Reward for %s", self.partner_id.display_name),
            "loyalty.b2b.redeem",
            {"default_wallet_id": self.id, "dialog_size": "large"},
        )
