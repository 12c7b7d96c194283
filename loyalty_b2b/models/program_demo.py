from odoo import api, models


class LoyaltyB2bProgram(models.Model):
    """What the demo data call. Python that simulates time is imported only then."""

    _inherit = "loyalty.b2b.program"

    @api.model
    def _prepare_demo_company(self):
        """Give the demo company a chart of accounts and VAT, once."""
        from ..demo import company  # noqa: PLC0415

        company.prepare(self.env.ref("loyalty_b2b.demo_company"))

    @api.model
    def _install_demo(self):
        """Let the story of the demo data happen, once."""
        from ..demo.teller import Teller  # noqa: PLC0415

        program = self.env.ref("loyalty_b2b.demo_program", raise_if_not_found=False)
        if program and not program.with_context(active_test=False).wallet_ids:
            Teller(program).tell()
