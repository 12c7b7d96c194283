from odoo import models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Which persons belong to a company."""

    _inherit = "res.partner"

    def _get_loyalty_b2b_owned_domain(self):
        """Return the domain of what `_get_loyalty_b2b_owner` says of these companies.

        The same answer as a domain, for lists of many contacts.
        """
        return Domain("commercial_partner_id", "in", self.ids)
