from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging contacts merges their wallets: none of their points is lost."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        # before core deletes the rows whose unique key collides
        self._merge_loyalty_b2b_wallets(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _merge_loyalty_b2b_wallets(self, src_partners, dst_partner):
        """Leave one participation a programme, in one wallet.

        The wallet of the contact that stays takes over the others; where it has none,
        the oldest does.
        """
        participants = (
            self.env["loyalty.b2b.participant"]
            .sudo()
            .search([("partner_id", "in", (src_partners | dst_partner).ids)])
        )
        for group in participants.grouped("program_id").values():
            kept = group.filtered(lambda p: p.partner_id == dst_partner) or group[0]
            for wallet in group.wallet_id - kept.wallet_id:
                kept.wallet_id._merge(wallet)
            starts = group.mapped("date_start")
            (group - kept).unlink()
            kept.write({"partner_id": dst_partner.id, "date_start": min(starts)})
