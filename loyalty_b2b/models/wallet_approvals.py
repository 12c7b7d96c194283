from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

MOST_ANSWERED = 20


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

    # === PORTAL === #

    def _get_questions_sql(self):
        """Return SQL for the number of open questions to the customer of wallet `w`."""
        return SQL(
            "SELECT COUNT(*) FROM loyalty_b2b_redemption r"
            "  JOIN loyalty_b2b_approval a ON a.redemption_id = r.id"
            " WHERE r.wallet_id = w.id AND r.state = 'approve'"
            "   AND a.verdict IS NULL AND a.step = 'customer'"
        )

    def _prepare_portal_approvals(self):
        """Return the questions to the customer's administrators as plain values.

        :return: dict of lists: all that are open, and the latest answered ones.
        """
        self.ensure_one()
        approvals = self.env["loyalty.b2b.approval"].sudo()
        domain = Domain("wallet_id", "=", self.id) & Domain("step", "=", "customer")
        waiting = approvals.search(domain & Domain("verdict", "=", False))
        answered = approvals.search(
            domain & Domain("verdict", "!=", False),
            order="decided_at desc, id desc",
            limit=MOST_ANSWERED,
        )
        return {
            "waiting": [one._prepare_approval() for one in waiting],
            "answered": [one._prepare_approval() for one in answered],
        }
