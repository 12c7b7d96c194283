from odoo import api, fields, models
from odoo.tools import formatLang


class LoyaltyB2bEntryLine(models.Model):
    """What the back office shows of an explanation."""

    _inherit = "loyalty.b2b.entry.line"

    rate_text = fields.Char(
        string="Rate",
        compute="_compute_rate_text",
        help="Points given per amount, as they were when booked.",
    )

    # === COMPUTE METHODS === #

    @api.depends("rate_points", "rate_amount", "currency_id")
    @api.depends_context("lang")
    def _compute_rate_text(self):
        for line in self:
            line.rate_text = False
            if line.rate_points:
                line.rate_text = self.env._(
                    "%(points)s per %(amount)s",
                    points=formatLang(self.env, line.rate_points, digits=0),
                    amount=line.currency_id.format(line.rate_amount),
                )
