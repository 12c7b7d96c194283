from odoo import models

# Programmes of which a website tells.
TOLD = ("announced", "running", "paused", "closing")


class LoyaltyB2bProgram(models.Model):
    """The public page of a programme: plain values, the same for every visitor."""

    _inherit = "loyalty.b2b.program"

    # === BUSINESS METHODS === #

    def _get_shop_url(self):
        """Return the address of the public page, with the name in it."""
        self.ensure_one()
        slug = self.env["ir.http"]._slug((self.id, self.name))
        return f"/loyalty/{slug}"

    def _read_as_stranger(self, website):
        """Return the programme as visitors read it who did not sign in, in sudo.

        Sentences say less to customers than to staff.
        """
        return self.with_user(website.user_id).sudo()

    def _prepare_shop_look(self):
        """Return names and look of the programme, for everybody."""
        program = self._prepare_portal_program()
        version = f"{self.write_date:%Y%m%d%H%M%S}" if self.write_date else ""
        return {
            "id": self.id,
            **{
                name: program[name]
                for name in ("name", "slogan", "point_name", "color", "is_dark")
            },
            "logo_url": f"/loyalty/{self.id}/logo?unique={version}",
            "url": self._get_shop_url(),
            "join_url": f"/loyalty/{self.id}/join",
            "points_url": program["url"],
        }

    def _prepare_shop_page(self):
        """Return what everybody reads on the page of the programme."""
        rules = self._prepare_portal_rules()
        return {
            "program": self._prepare_shop_look(),
            "gifts": self._get_portal_gifts(),
            "examples": self._prepare_shop_examples(),
            "excluded": self._get_shop_excluded_text(),
            "rules": {
                **rules,
                "levels": [self._prepare_shop_level(one) for one in rules["levels"]],
            },
            "version": self.terms_version,
        }

    def _get_shop_excluded_text(self):
        """Return what earns nothing, or ''."""
        names = [
            *self.excluded_category_ids.mapped("name"),
            *self.excluded_product_ids.mapped("display_name"),
        ]
        if not names:
            return ""
        names = self.env["loyalty.b2b.rule"]._format_names(names)
        return self.env._("These earn no points: %(names)s.", names=names)

    def _prepare_shop_level(self, level):
        """Return a level with a picture that everybody may see."""
        if not level["image_url"]:
            return level
        name = level["image_url"].rpartition("/")[2]
        return {**level, "image_url": f"/loyalty/{self.id}/level/{level['id']}/{name}"}

    def _get_portal_use_text(self):
        if not self.shop_shown:
            return super()._get_portal_use_text()
        return self.env._(
            "Points are used in the web shop, in the cart, or on a quotation: ask your"
            " account manager."
        )

    # === THE VISITOR === #

    def _get_shop_joiner_name(self, user):
        """Return for whom a signed-in visitor would join, '' for strangers."""
        if user._is_public() or user._is_internal():
            return ""
        owner = user.partner_id.sudo()._get_loyalty_b2b_owner()
        return (not owner.is_company and owner.company_name) or owner.name or ""

    def _prepare_shop_manager(self, user):
        """Return whom a signed-in visitor may ask; {} if he has no account manager."""
        if user._is_public() or user._is_internal():
            return {}
        partner = user.partner_id.sudo()
        manager = partner.user_id or partner._get_loyalty_b2b_owner().user_id
        if not manager:
            return {}
        contact = manager.partner_id
        return {
            "name": contact.name,
            "phone": contact.phone or "",
            "email": contact.email or "",
        }
