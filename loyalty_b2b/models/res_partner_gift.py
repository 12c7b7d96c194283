from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date


class ResPartner(models.Model):
    """A person who got gifts, and may not be forgotten yet."""

    _inherit = "res.partner"

    # === BUSINESS METHODS === #

    def _get_loyalty_b2b_gift_hold(self):
        """Return why this person's name is still kept in the register of gifts, or ''.

        Whoever agreed for the company stands there, too.
        """
        self.ensure_one()
        gifts = self.env["loyalty.b2b.gift"].sudo()
        key = gifts._get_name_key(self.name)
        owner = self._get_loyalty_b2b_owner()
        named = Domain("partner_id", "=", self.id)
        if key:
            named |= Domain("owner_id", "=", owner.id) & (
                Domain("name_key", "=", key)
                | Domain("consent_name", "=ilike", self.name)
            )
        found = gifts.search(named & Domain("date_forgotten", "=", False))
        if not found:
            return ""
        until = max(gift._get_kept_until() for gift in found)
        return self.env._(
            "%(person)s stands in the register of gifts, which is kept for tax until"
            " %(day)s. The name is removed from it on the day after.",
            person=self.name,
            day=format_date(self.env, until),
        )
