from odoo.http import request, route

from ..models.wallet_consents import CONSENTS
from .portal import LoyaltyB2bPortal


class LoyaltyB2bTerms(LoyaltyB2bPortal):
    """New terms are read and accepted; consents are given and withdrawn."""

    # === TERMS === #

    @route(
        "/my/loyalty/program/<int:program_id>/terms",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_loyalty_b2b_terms(self, program_id, **kwargs):
        """Show the newest terms, and a button to who accepts them."""
        wallets = self._get_loyalty_b2b_wallets()
        wallet = self._choose_loyalty_b2b_wallet(wallets, program_id)
        if not wallet:
            return self._redirect_loyalty_b2b(wallets)
        values = {
            **self._prepare_loyalty_b2b_layout(wallet, wallets, "loyalty_b2b_terms"),
            "accepting": wallet._prepare_portal_terms(request.env.user.partner_id),
            "is_unread": "unread" in request.params,
        }
        return request.render("loyalty_b2b.portal_my_loyalty_terms", values)

    @route(
        "/my/loyalty/program/<int:program_id>/terms",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_loyalty_b2b_terms_accept(
        self, program_id, accept="", version="", **kwargs
    ):
        """Accept the newest terms for the company; a second click changes nothing."""
        wallets = self._get_loyalty_b2b_wallets()
        wallet = self._choose_loyalty_b2b_wallet(wallets, program_id)
        if not wallet:
            return self._redirect_loyalty_b2b(wallets)
        url = f"/my/loyalty/program/{wallet.program_id.id}"
        # what was read may be old by now
        if accept != "yes" or version != str(wallet.program_id.terms_version):
            return request.redirect(f"{url}/terms?unread=1")
        wallet._accept_terms(request.env.user.partner_id)
        return request.redirect(f"{url}/terms")

    # === CONSENTS === #

    @route(
        "/my/loyalty/program/<int:program_id>/consent",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_loyalty_b2b_consent(
        self, program_id, kind="", channel="", act="", **kwargs
    ):
        """Give or withdraw a consent of the visitor himself; nobody else's."""
        wallets = self._get_loyalty_b2b_wallets()
        wallet = self._choose_loyalty_b2b_wallet(wallets, program_id)
        # who only collects withdraws at any time, too
        wallet = wallet or self._choose_loyalty_b2b_collected(program_id)
        if not wallet:
            return self._redirect_loyalty_b2b(wallets)
        partner = request.env.user.partner_id
        if (kind, channel) in CONSENTS and kind == "offers":
            if act == "give":
                wallet._give_consent(partner, kind, channel)
            elif act == "withdraw":
                wallet._withdraw_consent(partner, kind, channel)
        url = f"/my/loyalty/program/{wallet.program_id.id}"
        return request.redirect(f"{url}/messages#consents")
