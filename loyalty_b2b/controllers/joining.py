from odoo.http import request, route

from .portal import LoyaltyB2bPortal


class LoyaltyB2bJoining(LoyaltyB2bPortal):
    """An invited company reads the terms and joins."""

    @route(
        "/my/loyalty/program/<int:program_id>/join",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_loyalty_b2b_join(self, program_id, **kwargs):
        """Show what the programme promises, its terms, and a button."""
        wallets = self._get_loyalty_b2b_wallets()
        wallet = self._choose_loyalty_b2b_wallet(wallets, program_id)
        if not wallet:
            return self._redirect_loyalty_b2b(wallets)
        if not wallet._can_join():
            return request.redirect(f"/my/loyalty/program/{program_id}")
        values = {
            **self._prepare_loyalty_b2b_layout(wallet, wallets, "loyalty_b2b_join"),
            "joining": wallet._prepare_portal_joining(),
            "is_unread": "unread" in request.params,
        }
        return request.render("loyalty_b2b.portal_my_loyalty_join", values)

    @route(
        "/my/loyalty/program/<int:program_id>/join",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_loyalty_b2b_accept(self, program_id, accept="", **kwargs):
        """Let the visitor's company join; a second click changes nothing."""
        wallets = self._get_loyalty_b2b_wallets()
        wallet = self._choose_loyalty_b2b_wallet(wallets, program_id)
        if not wallet:
            return self._redirect_loyalty_b2b(wallets)
        url = f"/my/loyalty/program/{program_id}"
        if not wallet._can_join():
            return request.redirect(url)
        if accept != "yes":
            return request.redirect(f"{url}/join?unread=1")
        wallet._accept(person=request.env.user.partner_id)
        return request.redirect(f"{url}?joined=1")

    # === VALUES === #

    def _prepare_loyalty_b2b_values(self, wallet, wallets):
        return {
            **super()._prepare_loyalty_b2b_values(wallet, wallets),
            "has_joined": "joined" in request.params and wallet.state == "active",
        }
