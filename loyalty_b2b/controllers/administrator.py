from odoo.exceptions import UserError
from odoo.http import Controller, request, route

VERDICTS = {"confirm": "granted", "refuse": "refused"}
TOKEN_MOST = 500


class LoyaltyB2bAdministrator(Controller):
    """The company says by a link whether a person decides about its points.

    Whoever has the link may: it was sent to the main e-mail address of the company. A
    link that is wrong, over or used is answered like one that never was.
    """

    @route(
        "/loyalty/administrator/<string:token>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def loyalty_b2b_administrator(self, token, **kwargs):
        """Show who wants to decide about what, and two buttons."""
        return self._render_question(self._find_request(token))

    @route(
        "/loyalty/administrator/<string:token>",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def loyalty_b2b_administrator_answer(self, token, answer="", **kwargs):
        """Note the answer of the company, once."""
        found = self._find_request(token)
        verdict = VERDICTS.get(answer)
        if not found or not verdict:
            return self._render_question(found)
        try:
            with request.env.cr.savepoint():
                found._decide(verdict, found.email)
        except UserError as error:
            return self._render_question(found, str(error))
        return request.redirect(f"/loyalty/administrator?answer={answer}")

    @route(
        "/loyalty/administrator",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def loyalty_b2b_administrator_thanks(self, answer="", **kwargs):
        """Say thank you for an answer; knows nothing of anybody."""
        return request.render(
            "loyalty_b2b.portal_administrator_thanks",
            {"is_granted": answer == "confirm"},
        )

    # === VALUES === #

    def _find_request(self, token):
        """Return the request of a link, in sudo, if it can be answered now."""
        requests = request.env["loyalty.b2b.person.request"]
        if len(token) > TOKEN_MOST or not token.isascii():
            return requests.sudo()
        return requests._find_by_token(token)

    def _render_question(self, found, error=""):
        if not found:
            response = request.render("loyalty_b2b.portal_administrator_over")
            response.status_code = 404
            return response
        response = request.render(
            "loyalty_b2b.portal_administrator",
            {"question": found._prepare_link(), "error": error},
        )
        # the address is the key: it goes nowhere else
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response
