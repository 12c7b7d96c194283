from datetime import date

from odoo import models
from odoo.tools import SQL


class LoyaltyB2bGift(models.Model):
    """How long the register is kept: for the tax years, then without names."""

    _inherit = "loyalty.b2b.gift"

    # === BUSINESS METHODS === #

    def _get_kept_until(self):
        """Return the last day on which the names are kept."""
        self.ensure_one()
        years = self.company_id.sudo().loyalty_b2b_gift_years
        return date(self.date.year + years, 12, 31)

    def _query_outlived(self, company, today):
        """Return the gifts of a seller whose names are kept no longer.

        :param date today: in the programme's time zone.
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM loyalty_b2b_gift WHERE company_id = %s"
                " AND date_forgotten IS NULL AND date < %s ORDER BY id",
                company.id,
                date(today.year - company.loyalty_b2b_gift_years, 1, 1),
            )
        )
        return self.browse([gift_id for (gift_id,) in rows])

    def _forget_names(self, today):
        """Take names out of the register; what was given, and amounts, stay.

        :param date today: when it is done.
        """
        for gift in self.sudo():
            gift.write(
                {
                    "partner_id": False,
                    "name": self.env._("Recipient %s", gift.id),
                    "name_key": False,
                    "function": False,
                    "consent_name": False,
                    "date_forgotten": today,
                }
            )
            wish = gift.redemption_id
            # the occasion may tell who it was
            wish.reason = False
            wish.approval_ids.write({"reason": False, "answer": False})
