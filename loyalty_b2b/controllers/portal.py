import re

from odoo.http import STATIC_CACHE_LONG, request, route

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

MAX_PAGE = 10**6
MAX_ID = 2**31 - 1


class LoyaltyB2bPortal(CustomerPortal):
    """What a customer's people see of their wallets.

    Every page asks `res.partner._get_loyalty_b2b_portal_wallets` and nothing else for
    what may be seen. Portal users have no rights on our models: templates get plain
    values. Somebody else's id is answered like one that does not exist.
    """

    _loyalty_b2b_items_per_page = 20

    # === HOME === #

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "loyalty_b2b_count" in counters:
            values["loyalty_b2b_count"] = len(self._get_loyalty_b2b_wallets())
        return values

    # === PAGES === #

    @route(
        [
            "/my/loyalty",
            "/my/loyalty/page/<int:page>",
            "/my/loyalty/program/<int:program_id>",
            "/my/loyalty/program/<int:program_id>/page/<int:page>",
        ],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_loyalty_b2b(
        self, program_id=None, page=1, filterby=None, sortby=None, **kwargs
    ):
        """Show the wallet of one programme: figures and history."""
        wallets = self._get_loyalty_b2b_wallets()
        wallet = self._choose_loyalty_b2b_wallet(wallets, program_id)
        if not wallet:
            return self._redirect_loyalty_b2b(wallets)
        values = self._prepare_loyalty_b2b_values(wallet, wallets)
        values.update(
            self._prepare_loyalty_b2b_history(
                wallet, parse_page(page), filterby, sortby
            )
        )
        return request.render("loyalty_b2b.portal_my_loyalty", values)

    @route(
        "/my/loyalty/program/<int:program_id>/rules",
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_loyalty_b2b_rules(self, program_id, **kwargs):
        """Show how points are earned and used, and the terms."""
        wallets = self._get_loyalty_b2b_wallets()
        wallet = self._choose_loyalty_b2b_wallet(wallets, program_id)
        if not wallet:
            return self._redirect_loyalty_b2b(wallets)
        values = {
            **self._prepare_loyalty_b2b_layout(wallet, wallets, "loyalty_b2b_rules"),
            "rules": wallet.program_id._prepare_portal_rules(),
        }
        return request.render("loyalty_b2b.portal_my_loyalty_rules", values)

    @route(
        "/my/loyalty/<int:entry_id>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_loyalty_b2b_entry(self, entry_id, **kwargs):
        """Show why points came in or went out, line by line."""
        wallets = self._get_loyalty_b2b_wallets()
        entry = self._find_loyalty_b2b_entry(wallets, entry_id)
        if not entry:
            return self._redirect_loyalty_b2b(wallets)
        values = {
            **self._prepare_loyalty_b2b_layout(
                entry.wallet_id, wallets, "loyalty_b2b_entry"
            ),
            "entry": entry._prepare_portal_why(request.env.user),
        }
        return request.render("loyalty_b2b.portal_my_loyalty_entry", values)

    @route(
        "/my/loyalty/program/<int:program_id>/logo",
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_loyalty_b2b_logo(self, program_id, **kwargs):
        """Stream the programme's logo, or else that of the company that runs it."""
        wallets = self._get_loyalty_b2b_wallets()
        wallet = self._choose_loyalty_b2b_wallet(wallets, program_id)
        if not wallet:
            return request.not_found()
        binary = request.env["ir.binary"]
        if not wallet.program_id.logo:
            return binary._get_image_stream_from(
                wallet.company_id, "logo_web"
            ).get_response()
        # the address names the version of the programme
        return binary._get_image_stream_from(wallet.program_id, "logo").get_response(
            immutable=True, max_age=STATIC_CACHE_LONG
        )

    # === WHO MAY SEE WHAT === #

    def _get_loyalty_b2b_wallets(self):
        """Return the wallets the visitor may see, in sudo; the only source of them."""
        return request.env.user.partner_id._get_loyalty_b2b_portal_wallets()

    def _choose_loyalty_b2b_wallet(self, wallets, program_id=None):
        """Return the wallet of a programme; the first one if none is asked for."""
        if program_id:
            wallets = wallets.filtered(lambda w: w.program_id.id == program_id)
        return wallets[:1]

    def _choose_loyalty_b2b_collected(self, program_id):
        """Return the wallet of a programme for which the visitor only collects."""
        partner = request.env.user.partner_id
        wallets = partner._get_loyalty_b2b_collected_wallets()
        return wallets.filtered(lambda one: one.program_id.id == program_id)[:1]

    def _find_loyalty_b2b_entry(self, wallets, entry_id):
        """Return the entry if it stands in the history of one of the wallets."""
        entries = request.env["loyalty.b2b.entry"].sudo()
        if not wallets or entry_id > MAX_ID:
            return entries
        return entries.search(
            [("id", "=", entry_id), *wallets._get_portal_entry_domain()]
        )

    def _redirect_loyalty_b2b(self, wallets):
        """Answer whatever may not be seen or does not exist, always the same way."""
        return request.redirect("/my/loyalty" if wallets else "/my")

    # === VALUES === #

    def _prepare_loyalty_b2b_layout(self, wallet, wallets, page_name):
        """Return what all our pages show."""
        return {
            **self._prepare_portal_layout_values(),
            "page_name": page_name,
            "program": wallet.program_id._prepare_portal_program(),
            "manager": wallet._prepare_portal_manager(),
            "programs": [
                {
                    "name": other.program_id.name,
                    "url": f"/my/loyalty/program/{other.program_id.id}",
                    "is_current": other == wallet,
                }
                for other in wallets
            ],
        }

    def _prepare_loyalty_b2b_values(self, wallet, wallets):
        return {
            **self._prepare_loyalty_b2b_layout(wallet, wallets, "loyalty_b2b"),
            **wallet._prepare_portal_summary(),
        }

    def _prepare_loyalty_b2b_history(self, wallet, page, filterby, sortby):
        """Return the rows of one page with filter, order and pager."""
        filters = {
            word: {"label": label} for word, label in wallet._get_portal_words().items()
        }
        sortings = {
            "newest": {"label": request.env._("Newest first")},
            "oldest": {"label": request.env._("Oldest first")},
        }
        filterby = filterby if filterby in filters else "all"
        sortby = sortby if sortby in sortings else "newest"
        step = self._loyalty_b2b_items_per_page
        rows, total, page = wallet._prepare_portal_history(
            filterby, sortby == "newest", page, step
        )
        url = f"/my/loyalty/program/{wallet.program_id.id}"
        return {
            "rows": rows,
            "default_url": url,
            "searchbar_filters": filters,
            "filterby": filterby,
            "searchbar_sortings": sortings,
            "sortby": sortby,
            "pager": pager(
                url=url,
                total=total,
                page=page,
                step=step,
                url_args={"filterby": filterby, "sortby": sortby},
            ),
        }


def parse_page(page):
    """Return a page number from 1, whatever was sent."""
    found = re.fullmatch(r"[0-9]{1,9}", str(page))
    return min(max(int(page), 1), MAX_PAGE) if found else 1
