from odoo import models
from odoo.fields import Domain

from .redemption_portal import OPEN_STATES


class LoyaltyB2bWallet(models.Model):
    """The uses of points that a customer's people see."""

    _inherit = "loyalty.b2b.wallet"

    def _get_portal_use_filters(self):
        """Return the filters of the list: word → label."""
        return {
            "all": self.env._("All"),
            "open": self.env._("Under way"),
            "own": self.env._("Asked by me"),
            "ended": self.env._("Ended"),
        }

    def _get_portal_use_domain(self, partner, word="all"):
        """Return the domain of the uses that a person sees; wallets he sees.

        Whose personal gift something is, is for him and who decides about points.

        :param partner: `res.partner` who looks.
        :param str word: of `_get_portal_use_filters`.
        """
        decided = self.filtered(
            lambda wallet: partner._has_loyalty_b2b_role(wallet, "administers")
        )
        domain = Domain("wallet_id", "in", self.ids) & Domain("state", "!=", "draft")
        # chosen in a cart and given up, before anything was held or asked
        domain &= ~(
            Domain("state", "in", ("cancelled", "lapsed"))
            & Domain("entry_ids", "=", False)
            & Domain("approval_ids", "=", False)
        )
        domain &= (
            Domain("reward_kind", "=", False)
            | Domain("reward_kind", "!=", "gift")
            | Domain("contact_id", "=", partner.id)
            | Domain("wallet_id", "in", decided.ids)
        )
        if word == "own":
            domain &= Domain("contact_id", "=", partner.id)
        if word == "open":
            domain &= self._get_portal_open_domain()
        if word == "ended":
            domain &= ~self._get_portal_open_domain()
        return domain

    def _get_portal_open_domain(self):
        """Return the domain of uses of which something is still to come."""
        is_order = Domain("reward_id", "=", False) | Domain("order_id", "!=", False)
        return Domain("state", "in", OPEN_STATES) & ~(
            is_order & Domain("state", "=", "done")
        )

    def _prepare_portal_uses(self, partner, word="all", page=1, step=20):
        """Return a page of the uses, newest first.

        :return: the rows as plain dicts, their number over all pages, the page.
        """
        self.ensure_one()
        uses = self.env["loyalty.b2b.redemption"].sudo()
        domain = self._get_portal_use_domain(partner, word)
        total = uses.search_count(domain)
        page = page if (page - 1) * step < total else 1
        found = uses.search(
            domain, order="id desc", limit=step, offset=(page - 1) * step
        )
        return [use._prepare_portal_row(partner) for use in found], total, page

    def _find_portal_use(self, partner, use_id):
        """Return a use of one of the wallets, in sudo; empty if he may not see it.

        :param int use_id: whatever was sent, not above 2**31 - 1.
        """
        uses = self.env["loyalty.b2b.redemption"].sudo()
        if not self:
            return uses
        domain = Domain("id", "=", use_id) & self._get_portal_use_domain(partner)
        return uses.search(domain, limit=1)
