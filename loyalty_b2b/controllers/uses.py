from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager

from .portal import MAX_ID, LoyaltyB2bPortal, parse_page


class LoyaltyB2bUses(LoyaltyB2bPortal):
    """What became of the points a customer's people have used, or asked for."""

    @route(
        [
            "/my/loyalty/program/<int:program_id>/uses",
            "/my/loyalty/program/<int:program_id>/uses/page/<int:page>",
        ],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_loyalty_b2b_uses(self, program_id, page=1, filterby="all", **kwargs):
        """Show what points were used for, and what is under way."""
        wallets = self._get_loyalty_b2b_wallets()
        wallet = self._choose_loyalty_b2b_wallet(wallets, program_id)
        if not wallet:
            return self._redirect_loyalty_b2b(wallets)
        filters = wallet._get_portal_use_filters()
        filterby = filterby if filterby in filters else "all"
        step = self._loyalty_b2b_items_per_page
        rows, total, page = wallet._prepare_portal_uses(
            request.env.user.partner_id, filterby, parse_page(page), step
        )
        url = f"/my/loyalty/program/{wallet.program_id.id}/uses"
        values = {
            **self._prepare_loyalty_b2b_layout(wallet, wallets, "loyalty_b2b_uses"),
            "rows": rows,
            "default_url": url,
            "filterby": filterby,
            "filters": [
                {
                    "label": label,
                    "url": f"{url}?filterby={word}",
                    "is_current": word == filterby,
                }
                for word, label in filters.items()
            ],
            "pager": pager(
                url=url,
                total=total,
                page=page,
                step=step,
                url_args={"filterby": filterby},
            ),
        }
        return request.render("loyalty_b2b.portal_my_loyalty_uses", values)

    @route(
        "/my/loyalty/use/<int:use_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_loyalty_b2b_use(self, use_id, **kwargs):
        """Show one use of points: its state, and what happens next."""
        wallets = self._get_loyalty_b2b_wallets()
        use = self._find_loyalty_b2b_use(wallets, use_id)
        if not use:
            return self._redirect_loyalty_b2b(wallets)
        return self._render_loyalty_b2b_use(wallets, use)

    @route(
        "/my/loyalty/use/<int:use_id>/withdraw",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_loyalty_b2b_withdraw(self, use_id, **kwargs):
        """Take the visitor's own wish back, as long as it waits for its answer."""
        wallets = self._get_loyalty_b2b_wallets()
        use = self._find_loyalty_b2b_use(wallets, use_id)
        if not use:
            return self._redirect_loyalty_b2b(wallets)
        partner = request.env.user.partner_id
        if use._can_withdraw_in_portal(partner):
            try:
                with request.env.cr.savepoint():
                    use._withdraw(by=partner)
            except UserError as error:
                return self._render_loyalty_b2b_use(wallets, use, error=str(error))
        return request.redirect(f"/my/loyalty/use/{use_id}")

    # === VALUES === #

    def _find_loyalty_b2b_use(self, wallets, use_id):
        """Return a use of points that the visitor may see, in sudo."""
        if use_id > MAX_ID:
            return request.env["loyalty.b2b.redemption"].sudo()
        return wallets._find_portal_use(request.env.user.partner_id, use_id)

    def _render_loyalty_b2b_use(self, wallets, use, error=""):
        values = {
            **self._prepare_loyalty_b2b_layout(
                use.wallet_id, wallets, "loyalty_b2b_use"
            ),
            "use": use._prepare_portal_use(request.env.user.partner_id),
            "is_noted": "noted" in request.params,
            "error": error,
        }
        response = request.render("loyalty_b2b.portal_my_loyalty_use", values)
        # codes are money: no copy of the page is kept
        response.headers["Cache-Control"] = "private, no-store"
        return response
