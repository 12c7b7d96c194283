from odoo import models


class LoyaltyB2bWallet(models.Model):
    """The level of a wallet, as customers see it."""

    _inherit = "loyalty.b2b.wallet"

    # === SUMMARY === #

    def _prepare_portal_summary(self):
        return {
            **super()._prepare_portal_summary(),
            "level": self._prepare_tier(in_portal=True),
        }
