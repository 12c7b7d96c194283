from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LoyaltyB2bReward(models.Model):
    """Who may have a reward, when and how often."""

    _inherit = "loyalty.b2b.reward"

    date_start = fields.Date(
        string="From",
        tracking=True,
        help="First day on which it can be had, included.",
    )
    date_end = fields.Date(
        string="Until",
        tracking=True,
        help="Last day on which it can be had, included.",
    )
    limit_number = fields.Integer(
        string="Limit per customer",
        help="How many a customer may have in a period. 0: any number.",
    )
    limit_period = fields.Selection(
        selection=[
            ("month", "a month"),
            ("quarter", "a quarter"),
            ("year", "a year"),
            ("lifetime", "in all"),
        ],
        string="Period of the limit",
        required=True,
        default="year",
        help="Calendar periods in the programme's time zone.",
    )
    tier_ids = fields.Many2many(
        comodel_name="loyalty.b2b.tier",
        string="Levels",
        domain="[('program_id', '=', program_id)]",
        help="Only for customers of these levels. Empty: for all.",
    )
    segment_ids = fields.Many2many(
        comodel_name="res.partner.category",
        string="Customer tags",
        help="Only for customers with one of these tags. Empty: for all.",
    )
    min_turnover = fields.Monetary(
        string="Turnover from",
        help="Only for customers who bought for as much in the period, before tax."
        " 0: for all.",
    )
    turnover_period = fields.Selection(
        selection=[
            ("quarter", "in this quarter"),
            ("year", "in this year"),
            ("rolling", "in the last 12 months"),
        ],
        string="Turnover in",
        required=True,
        default="rolling",
    )
    is_exclusive = fields.Boolean(
        string="Only for participants",
        help="Customers see that it cannot be bought; its product is not for sale.",
    )

    _dates = models.Constraint(
        "CHECK (date_end IS NULL OR date_start IS NULL OR date_end >= date_start)",
        "A reward cannot end before it begins.",
    )
    _limits = models.Constraint(
        "CHECK (COALESCE(limit_number, 0) >= 0 AND COALESCE(min_turnover, 0) >= 0)",
        "Limits of a reward are 0 or more.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("is_exclusive", "product_id")
    def _check_exclusive(self):
        """What only participants can have is not for sale."""
        for reward in self:
            product = reward.product_id
            if reward.is_exclusive and product.sale_ok:
                raise ValidationError(
                    self.env._(
                        "“%(reward)s” is only for participants, but %(product)s can be"
                        " bought: untick “Sales” on the product, or let the reward be"
                        " for all.",
                        reward=reward.name,
                        product=product.display_name,
                    )
                )
