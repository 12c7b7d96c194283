from odoo.exceptions import UserError
from odoo.http import request, route

from .portal import LoyaltyB2bPortal

TYPED = ("name", "contact_name", "email", "tax_id")


class LoyaltyB2bRecommend(LoyaltyB2bPortal):
    """Customers recommend companies and see what became of it."""

    @route(
        "/my/loyalty/program/<int:program_id>/recommend",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_loyalty_b2b_recommend(self, program_id, **kwargs):
        """Show what recommending brings, the form, and earlier recommendations."""
        wallets, wallet = self._find_loyalty_b2b_recommender(program_id)
        if not wallet:
            return self._redirect_loyalty_b2b(wallets)
        return self._render_loyalty_b2b_recommend(wallets, wallet)

    @route(
        "/my/loyalty/program/<int:program_id>/recommend",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_loyalty_b2b_invite(self, program_id, **kwargs):
        """Recommend a company; it is told by e-mail."""
        wallets, wallet = self._find_loyalty_b2b_recommender(program_id)
        if not wallet:
            return self._redirect_loyalty_b2b(wallets)
        typed = {name: kwargs.get(name, "") for name in TYPED}
        try:
            with request.env.cr.savepoint():
                referral = wallet._recommend(request.env.user.partner_id, typed)
        except UserError as error:
            return self._render_loyalty_b2b_recommend(
                wallets, wallet, typed=typed, error=str(error)
            )
        url = f"/my/loyalty/program/{program_id}/recommend"
        return request.redirect(f"{url}?shown={referral.id}")

    # === VALUES === #

    def _find_loyalty_b2b_recommender(self, program_id):
        """Return the visitor's wallets, and the one that may recommend companies."""
        wallets = self._get_loyalty_b2b_wallets()
        wallet = self._choose_loyalty_b2b_wallet(wallets, program_id)
        return wallets, wallet.filtered(lambda w: w.program_id._takes_referrals())

    def _render_loyalty_b2b_recommend(self, wallets, wallet, typed=None, error=""):
        referrals = wallet._prepare_portal_referrals()
        shown = request.params.get("shown")
        values = {
            **self._prepare_loyalty_b2b_layout(
                wallet, wallets, "loyalty_b2b_recommend"
            ),
            "referrals": referrals,
            "typed": {name: str((typed or {}).get(name, ""))[:200] for name in TYPED},
            "error": error,
            "sent": next((r for r in referrals["rows"] if str(r["id"]) == shown), {}),
        }
        return request.render("loyalty_b2b.portal_my_loyalty_recommend", values)
