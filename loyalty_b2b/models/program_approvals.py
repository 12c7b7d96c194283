from datetime import timedelta

from odoo import api, fields, models

from ..fields import Points


class LoyaltyB2bProgram(models.Model):
    """Who has to agree before points are used, and how long he may think."""

    _inherit = "loyalty.b2b.program"

    approval_days = fields.Integer(
        string="Time to answer",
        default=3,
        required=True,
        help="Days after which a wish that nobody has answered lapses.",
    )
    sales_approval = fields.Selection(
        selection=[
            ("never", "Never"),
            ("above", "Above a number of points"),
            ("always", "Always"),
        ],
        string="Sales agrees",
        required=True,
        default="never",
        help="When sales has to agree, after the customer's own administrator. Whoever"
        " entered the wish does not agree to it.",
    )
    sales_approval_points = Points(
        string="Sales agrees above",
        default=0,
        help="Points of one use above which sales has to agree.",
    )
    staff_use = fields.Selection(
        selection=[
            ("record", "On record: the customer's administrators are told"),
            ("confirm", "After the customer's confirmation"),
            ("none", "Not at all: only customers use their points"),
        ],
        string="Use by our staff",
        required=True,
        default="record",
    )

    caption_approvals = fields.Char(compute="_compute_caption_approvals")

    _approval_days = models.Constraint(
        "CHECK (approval_days BETWEEN 1 AND 60)",
        "An answer takes from 1 to 60 days.",
    )
    _sales_approval_points = models.Constraint(
        "CHECK (sales_approval_points >= 0)", "Sales agrees above 0 or more points."
    )

    # === COMPUTE METHODS === #

    @api.depends("staff_use", "sales_approval")
    @api.depends_context("lang")
    def _compute_caption_approvals(self):
        for program in self:
            program.caption_approvals = {
                "record": self.env._("staff on record"),
                "confirm": self.env._("staff after confirmation"),
                "none": self.env._("customers only"),
            }.get(program.staff_use, "")

    # === BUSINESS METHODS === #

    def _get_approval_end(self, validity_date=None):
        """Return until when a question can be answered.

        :param date validity_date: last day of the quotation, included; may be empty.
        :return: moment in UTC.
        """
        self.ensure_one()
        end = fields.Datetime.now() + timedelta(days=self.approval_days)
        if not validity_date:
            return end
        return min(end, self._get_day_start(validity_date + timedelta(days=1)))

    def _needs_sales(self, points):
        """Tell whether sales has to agree to a use of so many points."""
        self.ensure_one()
        if self.sales_approval == "above":
            return points > self.sales_approval_points
        return self.sales_approval == "always"
