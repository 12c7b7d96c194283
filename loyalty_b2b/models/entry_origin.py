from odoo import fields, models

# Where points come from that no invoice explains.
ORIGINS = [
    ("welcome", "Welcome"),
    ("referral", "Referral"),
    ("activity", "Activity"),
    ("goodwill", "Goodwill"),
    ("import", "Brought in from a list"),
    ("migration", "Taken over from Odoo's loyalty"),
]


class LoyaltyB2bEntry(models.Model):
    """Where points come from that no invoice explains; what descends keeps it."""

    _inherit = "loyalty.b2b.entry"

    origin = fields.Selection(
        selection=ORIGINS,
        help="Where the points come from if no invoice earned them. Returned and moved"
        " points keep it.",
    )
