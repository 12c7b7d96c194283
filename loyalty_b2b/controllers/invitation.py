import re

from odoo.exceptions import UserError
from odoo.http import Controller, request, route
from odoo.tools import email_normalize

from ..tools.plaintext import clean

ASKED = ("name", "tax_id", "contact", "email", "phone")


class LoyaltyB2bInvitation(Controller):
    """A recommended company reads the promise and joins, or asks to.

    Whoever has the token may: it is as good as the invitation. A token that is wrong,
    over or used is answered like one that never was.
    """

    @route(
        "/loyalty/invitation/<string:token>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def loyalty_b2b_invitation(self, token, **kwargs):
        """Show who recommends what, the terms, and how to join."""
        return self._render_invitation(self._find_invitation(token))

    @route(
        "/loyalty/invitation/<string:token>/logo",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def loyalty_b2b_invitation_logo(self, token, **kwargs):
        """Stream the programme's logo, or else that of the company that runs it."""
        referral = self._find_invitation(token)
        if not referral:
            return request.not_found()
        program, binary = referral.program_id, request.env["ir.binary"].sudo()
        if program.logo:
            return binary._get_image_stream_from(program, "logo").get_response()
        return binary._get_image_stream_from(
            program.company_id, "logo_web"
        ).get_response()

    @route(
        "/loyalty/invitation/<string:token>/ask",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def loyalty_b2b_invitation_ask(self, token, accept="", **kwargs):
        """Note that the company wants to join; asked twice, nothing changes."""
        referral = self._find_invitation(token)
        typed = {name: clean(kwargs.get(name)) for name in ASKED}
        error = self._get_ask_error(typed, accept)
        if referral and error:
            return self._render_invitation(referral, typed=typed, error=error)
        if referral:
            referral._ask(typed)
        return request.redirect(f"/loyalty/invitation/{clean(token)}", local=True)

    @route(
        "/loyalty/invitation/<string:token>/join",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def loyalty_b2b_invitation_join(self, token, accept="", **kwargs):
        """Let the company of the visitor join at once."""
        referral = self._find_invitation(token)
        person = request.env.user.partner_id
        if not referral or not self._get_joiner(referral):
            return self._render_invitation(referral)
        if accept != "yes":
            error = request.env._("Please tick the box first.")
            return self._render_invitation(referral, error=error)
        try:
            with request.env.cr.savepoint():
                code = referral._join(person, person=person)
        except UserError as refusal:
            return self._render_invitation(referral, error=str(refusal))
        if code:
            return self._render_invitation(
                referral,
                error=request.env._(
                    "Your company cannot join by this invitation, as we know it"
                    " already. Please ask your account manager."
                ),
            )
        return request.redirect(
            f"/my/loyalty/program/{referral.program_id.id}?joined=1"
        )

    # === VALUES === #

    def _find_invitation(self, token):
        """Return the referral of a token, in sudo, if the invitation still holds."""
        referrals = request.env["loyalty.b2b.referral"].sudo()
        if not re.fullmatch(r"[A-Za-z0-9_-]{20,64}", token):
            return referrals
        found = referrals.search([("token", "=", token)], limit=1)
        return found.filtered(lambda referral: referral._is_open())

    def _get_joiner(self, referral):
        """Return the visitor's company, if it may join at once."""
        user = request.env.user
        if user._is_public() or user._is_internal():
            return user.partner_id.browse()
        if referral.company_id not in user.sudo().company_ids:
            return user.partner_id.browse()
        return user.partner_id.sudo()._get_loyalty_b2b_owner()

    def _get_ask_error(self, typed, accept):
        if not typed["name"] or not typed["contact"]:
            return request.env._("Enter the name of your company, and your own.")
        if not email_normalize(typed["email"]):
            return request.env._("Enter one valid e-mail address.")
        if accept != "yes":
            return request.env._("Please tick the box first.")
        return ""

    def _render_invitation(self, referral, typed=None, error=""):
        if not referral:
            response = request.render("loyalty_b2b.portal_invitation_over")
            response.status_code = 404
            return response
        invitation = referral._prepare_portal_invitation()
        typed = typed or {
            "name": invitation["name"],
            "contact": invitation["contact"],
            "email": invitation["email"],
        }
        joiner = self._get_joiner(referral)
        values = {
            **invitation,
            "typed": {name: typed.get(name, "") for name in ASKED},
            "error": error,
            "joiner": joiner.name if joiner else "",
            "is_staff": request.env.user._is_internal(),
        }
        return request.render("loyalty_b2b.portal_invitation", values)
