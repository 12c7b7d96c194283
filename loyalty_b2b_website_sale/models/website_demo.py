from odoo import api, models


class Website(models.Model):
    """What the demo data of the shop call."""

    _inherit = "website"

    @api.model
    def _prepare_demo_payment(self):
        """Let the demo company be paid by transfer and by simulated payments, once."""
        from ..demo import payment  # noqa: PLC0415

        payment.prepare(self.env.ref("loyalty_b2b.demo_company"))
