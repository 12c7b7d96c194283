from odoo import api, models


class LoyaltyB2bProgram(models.Model):
    """What the demo data of people and rewards call."""

    _inherit = "loyalty.b2b.program"

    @api.model
    def _install_demo_spending(self):
        """Give people roles and let rewards be used, once."""
        from ..demo import spending  # noqa: PLC0415

        program = self.env.ref("loyalty_b2b.demo_program", raise_if_not_found=False)
        if program and not spending.is_told(program):
            spending.tell(program)
