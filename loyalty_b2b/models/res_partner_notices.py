from odoo import fields, models


class ResPartner(models.Model):
    """How a person is told what happens to the company's points."""

    _inherit = "res.partner"

    loyalty_b2b_channel = fields.Selection(
        selection=[
            ("email", "By e-mail, once a day at most"),
            ("portal", "Only in the portal"),
        ],
        string="Points messages",
        help="How this person is told of points earned, used and about to expire.",
    )

    def _get_loyalty_b2b_channel(self):
        """Return how a person is told: `email` or `portal`."""
        self.ensure_one()
        wants_portal = self.loyalty_b2b_channel == "portal"
        return "portal" if wants_portal and self._has_loyalty_b2b_portal() else "email"

    def _has_loyalty_b2b_portal(self):
        """Tell whether the person can open the portal."""
        return any(user.active for user in self.sudo().user_ids)
