from odoo import models


class LoyaltyB2bWallet(models.Model):
    """What an invited company reads before it joins."""

    _inherit = "loyalty.b2b.wallet"

    # === BUSINESS METHODS === #

    def _can_join(self):
        """Tell whether the people of the wallet may join now."""
        self.ensure_one()
        return self.state == "invited" and self.program_id.state in (
            "running",
            "closing",
        )

    def _prepare_portal_summary(self):
        url = f"/my/loyalty/program/{self.program_id.id}/join"
        return {
            **super()._prepare_portal_summary(),
            "join_url": url if self._can_join() else "",
        }

    def _get_portal_notice(self):
        if self._can_join():
            return self.env._(
                "You already collect points. To be able to use them, join the"
                " programme."
            )
        return super()._get_portal_notice()

    def _prepare_portal_joining(self):
        """Return what the programme promises, as sentences, and its terms."""
        program = self.program_id
        return {
            **program._prepare_portal_rules(),
            "company": self.partner_id.name,
            # who took part before is not welcomed again
            "gifts": [] if self.date_active else program._get_portal_gifts(),
        }
