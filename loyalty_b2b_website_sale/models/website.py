from odoo import models


class Website(models.Model):
    """Which wallet a visitor shops for."""

    _inherit = "website"

    # === BUSINESS METHODS === #

    def _get_loyalty_b2b_wallet(self):
        """Return the wallet the visitor shops for, in sudo; empty for strangers.

        One that he may see, of a programme that this website shows.
        """
        self.ensure_one()
        user = self.env.user
        if user._is_public():
            return self.env["loyalty.b2b.wallet"].sudo()
        wallets = user.partner_id._get_loyalty_b2b_portal_wallets()
        return wallets.filtered(lambda one: one.program_id._is_shown_on(self))[:1]
