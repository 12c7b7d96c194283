from odoo import models
from odoo.http import request

from .ir_http import get_notes


class SaleOrder(models.Model):
    """What the visitor of the shop reads of points of his cart and his last order."""

    _inherit = "sale.order"

    # === BUSINESS METHODS === #

    def _prepare_loyalty_b2b_owner_facts(self, owner, program, asks):
        """Take what the request already knows of the visitor's company."""
        visit = self._find_loyalty_b2b_shop_visit()
        if visit and (visit.facts["id"], visit.program_id) == (owner.id, program.id):
            return visit.facts
        return super()._prepare_loyalty_b2b_owner_facts(owner, program, asks)

    def _find_loyalty_b2b_shop_visit(self):
        """Return the `Visit` of who looks at the order in the shop; None elsewhere."""
        website = getattr(request, "website", None) if request else None
        if not self.website_id or website != self.website_id:
            return None
        return website._get_loyalty_b2b_visit()

    def _prepare_loyalty_b2b_shop_points(self):
        """Return what the summary of the cart says of points as plain values.

        :return: dict: `earns`, `more`, `company` (of who collects and sees nothing)
            and `balance`, each a text or ''; {} for whom it does not concern.
        """
        if not self or self.state not in ("draft", "sent"):
            return {}
        # the summary stands twice on most pages
        place = (
            self.id,
            tuple((line.id, line.price_subtotal) for line in self.order_line),
        )
        carts = get_notes("loyalty_b2b_carts")
        if place not in carts:
            carts[place] = self._compute_loyalty_b2b_shop_points()
        return carts[place]

    def _compute_loyalty_b2b_shop_points(self):
        wallet, visit = self._find_loyalty_b2b_shop_wallet()
        if not wallet:
            return {}
        program = wallet.program_id.with_env(self.env)
        promise = self._get_loyalty_b2b_preview(wallet)
        sees = visit.may("sees")
        return {
            "earns": self._get_loyalty_b2b_earning_text(promise, program),
            "more": self._get_loyalty_b2b_nudge_text(promise, program),
            "company": "" if sees else wallet.partner_id.name,
            "balance": program._format_portal_points(max(0, wallet.available))
            if sees
            else "",
        }

    def _get_loyalty_b2b_shop_text(self):
        """Return what the visitor's last order earns as a sentence, '' for nothing."""
        wallet, _visit = self._find_loyalty_b2b_shop_wallet()
        if not wallet:
            return ""
        program = wallet.program_id.with_env(self.env)
        promise = self._get_loyalty_b2b_preview(wallet)
        return self._get_loyalty_b2b_earning_text(promise, program)

    def _find_loyalty_b2b_shop_wallet(self):
        """Return the wallet in sudo for which the visitor buys this order, and how.

        Empty where somebody else's company is invoiced.
        """
        wallets = self.env["loyalty.b2b.wallet"].sudo()
        visit = self._find_loyalty_b2b_shop_visit()
        owner = self.sudo().partner_invoice_id._get_loyalty_b2b_owner()
        if not visit or visit.facts["id"] != owner.id:
            return wallets, None
        return wallets.browse(visit.wallet_id), visit
