from odoo import models


class LoyaltyB2bEntry(models.Model):
    """Who used points and why, for the customer's page."""

    _inherit = "loyalty.b2b.entry"

    # === BUSINESS METHODS === #

    def _prepare_portal_why(self, user):
        return {**super()._prepare_portal_why(user), "who": self._get_portal_who()}

    def _get_portal_who(self):
        """Return who used points and who agreed, as sentences."""
        if not self.redemption_id or self.kind not in ("redeem", "return"):
            return []
        texts = [self._get_portal_user_text() if self.kind == "redeem" else ""]
        return [text for text in (*texts, self.note or "") if text]

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
