from odoo import models


class LoyaltyB2bEntry(models.Model):
    """Points given back live as long as those that were used."""

    _inherit = "loyalty.b2b.entry"

    def _get_return_expiry(self, root):
        """Return the last day of use of points of a use that are given back.

        That of the lot they come from, or a later one if they were prolonged since.

        :param root: the first lot of these points; empty where there was none.
        :return: None if they never expire.
        """
        self.ensure_one()
        days = [
            lot.date_expiry
            for lot in self.credit_allocation_ids.credit_id
            if lot.root_entry_id == root and lot.date_expiry
        ]
        if not root.date_expiry:
            return None
        return max([root.date_expiry, *days])
