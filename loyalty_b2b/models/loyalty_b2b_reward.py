from odoo import fields, models

from ..fields import Points

# Kinds that put lines on a quotation; the others need none.
ORDER_KINDS = ("discount", "percent", "product", "delivery")


class LoyaltyB2bReward(models.Model):
    """What points can be used for, besides a discount of any amount."""

    _name = "loyalty.b2b.reward"
    _inherit = ["mail.thread", "mail.activity.mixin", "image.mixin"]
    _description = "B2B Loyalty Reward"
    _order = "sequence, points, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        string="Programme",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="program_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="program_id.currency_id")
    kind = fields.Selection(
        selection=[
            ("discount", "Discount in money"),
            ("percent", "Discount in percent"),
            ("product", "Free product"),
            ("delivery", "Free delivery"),
            ("access", "Event, training or webinar"),
            ("service", "Service"),
            ("subscription", "Subscription"),
            ("voucher", "Voucher of somebody else"),
            ("enablement", "Help for the business"),
            ("gift", "Personal gift"),
        ],
        required=True,
        default="discount",
        tracking=True,
    )
    description = fields.Html(translate=True)
    terms = fields.Html(string="Terms", translate=True)

    # its price
    points = Points(string="Price", required=True, tracking=True, help="Whole points.")

    _positive = models.Constraint(
        "CHECK (points > 0)", "A reward costs at least 1 point."
    )
