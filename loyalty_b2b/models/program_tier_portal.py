from odoo import models


class LoyaltyB2bProgram(models.Model):
    """What customers read of the levels of a programme."""

    _inherit = "loyalty.b2b.program"

    # === BUSINESS METHODS === #

    def _prepare_portal_rules(self):
        return {
            **super()._prepare_portal_rules(),
            "levels": self._prepare_portal_tiers(),
            "level_rule": self._get_tier_rule_text() if self.tier_ids else "",
        }

    def _prepare_portal_tiers(self):
        """Return all levels with what they take and bring, the lowest first."""
        return [
            {
                **tier._prepare_look(in_portal=True),
                "threshold": tier._get_threshold_text(),
                "brings": tier._get_benefit_texts(),
            }
            for tier in self._get_tiers()
        ]
