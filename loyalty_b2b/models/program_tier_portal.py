from odoo import models


class LoyaltyB2bProgram(models.Model):
    """What customers read of the levels of a programme."""

    _inherit = "loyalty.b2b.program"

    # === BUSINESS METHODS === #

    def _prepare_portal_rules(self):
        return {
            **super()._prepare_portal_rules(),
            "levels": self._prepare_portal_tiers(),
            "level_rule": self._get_tier_rule_text() if self._get_tier_cards() else "",
        }

    def _prepare_portal_tiers(self):
        """Return all levels with what they take and bring, the lowest first."""
        url = f"/my/loyalty/program/{self.id}/level"
        return [
            {
                **card._asdict(),
                "image_url": f"{url}/{card.id}/{card.image}" if card.image else "",
            }
            for card in self._get_tier_cards()
        ]
