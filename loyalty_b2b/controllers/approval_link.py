from odoo.exceptions import UserError
from odoo.http import Controller, request, route

from .approval import answer_by, get_typed

ANSWERED = "loyalty_b2b_answered"


class LoyaltyB2bApprovalLink(Controller):
    """The customer's administrators answer by the link of their mail, not signed in.

    Opening the page decides nothing: mail scanners open it. A link that is forged,
    over, used, or whose owner may not answer any more is told nothing.
    """

    @route(
        "/loyalty/approval/<string:token>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def loyalty_b2b_approval(self, token, **kwargs):
        """Show the wish and its three answers."""
        return self._render_approval(token)

    @route(
        "/loyalty/approval/<string:token>",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def loyalty_b2b_approval_answer(self, token, **kwargs):
        """Answer in the name of whom the link was sent to."""
        approval, partner = self._find_approval(token, even_answered=True)
        try:
            if not approval:
                return self._render_over()
            answer_by(approval, partner, kwargs)
        except UserError as error:
            if approval.verdict:
                return self._render_over(str(error))
            return self._render_approval(token, str(error), kwargs)
        request.session[ANSWERED] = approval._get_verdict_text()
        return request.redirect("/loyalty/approval-answered")

    @route(
        "/loyalty/approval-answered",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def loyalty_b2b_approval_answered(self, **kwargs):
        """Thank; what was answered is known to the visitor's own session only."""
        values = {"text": request.session.get(ANSWERED, "")}
        return self._render_private("loyalty_b2b.portal_approval_answered", values)

    # === VALUES === #

    def _find_approval(self, token, **options):
        return request.env["loyalty.b2b.approval"]._find_by_token(token, **options)

    def _render_over(self, text=""):
        response = self._render_private(
            "loyalty_b2b.portal_approval_over", {"text": text}
        )
        response.status_code = 404
        return response

    def _render_approval(self, token, error="", typed=None):
        approval, partner = self._find_approval(token)
        if not approval:
            return self._render_over()
        wallet = approval.wallet_id
        program = wallet._prepare_message_program()
        values = {
            "a": approval._prepare_approval(),
            "name": partner.name,
            "action": f"/loyalty/approval/{token}",
            "program": program,
            "is_decider": True,
            "error": error,
            "typed": get_typed(typed),
        }
        return self._render_private("loyalty_b2b.portal_approval_link", values)

    def _render_private(self, template, values):
        """Render a page whose address is the key: it goes nowhere else."""
        response = request.render(template, values)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response
