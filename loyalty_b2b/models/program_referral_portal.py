from odoo import models
from odoo.tools import formatLang


class LoyaltyB2bProgram(models.Model):
    """What customers read of referrals."""

    _inherit = "loyalty.b2b.program"

    # === BUSINESS METHODS === #

    def _prepare_portal_program(self):
        url = f"/my/loyalty/program/{self.id}/recommend"
        return {
            **super()._prepare_portal_program(),
            "recommend_url": url if self._takes_referrals() else "",
        }

    def _get_referral_texts(self):
        """Return what recommending a company brings, one sentence each."""
        self.ensure_one()
        return [
            text
            for text in (
                self._get_reward_text(),
                self._get_referral_limit_text(),
                self.env._(
                    "Companies that buy from us or take part already cannot be"
                    " recommended. Points are taken back if the purchase is credited."
                ),
            )
            if text
        ]

    def _get_reward_text(self):
        """Return what a referral brings, as a sentence."""
        values = {
            "points": self._format_portal_points(self.referral_points),
            "months": self._format_months(self.referral_months),
            "amount": self.currency_id.format(self.referral_amount),
            "least": self.currency_id.format(self.referral_min_amount),
        }
        if self.referral_mode == "share" and self.referral_min_amount:
            return self.env._(
                "For each company you recommend, you are given %(points)s for each"
                " %(amount)s net that it buys and pays within %(months)s of joining,"
                " once it has paid an order of at least %(least)s net.",
                **values,
            )
        if self.referral_mode == "share":
            return self.env._(
                "For each company you recommend, you are given %(points)s for each"
                " %(amount)s net that it buys and pays within %(months)s of joining.",
                **values,
            )
        if self.referral_min_amount:
            return self.env._(
                "For each company you recommend, you are given %(points)s once it has"
                " paid an order of at least %(least)s net that it placed within"
                " %(months)s of joining.",
                **values,
            )
        return self.env._(
            "For each company you recommend, you are given %(points)s once it has paid"
            " its first order, placed within %(months)s of joining.",
            **values,
        )

    def _get_referral_limit_text(self):
        limit = self.referral_limit
        if not limit:
            return ""
        if limit == 1:
            return self.env._("One company a year brings points.")
        return self.env._(
            "Up to %(limit)s companies a year bring points: those that join first.",
            limit=formatLang(self.env, limit, digits=0),
        )
