from odoo import api, fields, models

STATUSES = [
    ("employee", "Employee"),
    ("manager", "Manager or board member"),
    ("owner", "Owner"),
    ("other", "Other person of the company"),
    ("public", "Public official, or employee of a public body"),
]
CONSENTS = [
    ("written", "In writing"),
    ("mail", "By e-mail"),
    ("portal", "In the portal"),
    ("contract", "In a contract"),
]


class LoyaltyB2bGift(models.Model):
    """A row of the register of gifts: who got what from whom, and who agreed."""

    _name = "loyalty.b2b.gift"
    _inherit = ["loyalty.b2b.guarded.mixin"]
    _description = "B2B Loyalty Gift"
    _order = "date desc, id desc"

    redemption_id = fields.Many2one(
        comodel_name="loyalty.b2b.redemption",
        string="Use of points",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    wallet_id = fields.Many2one(
        related="redemption_id.wallet_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="redemption_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(related="redemption_id.state", store=True, precompute=True)
    date = fields.Date(
        required=True,
        readonly=True,
        help="Day on which it was given; limits and the time it is kept go by its"
        " year.",
    )
    year = fields.Char(
        compute="_compute_year", store=True, precompute=True, help="Calendar year."
    )

    # who gets it
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Recipient",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
    )
    name = fields.Char(string="Name of the recipient", readonly=True)
    name_key = fields.Char(
        readonly=True,
        index="btree_not_null",
        help="The name, whatever its order and letters: a person counts once.",
    )
    function = fields.Char(readonly=True, help="What the person is in the company.")
    status = fields.Selection(selection=STATUSES, required=True, readonly=True)
    owner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
        help="The company the person works for.",
    )
    owner_name = fields.Char(string="Name of the customer", readonly=True)

    # what it is
    reward_id = fields.Many2one(related="redemption_id.reward_id")
    reward_name = fields.Char(related="redemption_id.reward_name", string="Gift")
    quantity = fields.Integer(default=1, required=True, readonly=True)
    value = fields.Monetary(
        readonly=True, help="What it is worth to the person, tax included."
    )
    cost = fields.Monetary(
        string="Gross cost", readonly=True, help="What it costs us, tax included."
    )
    points = fields.Integer(compute="_compute_points", help="Points used for it.")

    # who agreed
    consent_name = fields.Char(
        string="Company agreed by",
        readonly=True,
        help="Who agreed for the company of the person.",
    )
    consent_date = fields.Date(string="Company agreed on", readonly=True)
    consent_how = fields.Selection(
        selection=CONSENTS, string="How it agreed", readonly=True
    )
    reason = fields.Char(related="redemption_id.reason", string="Occasion")
    user_id = fields.Many2one(related="redemption_id.user_id")
    approved_by = fields.Char(
        string="Second person", compute="_compute_approved_by", compute_sudo=True
    )
    date_forgotten = fields.Date(
        string="Names removed on",
        readonly=True,
        help="When the time was over for which names are kept.",
    )

    _quantity = models.Constraint("CHECK (quantity > 0)")
    _amounts = models.Constraint("CHECK (value > 0 AND cost >= 0)")
    _count_idx = models.Index("(company_id, owner_id, year)")

    # === COMPUTE METHODS === #

    @api.depends("date")
    def _compute_year(self):
        for gift in self:
            gift.year = str(gift.date.year) if gift.date else ""

    def _compute_points(self):
        for gift in self:
            gift.points = int(gift.redemption_id.points)

    def _compute_approved_by(self):
        for gift in self:
            granted = gift.redemption_id.approval_ids.filtered(
                lambda one: one.step == "gift" and one.verdict == "accepted"
            )
            gift.approved_by = granted[:1].decided_by_name

    @api.depends("name", "redemption_id.reward_name")
    def _compute_display_name(self):
        for gift in self:
            gift.display_name = self.env._(
                "%(gift)s for %(person)s",
                gift=gift.redemption_id.sudo().reward_name or "",
                person=gift.name or "",
            )

    # === CRUD METHODS === #

    @api.model
    def _get_guarded_fields(self):
        # created for who may not write one
        return super()._get_guarded_fields() | set(self._fields)
