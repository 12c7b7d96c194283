from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging contacts leaves one role of a person in a wallet; core would delete one
    with its history."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        people = self.env["loyalty.b2b.person"].sudo()
        people = people.search(
            [
                ("partner_id", "in", (src_partners | dst_partner).ids),
                ("date_end", "=", False),
            ]
        )
        mine = people.filtered(lambda row: row.partner_id == dst_partner)
        for rows in (mine | people).grouped("wallet_id").values():
            rows._end_lower(
                self.env._("Merged with %(name)s.", name=dst_partner.display_name)
            )
        return super()._update_foreign_keys(src_partners, dst_partner)
