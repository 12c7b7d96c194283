from odoo import models

from ..models.loyalty_b2b_referral import ENDED


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging contacts leaves one referral of a company; core would delete others."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        referrals = self.env["loyalty.b2b.referral"].sudo()
        about = referrals.search(
            [
                ("partner_id", "in", (src_partners | dst_partner).ids),
                ("state", "not in", ENDED),
            ],
            order="id",
        )
        for same in about.grouped("program_id").values():
            same[1:].partner_id = False
        self.env.flush_all()
        return super()._update_foreign_keys(src_partners, dst_partner)
