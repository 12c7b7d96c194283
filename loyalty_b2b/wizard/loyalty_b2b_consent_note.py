from odoo import api, fields, models
from odoo.exceptions import UserError

NAMES = {
    "offers_email": ("offers", "email"),
    "offers_phone": ("offers", "phone"),
    "messages_email": ("messages", "email"),
    "terms": ("terms", False),
}


class LoyaltyB2bConsentNote(models.TransientModel):
    """Asks what a person of a customer has agreed to, if not in the portal."""

    _name = "loyalty.b2b.consent.note"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Record Consent"

    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    allowed_partner_ids = fields.Many2many(
        comodel_name="res.partner", compute="_compute_allowed_partner_ids"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Person",
        domain="[('id', 'in', allowed_partner_ids)]",
    )
    consent = fields.Selection(
        selection=[
            ("offers_email", "Offers and news by e-mail"),
            ("offers_phone", "Offers and news by phone"),
            ("messages_email", "Messages on points by e-mail"),
            ("terms", "Terms of the programme"),
        ],
        string="About",
        required=True,
        default="offers_email",
    )
    act = fields.Selection(
        selection=[("give", "Agrees"), ("withdraw", "Does not agree any more")],
        string="The person",
        required=True,
        default="give",
    )
    note = fields.Char(
        string="How do you know?", help="For example: form signed at a fair, by phone …"
    )
    text = fields.Html(
        compute="_compute_text", help="What it says today, in the person's language."
    )

    # === COMPUTE METHODS === #

    @api.depends("wallet_id")
    def _compute_allowed_partner_ids(self):
        for wizard in self:
            # read with the rights of the user: contacts he may not see stay hidden
            domain = (
                wizard.wallet_id.sudo()._get_contact_domain()
                if wizard.wallet_id
                else [("id", "=", False)]
            )
            wizard.allowed_partner_ids = self.env["res.partner"].search(domain)

    @api.depends("wallet_id", "partner_id", "consent")
    def _compute_text(self):
        for wizard in self:
            kind, channel = NAMES.get(wizard.consent, ("", False))
            lang = wizard.partner_id.lang or self.env.lang
            program = wizard.wallet_id.program_id.sudo().with_context(lang=lang)
            wizard.text = (
                program.terms
                if kind == "terms"
                else kind and program._get_consent_text(kind, channel)[0]
            )

    # === ACTION METHODS === #

    def action_note(self):
        """Write down what the person said.

        :raises UserError: without a person, or without saying how one knows.
        """
        self.ensure_one()
        self.wallet_id.check_access("read")
        person, note = self.partner_id, (self.note or "").strip()
        if not person or person not in self.allowed_partner_ids:
            raise UserError(self.env._("Choose a person of the customer."))
        if not note:
            raise UserError(
                self.env._("Say how you know: by a signed form, by phone …")
            )
        self._note(person, note)
        return {"type": "ir.actions.act_window_close"}

    def _note(self, person, note):
        kind, channel = NAMES[self.consent]
        wallet = self.wallet_id.sudo()
        if kind == "terms":
            self._note_terms(wallet, person, note)
            return
        if self.act == "give":
            wallet._give_consent(person, kind, channel, source="staff", note=note)
        else:
            wallet._withdraw_consent(person, kind, channel, source="staff", note=note)
        if kind == "messages":
            person.sudo().loyalty_b2b_channel = (
                "email" if self.act == "give" else "portal"
            )

    def _note_terms(self, wallet, person, note):
        if self.act != "give":
            raise UserError(
                self.env._(
                    "Who does not accept the terms any more leaves the programme: set"
                    " the wallet to “Left”."
                )
            )
        wallet._note_terms(person, "staff", note)
