from odoo import api, models
from odoo.fields import Domain


class LoyaltyB2bWallet(models.Model):
    """Wishes of a wallet that wait for an answer."""

    _inherit = "loyalty.b2b.wallet"

    # === BUSINESS METHODS === #

    @api.model
    def _query_overdue_wishes(self, after, limit):
        """Return ids of the wallets with wishes nobody answered, ascending."""
        return self.env["loyalty.b2b.approval"].sudo()._query_overdue(after, limit)

    def _lapse_wishes(self):
        """End the wishes that nobody has answered in time; run by the hourly job."""
        self._lock()
        approvals = self.env["loyalty.b2b.approval"].sudo()
        domain = Domain(approvals._get_overdue_domain())
        approvals.search(domain & Domain("wallet_id", "in", self.ids))._lapse()
