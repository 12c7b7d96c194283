from odoo import fields, models


class LoyaltyB2bPerson(models.Model):
    """When a colleague invited the person to the portal."""

    _inherit = "loyalty.b2b.person"

    invited_at = fields.Datetime(
        string="Invited on",
        readonly=True,
        copy=False,
        help="When a colleague invited the person in the portal.",
    )
