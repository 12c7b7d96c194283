from odoo.http import STATIC_CACHE, request, route
from odoo.tools import consteq

from .portal import LoyaltyB2bPortal

MOST_MESSAGES = 20


class LoyaltyB2bMessages(LoyaltyB2bPortal):
    """The messages a person got, and how he wants to get them."""

    @route(
        "/my/loyalty/program/<int:program_id>/messages",
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_loyalty_b2b_messages(self, program_id, **kwargs):
        """Show the latest messages of one programme to the visitor himself."""
        wallets = self._get_loyalty_b2b_wallets()
        wallet = self._choose_loyalty_b2b_wallet(wallets, program_id)
        if not wallet:
            return self._show_loyalty_b2b_consents(wallets, program_id)
        partner = request.env.user.partner_id
        values = {
            **self._prepare_loyalty_b2b_layout(wallet, wallets, "loyalty_b2b_messages"),
            "messages": self._prepare_loyalty_b2b_messages(wallet, partner),
            "channel": partner.sudo()._get_loyalty_b2b_channel(),
            "channels": partner._fields["loyalty_b2b_channel"]._description_selection(
                request.env
            ),
            "has_messages": wallet.program_id._has_notices(),
            "consents": wallet._prepare_portal_consents(partner),
        }
        return request.render("loyalty_b2b.portal_my_loyalty_messages", values)

    @route(
        "/my/loyalty/program/<int:program_id>/channel",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_loyalty_b2b_channel(self, program_id, channel=None, **kwargs):
        """Note how the visitor himself wants to be told; nobody else."""
        wallets = self._get_loyalty_b2b_wallets()
        wallet = self._choose_loyalty_b2b_wallet(wallets, program_id)
        if not wallet:
            return self._redirect_loyalty_b2b(wallets)
        partner = request.env.user.partner_id.sudo()
        if channel in dict(partner._fields["loyalty_b2b_channel"].selection):
            partner.loyalty_b2b_channel = channel
            wallets._note_channel(request.env.user.partner_id)
        return request.redirect(f"/my/loyalty/program/{wallet.program_id.id}/messages")

    @route(
        "/loyalty/<int:program_id>/<string:token>/logo.png",
        type="http",
        auth="public",
        readonly=True,
    )
    def loyalty_b2b_logo(self, program_id, token, **kwargs):
        """Stream the logo that mails show, to whoever has its address from us."""
        if program_id >= 2**31 or not token.isascii():
            return request.not_found()
        program = request.env["loyalty.b2b.program"].sudo().browse(program_id)
        if not consteq(program._get_logo_token(), token) or not program.exists():
            return request.not_found()
        record, name = (
            (program, "logo") if program.logo else (program.company_id, "logo_web")
        )
        binary = request.env["ir.binary"]
        stream = binary._get_image_stream_from(record, name, height=96)
        return stream.get_response(max_age=STATIC_CACHE)

    def _show_loyalty_b2b_consents(self, wallets, program_id):
        """Show who only collects what he agreed to, and nothing about points."""
        partner = request.env.user.partner_id
        wallet = self._choose_loyalty_b2b_collected(program_id)
        if not wallet:
            return self._redirect_loyalty_b2b(wallets)
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "loyalty_b2b_messages",
            "is_collector": True,
            "program": wallet.program_id._prepare_portal_program(),
            "programs": [],
            "manager": {},
            "consents": wallet._prepare_portal_consents(partner),
        }
        return request.render("loyalty_b2b.portal_my_loyalty_messages", values)

    def _prepare_loyalty_b2b_messages(self, wallet, partner):
        """Return the latest messages to a person as plain values."""
        digests = (
            request.env["loyalty.b2b.digest"]
            .sudo()
            .search_fetch(
                [
                    ("partner_id", "=", partner.id),
                    ("program_id", "=", wallet.program_id.id),
                    ("wallet_id", "=", wallet.id),
                    ("state", "!=", "cancelled"),
                ],
                ["day", "subject", "body"],
                limit=MOST_MESSAGES,
            )
        )
        return [
            {
                "id": digest.id,
                "day": wallet.program_id._format_portal_day(digest.day),
                "subject": digest.subject,
                "body": digest.body,
            }
            for digest in digests
        ]
