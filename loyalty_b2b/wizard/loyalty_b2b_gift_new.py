from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..fields import Points
from ..models.loyalty_b2b_gift import CONSENTS, STATUSES


class LoyaltyB2bGiftNew(models.TransientModel):
    """Asks who gets which personal gift, and who of the company agreed to it."""

    _name = "loyalty.b2b.gift.new"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Give a Personal Gift"

    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    # read with the user's own rights: not everybody sees every wallet
    program_id = fields.Many2one(related="wallet_id.program_id", related_sudo=False)
    company_id = fields.Many2one(related="wallet_id.company_id", related_sudo=False)
    currency_id = fields.Many2one(related="program_id.currency_id", related_sudo=False)
    point_name = fields.Char(related="wallet_id.point_name", related_sudo=False)
    available = Points(related="wallet_id.available", related_sudo=False)
    owner_ids = fields.Many2many(
        comodel_name="res.partner", compute="_compute_owner_ids"
    )
    reward_id = fields.Many2one(
        comodel_name="loyalty.b2b.reward",
        string="Gift",
        required=True,
        ondelete="cascade",
        domain="[('kind', '=', 'gift'), ('program_id', '=', program_id)]",
    )
    quantity = fields.Integer(default=1, required=True)
    points = Points(string="Price", compute="_compute_price")
    value = fields.Monetary(
        compute="_compute_price", help="What it is worth to the person, tax included."
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Recipient",
        domain="[('id', 'child_of', owner_ids), ('is_company', '=', False)]",
        help="A contact of the customer; or type the name below.",
    )
    name = fields.Char(
        compute="_compute_name",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="First and last name.",
    )
    function = fields.Char(
        compute="_compute_function",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="What the person is in the company.",
    )
    owner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Works for",
        compute="_compute_owner_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        domain="[('id', 'in', owner_ids)]",
    )
    status = fields.Selection(selection=STATUSES)
    consent_name = fields.Char(
        string="Agreed by", help="Who agreed for the company; not the recipient."
    )
    consent_date = fields.Date(string="Agreed on", default=fields.Date.context_today)
    consent_how = fields.Selection(selection=CONSENTS, string="How")
    reason = fields.Char(
        string="Occasion", help="Why the gift is given, without names."
    )
    left = fields.Char(string="This year", compute="_compute_left")
    refusal = fields.Text(compute="_compute_left")
    text = fields.Text(compute="_compute_text")
    request = fields.Char(
        readonly=True,
        default=lambda self: str(uuid4()),
        help="Two clicks on the same dialog are one gift.",
    )

    # === COMPUTE METHODS === #

    @api.depends("wallet_id")
    def _compute_owner_ids(self):
        for wizard in self:
            wizard.owner_ids = wizard.wallet_id.participant_ids.partner_id

    @api.depends("wallet_id")
    @api.depends_context("lang")
    def _compute_text(self):
        for wizard in self:
            company = wizard.wallet_id.company_id
            wizard.text = company and company._get_loyalty_b2b_gift_text()

    @api.depends("reward_id", "quantity")
    def _compute_price(self):
        for wizard in self:
            wizard.points = int(wizard.reward_id.points) * wizard.quantity
            wizard.value = wizard.reward_id.value * wizard.quantity

    @api.depends("partner_id")
    def _compute_name(self):
        for wizard in self:
            wizard.name = wizard.partner_id.name or wizard.name

    @api.depends("partner_id")
    def _compute_function(self):
        for wizard in self:
            wizard.function = wizard.partner_id.function or wizard.function

    @api.depends("partner_id", "wallet_id")
    def _compute_owner_id(self):
        for wizard in self:
            owner = wizard.partner_id._get_loyalty_b2b_owner()
            wizard.owner_id = owner or wizard.owner_id or wizard.wallet_id.partner_id

    @api.depends("reward_id", "quantity", "name", "partner_id", "owner_id", "status")
    @api.depends_context("lang")
    def _compute_left(self):
        for wizard in self:
            wizard.left, wizard.refusal = "", ""
            if not wizard.wallet_id or not (wizard.name or "").strip():
                continue
            if wizard.owner_id not in wizard.wallet_id.participant_ids.partner_id:
                continue  # refused when it is given
            draft = wizard._get_draft()
            wizard.left = draft._get_left_text()
            refusals = draft._get_refusals()
            wizard.refusal = "\n".join(refusal.text for refusal in refusals)

    def _get_draft(self):
        """Return an unsaved gift, in sudo.

        Reading the wallet first refuses who may not see it.
        """
        self.wallet_id.check_access("read")
        company, today = self.company_id, self.program_id.sudo()._today()
        gifts = self.env["loyalty.b2b.gift"].sudo().with_company(company)
        return gifts.new(
            {
                "owner_id": self.owner_id.id,
                "partner_id": self.partner_id.id,
                "name": self.name.strip(),
                "name_key": gifts._get_name_key(self.name),
                "status": self.status,
                "date": today,
                "quantity": self.quantity,
                "value": self.currency_id._convert(
                    self.value, company.currency_id, company, today
                ),
            }
        )

    # === ACTION METHODS === #

    def action_give(self):
        """Give the gift, or ask the second person, and open the use of points.

        :raises AccessError: for wallets and contacts the user may not see.
        :raises UserError: with what is missing or stands against it.
        """
        self.ensure_one()
        self.wallet_id.check_access("read")
        self.reward_id.check_access("read")
        self.partner_id.check_access("read")
        self._check_fits()
        wish = self.reward_id._redeem(
            self.wallet_id,
            self.env["res.partner"],
            quantity=self.quantity,
            request_key=self.request,
            reason=(self.reason or "").strip(),
            gift=self._prepare_gift(),
        )
        return wish.with_env(self.env).get_formview_action()

    def _check_fits(self):
        """Refuse what the dialog does not offer, however it was put there.

        :raises UserError: naming what does not fit.
        """
        if self.reward_id.kind != "gift":
            raise UserError(
                self.env._("“%s” is no personal gift.", self.reward_id.name)
            )
        if not 1 <= self.quantity <= self.company_id.sudo().loyalty_b2b_gift_count:
            raise UserError(
                self.env._(
                    "Choose how many: at most %(most)s gifts go to a person in a year.",
                    most=self.company_id.sudo().loyalty_b2b_gift_count,
                )
            )

    def _prepare_gift(self):
        return {
            "recipient": self.partner_id,
            "name": self.name,
            "owner": self.owner_id,
            "function": self.function,
            "status": self.status,
            "consent_name": (self.consent_name or "").strip(),
            "consent_date": self.consent_date,
            "consent_how": self.consent_how,
        }
