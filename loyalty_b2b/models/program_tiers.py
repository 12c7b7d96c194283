from odoo import fields, models


class LoyaltyB2bProgram(models.Model):
    """Levels of a programme: what they count, over which time."""

    _inherit = "loyalty.b2b.program"

    tier_ids = fields.One2many(
        comodel_name="loyalty.b2b.tier",
        inverse_name="program_id",
        string="Levels",
        copy=True,
    )
    tier_measure = fields.Selection(
        selection=[
            ("points", "Points earned"),
            ("turnover", "Turnover"),
            ("orders", "Number of orders"),
        ],
        string="Levels go by",
        required=True,
        default="turnover",
    )
    tier_period = fields.Selection(
        selection=[
            ("year", "Calendar year"),
            ("rolling", "Last 12 months"),
            ("membership", "Year of membership"),
        ],
        string="Counted over",
        required=True,
        default="year",
    )
    tier_grace_days = fields.Integer(
        string="Grace",
        default=60,
        help="Days after the end of a period for which a level is kept before it falls"
        " by one.",
    )

    _tier_grace = models.Constraint(
        "CHECK (tier_grace_days BETWEEN 0 AND 366)",
        "A level is kept for 0 to 366 days after the end of a period.",
    )
