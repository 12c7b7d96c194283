from odoo import models

from .wallet_people import NOBODY


class LoyaltyB2bWallet(models.Model):
    """People of wallets that are merged."""

    _inherit = "loyalty.b2b.wallet"

    # === MERGE === #

    def _take_over(self, source):
        result = super()._take_over(source)
        self._take_over_people(source)
        return result

    def _take_over_people(self, sources):
        """Let persons and consents of other wallets be this wallet's.

        Who has a role in both keeps the higher one, with its limits.
        """
        people = self.env["loyalty.b2b.person"].sudo()
        people = people.search([("wallet_id", "in", (sources | self).ids)])
        # the wallet that stays comes first among equals
        mine = people.filtered(lambda row: row.wallet_id == self)
        held = (mine | people).filtered(lambda row: row.partner_id and not row.date_end)
        for rows in held.grouped("partner_id").values():
            rows._end_lower(self.env._("Has a role in the wallet that stays."))
        (people - mine).wallet_id = self
        if self._has_administrator_rows():
            (self | sources).sudo().activity_unlink([NOBODY])
        consents = self.env["loyalty.b2b.consent"].sudo()
        consents.search([("wallet_id", "in", sources.ids)]).wallet_id = self
