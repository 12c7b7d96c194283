from odoo import api, fields, models

from ..fields import Points

# In this order somebody is asked; see `redemption._get_needed_approvals`.
STEPS = ("customer", "sales", "officer", "gift")
GRANTED = ("accepted", "reduced")


class LoyaltyB2bApproval(models.Model):
    """A question whether a wish to use points may go on, and its answer."""

    _name = "loyalty.b2b.approval"
    _inherit = ["loyalty.b2b.guarded.mixin"]
    _description = "B2B Loyalty Approval"
    _order = "id desc"

    redemption_id = fields.Many2one(
        comodel_name="loyalty.b2b.redemption",
        string="Use of points",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    wallet_id = fields.Many2one(related="redemption_id.wallet_id")
    company_id = fields.Many2one(
        related="redemption_id.company_id", store=True, precompute=True, index=True
    )
    step = fields.Selection(
        selection=[
            ("customer", "The customer's administrator"),
            ("sales", "Sales"),
            ("officer", "Loyalty officer"),
            ("gift", "Second person for gifts"),
        ],
        string="Asked",
        required=True,
        readonly=True,
    )
    reason = fields.Char(
        readonly=True, help="Why it is wished, in the words of who asks."
    )
    points = Points(string="Points wished", readonly=True)
    asked_at = fields.Datetime(string="Asked on", required=True, readonly=True)
    date_end = fields.Datetime(
        string="Answer until", readonly=True, help="The wish lapses then."
    )
    verdict = fields.Selection(
        selection=[
            ("accepted", "Accepted"),
            ("reduced", "Reduced"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
            ("lapsed", "No answer in time"),
        ],
        readonly=True,
    )
    points_granted = Points(string="Points granted", readonly=True)
    answer = fields.Char(readonly=True, help="Why so, in the words of who answers.")
    decided_by_id = fields.Many2one(
        comodel_name="res.partner", readonly=True, ondelete="set null"
    )
    decided_by_name = fields.Char(string="Answered by", readonly=True)
    decided_at = fields.Datetime(string="Answered on", readonly=True)

    _open_uniq = models.UniqueIndex("(redemption_id) WHERE verdict IS NULL")

    # === CRUD METHODS === #

    @api.model
    def _get_guarded_fields(self):
        # created for who may not write one
        return super()._get_guarded_fields() | set(self._fields)
