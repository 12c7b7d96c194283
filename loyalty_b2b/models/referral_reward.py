from decimal import Decimal

from odoo import models

from ..tools import referrals


class LoyaltyB2bReferral(models.Model):
    """What a referral brings, by what its company has bought and paid."""

    _inherit = "loyalty.b2b.referral"

    # === BUSINESS METHODS === #

    def _get_group_ref(self):
        """Return what the entries of the referral are counted together by."""
        self.ensure_one()
        return f"referral:{self.id}"

    def _get_reward(self, amounts):
        """Return the points that should stand.

        :param list amounts: Decimals, what is left and paid of each order.
        """
        self.ensure_one()
        is_share = self.reward == "share"
        return referrals.reward(
            amounts,
            int(self.reward_points),
            Decimal(repr(self.reward_amount)) if is_share else None,
            Decimal(repr(self.reward_min_amount)),
        )

    def _note_points(self, points):
        """Note what stands; a referral that brings points is rewarded."""
        self.ensure_one()
        values = {}
        if self.points != points:
            values["points"] = points
        if points > 0 and self.state in ("joined", "lapsed"):
            values["state"] = "rewarded"
        elif not points and self.state == "rewarded":
            values["state"] = "joined"
        if values:
            self.write(values)
