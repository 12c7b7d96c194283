from odoo import models


class ResPartner(models.Model):
    """Whether somebody else is known by the same tax id."""

    _inherit = "res.partner"

    # === BUSINESS METHODS === #

    def _has_tax_id_namesake(self):
        """Tell whether another contact has the tax id of this one, archived too.

        Odoo's own answer, which the contact's form warns by; it does not look at
        companies below others.
        """
        self.ensure_one()
        contact = self.sudo()
        if not contact.parent_id:
            return bool(contact.same_vat_partner_id)
        others = contact.with_context(active_test=False).search(
            [
                ("vat", "=", contact.vat),
                ("id", "!=", contact.id),
                "!",
                ("id", "child_of", contact.id),
            ],
            limit=1,
        )
        return bool(others)
