from werkzeug.urls import url_encode

from odoo.exceptions import UserError
from odoo.http import content_disposition, request, route

from .portal import LoyaltyB2bPortal

MOST_SHOWN = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class LoyaltyB2bStatement(LoyaltyB2bPortal):
    """The statement of a period: on screen, as PDF and as spreadsheet."""

    @route(
        "/my/loyalty/program/<int:program_id>/statement",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_loyalty_b2b_statement(self, program_id, first=None, last=None, **kwargs):
        """Show how points moved in a period, by default in the last quarter."""
        wallets = self._get_loyalty_b2b_wallets()
        wallet = self._choose_loyalty_b2b_wallet(wallets, program_id)
        if not wallet:
            return self._redirect_loyalty_b2b(wallets)
        return self._render_loyalty_b2b_statement(wallets, wallet, first, last)

    @route(
        "/my/loyalty/program/<int:program_id>/statement/<string:kind>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_loyalty_b2b_statement_file(
        self, program_id, kind, first=None, last=None, **kwargs
    ):
        """Download the statement of a period.

        :param str kind: pdf or xlsx; anything else leads to the page.
        """
        wallets = self._get_loyalty_b2b_wallets()
        wallet = self._choose_loyalty_b2b_wallet(wallets, program_id)
        if not wallet:
            return self._redirect_loyalty_b2b(wallets)
        if kind not in ("pdf", "xlsx"):
            return request.redirect(f"/my/loyalty/program/{program_id}/statement")
        try:
            term = wallet._read_statement_term(first, last)
            return self._send_loyalty_b2b_statement(wallet, term, kind)
        except UserError as error:
            return self._render_loyalty_b2b_statement(
                wallets, wallet, first, last, error=str(error)
            )

    # === VALUES === #

    def _send_loyalty_b2b_statement(self, wallet, term, kind):
        if kind == "pdf":
            content, mimetype = wallet._print_statement(*term), "application/pdf"
        else:
            content, mimetype = wallet._get_statement_sheet(*term), XLSX
        name = f"{wallet.program_id.name} {term[0]} {term[1]}.{kind}"
        return request.make_response(
            content,
            [
                ("Content-Type", mimetype),
                ("Content-Disposition", content_disposition(name.replace("/", "-"))),
                ("Cache-Control", "private, no-store"),
            ],
        )

    def _render_loyalty_b2b_statement(self, wallets, wallet, first, last, error=""):
        statement, term = {}, (str(first or "")[:10], str(last or "")[:10])
        try:
            term = wallet._read_statement_term(first, last)
            statement = wallet._get_statement(*term)
        except UserError as refusal:
            error = error or str(refusal)
        url = f"/my/loyalty/program/{wallet.program_id.id}/statement"
        query = url_encode({"first": term[0], "last": term[1]})
        values = {
            **self._prepare_loyalty_b2b_layout(
                wallet, wallets, "loyalty_b2b_statement"
            ),
            "url": url,
            "first": str(term[0]),
            "last": str(term[1]),
            "today": str(wallet.program_id._today()),
            "terms": [
                {
                    "label": label,
                    "url": f"{url}?{url_encode({'first': start, 'last': end})}",
                    "is_current": (start, end) == term,
                }
                for label, start, end in wallet._get_statement_terms()
            ],
            "error": error,
            "statement": statement,
            # newest first on screen, and no more than one reads there
            "rows": statement.get("rows", [])[: -MOST_SHOWN - 1 : -1],
            "more": max(len(statement.get("rows", [])) - MOST_SHOWN, 0),
            "pdf_url": f"{url}/pdf?{query}",
            "xlsx_url": f"{url}/xlsx?{query}",
        }
        return request.render("loyalty_b2b.portal_my_loyalty_statement", values)
