from odoo import fields, models


class LoyaltyB2bWallet(models.Model):
    """The people of a wallet."""

    _inherit = "loyalty.b2b.wallet"

    person_ids = fields.One2many(
        comodel_name="loyalty.b2b.person",
        inverse_name="wallet_id",
        string="People",
        readonly=True,
    )

    # === BUSINESS METHODS === #

    def _get_person(self, partner):
        """Return the row of a person that holds today, in sudo; empty if none does.

        :param partner: one `res.partner`.
        """
        people = self.sudo().person_ids
        return people.filtered(
            lambda person: person.partner_id == partner and not person.date_end
        )

    def _get_administrators(self):
        """Return the persons who administer the wallet today, as `res.partner`."""
        people = self.sudo().person_ids.filtered(
            lambda person: person.role == "administers" and not person.date_end
        )
        return people.partner_id.filtered(
            lambda partner: partner._has_loyalty_b2b_role(self, "administers")
        )

    def _grant(self, partner, role, limit_order=0, limit_month=0, reason="", by=None):
        """Give a person a role, in place of the one he has.

        The caller has checked who gives it.

        :param str role: of `ROLES`.
        :param int limit_order: most points per order without asking; 0: no limit.
        :param int limit_month: the same for a calendar month.
        :param by: `res.partner` who gives it; the user by default.
        :return: the row, in sudo.
        """
        self.ensure_one()
        by = by or self.env.user.partner_id
        values = {
            "role": role,
            "limit_order": limit_order,
            "limit_month": limit_month,
            "reason": reason or False,
            "granted_by_id": by.id,
            "granted_by_name": by.name,
        }
        person = self._get_person(partner)
        if person:
            person.write(values)
            return person
        return person.create(
            {
                "wallet_id": self.id,
                "partner_id": partner.id,
                "name": partner.name,
                "date_start": self.sudo().program_id._today(),
                **values,
            }
        )

    def _revoke(self, partner, reason="", by=None):
        """End the role of a person; the row stays as history."""
        self.ensure_one()
        person = self._get_person(partner)
        if person:
            person.write(
                {
                    "date_end": self.sudo().program_id._today(),
                    "reason": reason or False,
                }
            )
        return person
