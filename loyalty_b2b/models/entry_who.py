from odoo import models


class LoyaltyB2bEntry(models.Model):
    """Who used points and why, for the customer's page."""

    _inherit = "loyalty.b2b.entry"

    # === BUSINESS METHODS === #

    def _prepare_portal_why(self, user):
        who = self._get_portal_who(user.partner_id)
        return {**super()._prepare_portal_why(user), "who": who}

    def _get_portal_who(self, partner):
        """Return who used points and who agreed, as sentences.

        :param partner: `res.partner` who reads. Only who asked, and who decides about
            points, reads why, and the words of who answered.
        """
        use = self.redemption_id
        if not use or self.kind not in ("redeem", "return"):
            return []
        texts = [self._get_portal_user_text() if self.kind == "redeem" else ""]
        if self.note and use._is_inner_in_portal(partner):
            texts.append(self.note)
        return [text for text in texts if text]

    def _get_portal_user_text(self):
        """Say who pressed the button, and for whom."""
        use = self.redemption_id
        entered, asked = use.user_id.sudo().name, self.contact_name
        if entered and asked and use.user_id.partner_id != use.contact_id:
            return self.env._(
                "Entered by %(user)s for %(person)s.", user=entered, person=asked
            )
        name = asked or entered
        return self.env._("Used by %(person)s.", person=name) if name else ""
