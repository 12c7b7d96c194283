from odoo.exceptions import UserError
from odoo.http import STATIC_CACHE_LONG, Controller, request, route
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


def sitemap_loyalty(env, rule, qs):
    """Yield the pages of the programmes that the website shows."""
    website = env["website"].get_current_website()
    for program in website._get_loyalty_b2b_programs():
        url = program.with_env(env).sudo()._get_shop_url()
        if not qs or qs.lower() in url:
            yield {"loc": url}


class LoyaltyB2bShopJoining(Controller):
    """The public page of a programme, where companies join.

    Shown are programmes of this website and nothing of any wallet. What does not exist,
    is not begun or belongs to another website is answered alike.
    """

    # === PAGES === #

    @route(
        "/loyalty",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        sitemap=False,
        list_as_website_content=_lt("Loyalty Programme"),
    )
    def loyalty_b2b_shop_programs(self, **kwargs):
        """Lead to the programme, or list several."""
        programs = request.website._get_loyalty_b2b_programs()
        if not programs:
            return request.not_found()
        if len(programs) == 1:
            return self._x_loyalty_b2b_shop_redirect(programs)
        looks = [
            self._x_loyalty_b2b_shop_read(one)._prepare_shop_look() for one in programs
        ]
        return request.render(
            "loyalty_b2b_website_sale.loyalty_programs", {"programs": looks}
        )

    @route(
        "/loyalty/<string:slug>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        sitemap=sitemap_loyalty,
    )
    def loyalty_b2b_shop_program(self, slug, **kwargs):
        """Show what the programme promises, and how to join."""
        program_id = request.env["ir.http"]._unslug(slug)[1]
        program = self._x_loyalty_b2b_shop_find(program_id)
        if not program:
            return request.not_found()
        if self._x_loyalty_b2b_shop_read(program)._get_shop_url() != f"/loyalty/{slug}":
            return self._x_loyalty_b2b_shop_redirect(program)
        return self._x_loyalty_b2b_shop_page(program)

    # === PICTURES === #

    @route(
        "/loyalty/<int:program_id>/logo",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def loyalty_b2b_shop_logo(self, program_id, **kwargs):
        """Stream the programme's logo, or else that of the website."""
        program = self._x_loyalty_b2b_shop_find(program_id)
        if not program:
            return request.not_found()
        binary = request.env["ir.binary"].sudo()
        if not program.logo:
            website = request.website.sudo()
            return binary._get_image_stream_from(website, "logo").get_response()
        # the address names the version of the programme
        return binary._get_image_stream_from(program, "logo").get_response(
            immutable=True, max_age=STATIC_CACHE_LONG
        )

    @route(
        "/loyalty/<int:program_id>/level/<int:tier_id>/image",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def loyalty_b2b_shop_level(self, program_id, tier_id, **kwargs):
        """Stream the picture of a level."""
        program = self._x_loyalty_b2b_shop_find(program_id)
        tier = program.tier_ids.filtered(lambda tier: tier.id == tier_id)
        if not tier.image:
            return request.not_found()
        binary = request.env["ir.binary"].sudo()
        return binary._get_image_stream_from(tier, "image").get_response(
            immutable=True, max_age=STATIC_CACHE_LONG
        )

    # === JOINING === #

    @route(
        "/loyalty/<int:program_id>/join",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def loyalty_b2b_shop_join(self, program_id, accept="", version="", **kwargs):
        """Let the visitor's company join; a second click changes nothing."""
        program = self._x_loyalty_b2b_shop_find(program_id)
        if not program:
            return request.not_found()
        # what was read may be old by now
        if accept != "yes" or version != str(program.terms_version):
            return self._x_loyalty_b2b_shop_redirect(program, "?unread=1#join")
        try:
            with request.env.cr.savepoint():
                wallet = program._join_online(request.env.user)
        except UserError as refusal:
            return self._x_loyalty_b2b_shop_page(program, error=str(refusal))
        code = program._get_shop_joining(request.env.user).code
        if code == "member":
            joined = "?joined=1" if wallet else ""
            return request.redirect(f"/my/loyalty/program/{program.id}{joined}")
        joined = "?joined=1#join" if wallet else "#join"
        return self._x_loyalty_b2b_shop_redirect(program, joined)

    # === VALUES === #

    def _x_loyalty_b2b_shop_find(self, program_id):
        """Return a programme that the website shows, in sudo; empty for all others."""
        programs = request.website._get_loyalty_b2b_programs()
        return programs.filtered(lambda one: one.id == program_id)

    def _x_loyalty_b2b_shop_read(self, program):
        return program._read_as_stranger(request.website)

    def _x_loyalty_b2b_shop_redirect(self, program, more=""):
        url = self._x_loyalty_b2b_shop_read(program)._get_shop_url()
        return request.redirect(request.env["ir.http"]._url_for(url) + more)

    def _x_loyalty_b2b_shop_page(self, program, error=""):
        """Render the page; what it says of the visitor is only how he joins."""
        page = self._x_loyalty_b2b_shop_read(program)._prepare_shop_page()
        user = request.env.user
        joining = program._get_shop_joining(user)
        scope = request.env["res.users"]._get_signup_invitation_scope()
        values = {
            **page,
            "joining": {
                **page["rules"],
                "code": joining.code,
                "text": joining.text,
                "company": program._get_shop_joiner_name(user),
                "may_sign_up": scope == "b2c",
                "is_public": user._is_public(),
            },
            "manager": program._prepare_shop_manager(user),
            "is_unread": "unread" in request.params,
            "has_joined": "joined" in request.params and joining.code == "collects",
            "error": error,
        }
        return request.render("loyalty_b2b_website_sale.loyalty_program", values)
