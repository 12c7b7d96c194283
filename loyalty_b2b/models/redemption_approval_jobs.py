from odoo import api, models


class LoyaltyB2bRedemption(models.Model):
    """Wishes lapse with the job that releases overdue holds."""

    _inherit = "loyalty.b2b.redemption"

    @api.model
    def _cron_release_holds(self):
        super()._cron_release_holds()
        wallets = self.env["loyalty.b2b.wallet"].sudo()
        wallets._run_batches("_query_overdue_wishes", "_lapse_wishes")
