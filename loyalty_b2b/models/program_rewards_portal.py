from odoo import models, tools
from odoo.tools import format_datetime


class LoyaltyB2bProgram(models.Model):
    """Where customers find rewards and what became of their uses."""

    _inherit = "loyalty.b2b.program"

    def _prepare_portal_program(self):
        program = super()._prepare_portal_program()
        return {
            **program,
            "rewards_url": f"{program['url']}/rewards" if self._has_rewards() else "",
            "uses_url": f"{program['url']}/uses",
        }

    @tools.ormcache("self.id")
    def _has_rewards(self):
        """Tell whether the programme offers rewards; without a query when warm."""
        rewards = self.env["loyalty.b2b.reward"].sudo()
        return bool(rewards.search_count([("program_id", "=", self.id)], limit=1))

    def _format_portal_moment(self, moment):
        """Return a moment in words, in the programme's time zone.

        :param moment: in UTC; may be empty.
        """
        if not moment:
            return ""
        pattern = "EEEE d MMMM y, HH:mm"
        return format_datetime(self.env, moment, tz=self.tz, dt_format=pattern)
