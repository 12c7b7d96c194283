from odoo import api, fields, models
from odoo.tools import email_normalize

from ..fields import Points

OPEN = ("invited", "asked")
ENDED = ("refused", "lapsed")


class LoyaltyB2bReferral(models.Model):
    """A company that another one recommends, and what that brings."""

    _name = "loyalty.b2b.referral"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "loyalty.b2b.guarded.mixin",
    ]
    _description = "B2B Loyalty Referral"
    _order = "id desc"
    _check_company_auto = True

    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        string="Programme",
        required=True,
        index=True,
        ondelete="restrict",
        compute="_compute_program_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    company_id = fields.Many2one(
        related="program_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="program_id.currency_id")
    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        string="Recommended by",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        domain="[('state', '=', 'active'), ('program_id.referral_mode', '!=', 'none')]",
        help="The company that gets the points.",
    )
    inviter_id = fields.Many2one(
        comodel_name="res.partner",
        string="Invited by",
        readonly=True,
        ondelete="set null",
        help="The person who sent the invitation in the portal.",
    )
    inviter_name = fields.Char(readonly=True)

    # who is recommended
    name = fields.Char(string="Company name", required=True, tracking=True)
    contact_name = fields.Char(string="Contact")
    email = fields.Char(string="E-mail")
    email_normalized = fields.Char(
        compute="_compute_email_normalized", store=True, index="btree_not_null"
    )
    phone = fields.Char()
    tax_id = fields.Char(string="Tax ID")
    tax_key = fields.Char(
        compute="_compute_tax_key",
        store=True,
        index="btree_not_null",
        help="The tax id as country and number, without spaces and dashes.",
    )
    lang = fields.Char(string="Language", help="In which the invitation is written.")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="The contact of the recommended company, once there is one.",
    )
    referred_wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        string="Its wallet",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="What it buys is counted for the company that recommended it.",
    )

    # what becomes of it
    state = fields.Selection(
        selection=[
            ("invited", "Invited"),
            ("asked", "Wants to join"),
            ("joined", "Joined"),
            ("rewarded", "Rewarded"),
            ("refused", "Refused"),
            ("lapsed", "Lapsed"),
        ],
        string="Status",
        required=True,
        default="invited",
        readonly=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )
    refusal = fields.Char(
        readonly=True, copy=False, help="Code of why the referral is refused."
    )
    reason = fields.Char(
        string="Refused because", readonly=True, copy=False, tracking=True
    )
    token = fields.Char(
        readonly=True, copy=False, groups="base.group_system", index="btree_not_null"
    )
    date_invited = fields.Datetime(
        string="Invited on", readonly=True, copy=False, default=fields.Datetime.now
    )
    date_sent = fields.Datetime(string="Invitation sent on", readonly=True, copy=False)
    date_expiry = fields.Date(
        string="Invitation holds until", readonly=True, copy=False, help="Last day."
    )
    date_asked = fields.Datetime(string="Asked to join on", readonly=True, copy=False)
    date_joined = fields.Date(string="Joined on", readonly=True, copy=False)
    date_until = fields.Date(
        string="Purchases count until",
        readonly=True,
        copy=False,
        help="Last day of the first invoice of an order that counts.",
    )
    asked_name = fields.Char(string="Asked as", readonly=True, copy=False)
    asked_tax_id = fields.Char(string="Tax ID given", readonly=True, copy=False)
    asked_contact = fields.Char(string="Person", readonly=True, copy=False)
    asked_email = fields.Char(string="E-mail given", readonly=True, copy=False)
    asked_phone = fields.Char(string="Phone given", readonly=True, copy=False)

    # what is promised: as it was when the invitation was made
    reward = fields.Selection(
        selection=[
            ("fixed", "Points for the first paid order"),
            ("share", "Points for what the company buys"),
        ],
        string="Brings",
        readonly=True,
    )
    reward_points = Points(readonly=True)
    reward_amount = fields.Monetary(string="For each", readonly=True)
    reward_months = fields.Integer(readonly=True)
    reward_min_amount = fields.Monetary(string="Smallest first order", readonly=True)
    points = Points(
        string="Points brought",
        readonly=True,
        copy=False,
        tracking=True,
        help="Booked for the company that recommended, less what was taken back.",
    )

    _token_uniq = models.UniqueIndex("(token)")
    _partner_uniq = models.UniqueIndex(
        "(program_id, partner_id)"
        " WHERE partner_id IS NOT NULL AND state NOT IN ('refused', 'lapsed')",
        "This company has been recommended already.",
    )
    _tax_key_uniq = models.UniqueIndex(
        "(program_id, tax_key) WHERE tax_key IS NOT NULL AND state IN"
        " ('invited', 'asked', 'joined', 'rewarded')",
        "A company with this tax id has been recommended already.",
    )
    _email_uniq = models.UniqueIndex(
        "(program_id, email_normalized) WHERE email_normalized IS NOT NULL"
        " AND state IN ('invited', 'asked')",
        "This e-mail address has been invited already.",
    )
    _not_itself = models.Constraint(
        "CHECK (referred_wallet_id IS NULL OR referred_wallet_id <> wallet_id)",
        "A company cannot recommend itself.",
    )

    # === COMPUTE METHODS === #

    @api.depends("wallet_id")
    def _compute_program_id(self):
        for referral in self:
            referral.program_id = referral.wallet_id.program_id

    @api.depends("email")
    def _compute_email_normalized(self):
        for referral in self:
            referral.email_normalized = email_normalize(referral.email) or False

    @api.depends("tax_id", "partner_id.vat")
    def _compute_tax_key(self):
        for referral in self:
            known = referral.partner_id.sudo()
            key = known and known._get_loyalty_b2b_tax_id()
            referral.tax_key = key or referral._get_typed_tax_key() or False

    def _get_typed_tax_key(self):
        """Return the tax id that was typed in as `_get_loyalty_b2b_tax_id` does."""
        partners = self.env["res.partner"].sudo()
        country = self.wallet_id.sudo().partner_id.country_id
        typed = {"vat": self.tax_id or False, "country_id": country.id}
        return partners.new(typed)._get_loyalty_b2b_tax_id()
