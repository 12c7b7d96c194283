from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager

from .portal import LoyaltyB2bPortal, parse_page

INVITED = ("name", "email", "company_id", "role", "limit_order", "limit_month")
GIVEN = ("partner_id", "role", "limit_order", "limit_month")
SEARCH_MOST = 100


class LoyaltyB2bPeople(LoyaltyB2bPortal):
    """The people of the customer: who decides about points, and what others may."""

    _loyalty_b2b_people_per_page = 40

    # === PAGES === #

    @route(
        [
            "/my/loyalty/program/<int:program_id>/people",
            "/my/loyalty/program/<int:program_id>/people/page/<int:page>",
        ],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_loyalty_b2b_people(self, program_id, page=1, search="", **kwargs):
        """Show who decides about points; to him, all persons of the companies."""
        wallets, wallet = self._find_loyalty_b2b_people(program_id)
        if not wallet:
            return self._redirect_loyalty_b2b(wallets)
        return self._render_loyalty_b2b_people(wallets, wallet, page, search)

    @route(
        "/my/loyalty/program/<int:program_id>/people/give",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_loyalty_b2b_people_give(self, program_id, **kwargs):
        """Give a person of the companies a role and limits."""
        return self._change_loyalty_b2b_person(
            program_id, kwargs, "_change_person", "given"
        )

    @route(
        "/my/loyalty/program/<int:program_id>/people/take",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_loyalty_b2b_people_take(self, program_id, **kwargs):
        """Take a person's role back."""
        return self._change_loyalty_b2b_person(
            program_id, kwargs, "_take_back", "taken"
        )

    @route(
        "/my/loyalty/program/<int:program_id>/people/invite",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_loyalty_b2b_people_invite(self, program_id, **kwargs):
        """Invite a colleague to the portal, with a role."""
        wallets, wallet = self._find_loyalty_b2b_people(program_id)
        if not wallet:
            return self._redirect_loyalty_b2b(wallets)
        typed = {name: str(kwargs.get(name) or "")[:200] for name in INVITED}
        try:
            with request.env.cr.savepoint():
                wallet._invite_colleague(request.env.user.partner_id, typed)
        except UserError as error:
            return self._render_loyalty_b2b_people(
                wallets, wallet, typed=typed, error=str(error)
            )
        return self._redirect_loyalty_b2b_people(wallet, "invited")

    @route(
        "/my/loyalty/program/<int:program_id>/people/ask",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_loyalty_b2b_people_ask(self, program_id, **kwargs):
        """Ask to decide about points; asked twice, nothing changes."""
        wallets, wallet = self._find_loyalty_b2b_people(program_id)
        if not wallet:
            return self._redirect_loyalty_b2b(wallets)
        try:
            with request.env.cr.savepoint():
                wallet._ask_administration(request.env.user.partner_id)
        except UserError as error:
            return self._render_loyalty_b2b_people(wallets, wallet, error=str(error))
        return self._redirect_loyalty_b2b_people(wallet, "asked")

    # === ACTS === #

    def _change_loyalty_b2b_person(self, program_id, values, verb, done):
        """Let the wallet change a person; everybody else's id changes nothing."""
        wallets, wallet = self._find_loyalty_b2b_people(program_id)
        if not wallet:
            return self._redirect_loyalty_b2b(wallets)
        partner = wallet._find_contact(values.get("partner_id"))
        if not partner:
            return self._redirect_loyalty_b2b_people(wallet, "")
        typed = {name: str(values.get(name) or "")[:200] for name in GIVEN}
        me = request.env.user.partner_id
        try:
            with request.env.cr.savepoint():
                getattr(wallet, verb)(me, partner, values)
        except UserError as error:
            return self._render_loyalty_b2b_people(
                wallets,
                wallet,
                given={**typed, "verb": verb, "name": partner.name},
                error=str(error),
            )
        return self._redirect_loyalty_b2b_people(wallet, done)

    def _find_loyalty_b2b_people(self, program_id):
        """Return the visitor's wallets, and the one of a programme."""
        wallets = self._get_loyalty_b2b_wallets()
        return wallets, self._choose_loyalty_b2b_wallet(wallets, program_id)

    def _redirect_loyalty_b2b_people(self, wallet, done):
        url = f"/my/loyalty/program/{wallet.program_id.id}/people"
        return request.redirect(f"{url}?done={done}" if done else url)

    # === VALUES === #

    def _render_loyalty_b2b_people(
        self, wallets, wallet, page=1, search="", typed=None, given=None, error=""
    ):
        me = request.env.user.partner_id
        deciders = wallet._prepare_portal_deciders(me)
        values = {
            **self._prepare_loyalty_b2b_layout(wallet, wallets, "loyalty_b2b_people"),
            "deciders": deciders,
            "typed": typed or {},
            "given": given or {},
            "is_last": bool(given) and error == wallet._get_last_warning(),
            "error": error,
            "done": request.params.get("done") if not error else "",
        }
        if deciders["is_administrator"]:
            values.update(self._prepare_loyalty_b2b_people(wallet, page, search))
        return request.render("loyalty_b2b.portal_my_loyalty_people", values)

    def _prepare_loyalty_b2b_people(self, wallet, page, search):
        """Return what only administrators of the customer see."""
        step, search = self._loyalty_b2b_people_per_page, str(search)[:SEARCH_MOST]
        people, total, page = wallet._prepare_portal_people(
            search, parse_page(page), step
        )
        return {
            "people": people,
            "total": total,
            "search": search,
            "me_id": request.env.user.partner_id.id,
            "roles": list(wallet._get_role_labels().items()),
            "companies": [
                {"id": company.id, "name": company.name}
                for company in wallet._get_portal_companies()
            ],
            "pager": pager(
                url=f"/my/loyalty/program/{wallet.program_id.id}/people",
                total=total,
                page=page,
                step=step,
                url_args={"search": search} if search else {},
            ),
        }
