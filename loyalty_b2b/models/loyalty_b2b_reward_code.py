from odoo import fields, models


class LoyaltyB2bRewardCode(models.Model):
    """A voucher code of somebody else: handed out once."""

    _name = "loyalty.b2b.reward.code"
    _description = "B2B Loyalty Voucher Code"
    _order = "date_end, id"
    _rec_name = "reward_id"

    reward_id = fields.Many2one(
        comodel_name="loyalty.b2b.reward",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="reward_id.company_id", store=True, precompute=True, index=True
    )
    code = fields.Char(
        required=True, readonly=True, groups="loyalty_b2b.group_loyalty_b2b_officer"
    )
    date_end = fields.Date(string="Valid until", readonly=True)
    redemption_id = fields.Many2one(
        comodel_name="loyalty.b2b.redemption",
        string="Handed out for",
        index="btree_not_null",
        readonly=True,
        ondelete="restrict",
    )

    date_shown = fields.Datetime(
        string="Shown on",
        readonly=True,
        help="The customer sees the code since then: nobody else gets it any more.",
    )

    _code_uniq = models.UniqueIndex(
        "(reward_id, code)", "This code is in the pool already."
    )
