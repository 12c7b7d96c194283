from odoo import api, fields, models


class LoyaltyB2bPersonRequest(models.Model):
    """A person of the customer asks to decide about its points."""

    _name = "loyalty.b2b.person.request"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "loyalty.b2b.guarded.mixin",
    ]
    _description = "B2B Loyalty Request to Administer"
    _order = "id desc"
    _mail_post_access = "read"

    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        string="Customer",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="wallet_id.company_id", store=True, precompute=True, index=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Person",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
    )
    name = fields.Char(
        string="Asked by",
        required=True,
        readonly=True,
        help="As the person was called then.",
    )
    state = fields.Selection(
        selection=[
            ("asked", "Waits for an answer"),
            ("granted", "Granted"),
            ("refused", "Refused"),
            ("lapsed", "No answer in time"),
        ],
        string="Status",
        required=True,
        default="asked",
        readonly=True,
        tracking=True,
    )
    reason = fields.Char(readonly=True, help="How the person came to ask.")
    asked_at = fields.Datetime(string="Asked on", required=True, readonly=True)
    date_end = fields.Datetime(
        string="Answer until", required=True, readonly=True, help="The link ends then."
    )
    email = fields.Char(
        string="Link sent to",
        readonly=True,
        help="The main e-mail address of the company. Empty: it has none, so only staff"
        " can answer.",
    )
    nonce = fields.Char(readonly=True, copy=False, groups="base.group_system")
    decided_at = fields.Datetime(string="Answered on", readonly=True)
    decided_by_name = fields.Char(
        string="Answered by",
        readonly=True,
        help="A user, or the address to which the link was sent.",
    )

    _open_uniq = models.UniqueIndex(
        "(wallet_id, partner_id) WHERE state = 'asked' AND partner_id IS NOT NULL",
        "This person has asked already.",
    )

    # === COMPUTE METHODS === #

    @api.depends("name", "wallet_id")
    def _compute_display_name(self):
        for request in self:
            customer = request.wallet_id.display_name or ""
            request.display_name = f"{request.name} ({customer})"

    # === CRUD METHODS === #

    @api.model
    def _get_guarded_fields(self):
        # created for who may not write one
        return super()._get_guarded_fields() | set(self._fields)
