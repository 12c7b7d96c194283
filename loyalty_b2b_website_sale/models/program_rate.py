from odoo import models
from odoo.tools import ormcache


class LoyaltyB2bProgram(models.Model):
    """The rate in force, without a query when warm."""

    _inherit = "loyalty.b2b.program"

    def _get_loyalty_b2b_rate_row(self):
        """Return the rate in force as plain values: points, amount, tax."""
        today = self._today()
        past = [row for row in self._get_loyalty_b2b_rate_rows() if row[0] <= today]
        return (*max(past)[1:], self.rate_tax) if past else None

    @ormcache("self.id")
    def _get_loyalty_b2b_rate_rows(self):
        """Return the programme's rates: day, points, amount."""
        return [
            (rate.date_start, rate.points, rate.amount) for rate in self.sudo().rate_ids
        ]
