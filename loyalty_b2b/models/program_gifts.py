from odoo import models


class LoyaltyB2bProgram(models.Model):
    """What a programme gives besides purchases, as customers read it."""

    _inherit = "loyalty.b2b.program"

    # === BUSINESS METHODS === #

    def _get_portal_gifts(self):
        """Return what joining brings, one sentence each."""
        self.ensure_one()
        if not self.welcome_points:
            return []
        points = self._format_portal_points(self.welcome_points)
        if not self.welcome_months:
            return [self.env._("You are given %(points)s for joining.", points=points)]
        return [
            self.env._(
                "You are given %(points)s for joining, to be used within %(life)s.",
                points=points,
                life=self._format_months(self.welcome_months),
            )
        ]
