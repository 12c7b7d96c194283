from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..fields import Points


class LoyaltyB2bRate(models.Model):
    """What points are worth from a stated day on: so many points for so much money."""

    _name = "loyalty.b2b.rate"
    _description = "B2B Loyalty Rate"
    _order = "program_id, date_start desc"
    _rec_name = "date_start"

    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        string="Programme",
        required=True,
        index=True,
        ondelete="cascade",
    )
    date_start = fields.Date(
        string="From",
        required=True,
        default=fields.Date.context_today,
        help="First day on which this rate holds, in the programme's time zone.",
    )
    points = Points(
        required=True,
        default=1000,
        help="Number of points that are worth the amount. Whole, at least 1.",
    )
    amount = fields.Monetary(
        required=True,
        default=10.0,
        help="What the points are worth, in the programme's currency, above 0.",
    )
    currency_id = fields.Many2one(related="program_id.currency_id")

    _program_date_uniq = models.UniqueIndex("(program_id, date_start)")
    _positive = models.Constraint("CHECK (points > 0 AND amount > 0)")

    @api.constrains("points", "amount")
    def _check_positive(self):
        for rate in self:
            if rate.points < 1 or rate.currency_id.compare_amounts(rate.amount, 0) <= 0:
                raise ValidationError(
                    self.env._(
                        "The rate of programme %(program)s from %(date)s must be at"
                        " least 1 point for an amount above zero.",
                        program=rate.program_id.display_name,
                        date=rate.date_start,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rates = super().create(vals_list)
        self.env.registry.clear_cache()
        return rates

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
