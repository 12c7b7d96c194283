from odoo import fields, models


class LoyaltyB2bRedemption(models.Model):
    """A reward on its way to the customer: who hands it over, until when."""

    _inherit = "loyalty.b2b.redemption"

    responsible_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        readonly=True,
        index="btree_not_null",
        tracking=True,
        help="Hands the reward over.",
    )
    date_due = fields.Date(
        string="Due on", readonly=True, help="Day by which it is to be handed over."
    )
    date_done = fields.Datetime(string="Used on", readonly=True)
    date_fulfilled = fields.Datetime(string="Handed over on", readonly=True)
    fulfilled_by_id = fields.Many2one(
        comodel_name="res.users", string="Handed over by", readonly=True
    )
    fulfil_note = fields.Char(string="How it was handed over", readonly=True)
    cancel_reason = fields.Char(string="Reason of the end", readonly=True)
    date_until = fields.Date(
        string="Runs until", readonly=True, help="Last day of a subscription."
    )
    attendees = fields.Text(
        string="Who takes part", readonly=True, help="Names, one a line."
    )
    reward_value = fields.Monetary(
        string="Worth to the customer",
        readonly=True,
        currency_field="program_currency_id",
        help="Of all that is wished, as the reward said then.",
    )
    reward_cost = fields.Monetary(
        string="Cost",
        readonly=True,
        currency_field="program_currency_id",
        groups="loyalty_b2b.group_loyalty_b2b_officer",
    )
    program_currency_id = fields.Many2one(
        related="program_id.currency_id", string="Currency of the programme"
    )
    counted = fields.Integer(
        default=0,
        readonly=True,
        copy=False,
        help="How many of the reward's stock this use takes.",
    )
    code_ids = fields.One2many(
        comodel_name="loyalty.b2b.reward.code",
        inverse_name="redemption_id",
        string="Codes",
        readonly=True,
        groups="loyalty_b2b.group_loyalty_b2b_officer",
    )
