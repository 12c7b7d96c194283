from odoo import models

from .loyalty_b2b_person import ROLES


class LoyaltyB2bPerson(models.Model):
    """How rows of persons end without anybody taking them back."""

    _inherit = "loyalty.b2b.person"

    # === BUSINESS METHODS === #

    def _end_left(self, cause):
        """End the row of a person who has left; nobody did it.

        :param str cause: see `_get_people_left_sql`.
        """
        self.ensure_one()
        person = self._with_staff_lang()
        person._end(person._get_left_reason(cause))
        person._log_in_wallet(person._get_news_ended())
        self.wallet_id._note_administrators(self, self.browse())

    def _get_left_reason(self, cause):
        """Return why a person has left in words, see `_get_people_left_sql`."""
        partner = self.partner_id
        reasons = {
            "wallet": self.env._("The company does not take part any more."),
            "deleted": self.env._("The contact was deleted."),
            "archived": self.env._("The contact was archived."),
            "company": self.env._("The company does not take part any more."),
            "moved": self.env._(
                "Belongs to %(company)s now.",
                company=partner._get_loyalty_b2b_owner().display_name,
            ),
        }
        return reasons[cause]

    def _end_lower(self, reason):
        """End all of the rows but the one with the highest role.

        The first among equals stays.

        :param str reason: why the others end.
        """
        ranked = self.sorted(lambda row: -ROLES.index(row.role))
        ranked[1:]._end(reason)
