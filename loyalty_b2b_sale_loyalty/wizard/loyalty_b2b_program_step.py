from odoo import models


class LoyaltyB2bProgramStep(models.TransientModel):
    """Warns of Odoo's own loyalty programmes before ours is announced or started."""

    _inherit = "loyalty.b2b.program.step"

    # === BUSINESS METHODS === #

    def _plan_announce(self):
        return self._plan_rivals() + super()._plan_announce()

    def _plan_start(self):
        return self._plan_rivals() + super()._plan_start()

    def _plan_resume(self):
        return self._plan_rivals() + super()._plan_resume()

    def _plan_rivals(self):
        """Return the warning under its heading; nothing is shown without one."""
        return [(self.env._("Beside it"), [self.program_id._get_rival_text()])]
