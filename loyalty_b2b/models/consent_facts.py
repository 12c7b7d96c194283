from odoo import fields, models


class LoyaltyB2bConsent(models.Model):
    """How a consent came about and ended."""

    _inherit = "loyalty.b2b.consent"

    note = fields.Char(
        string="How",
        readonly=True,
        help="How the person said so, if not in the portal.",
    )
    withdrawn_source = fields.Selection(
        selection=[("portal", "Portal"), ("staff", "Entered by staff")],
        string="Withdrawn by way of",
        readonly=True,
    )
    withdrawn_note = fields.Char(string="How withdrawn", readonly=True)
