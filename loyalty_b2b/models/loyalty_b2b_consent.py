from odoo import api, fields, models


class LoyaltyB2bConsent(models.Model):
    """What a person agreed to, in which words, and until when."""

    _name = "loyalty.b2b.consent"
    _inherit = ["loyalty.b2b.guarded.mixin"]
    _description = "B2B Loyalty Consent"
    _order = "id desc"

    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
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
    name = fields.Char(readonly=True, help="As the person was called then.")
    kind = fields.Selection(
        selection=[
            ("terms", "Terms of the programme"),
            ("messages", "Messages about points"),
            ("offers", "Offers and news"),
        ],
        required=True,
        readonly=True,
    )
    channel = fields.Selection(
        selection=[("email", "E-mail"), ("phone", "Phone")], readonly=True
    )
    version = fields.Integer(readonly=True, help="Version of the text.")
    text = fields.Html(readonly=True, help="The text as the person read it.")
    source = fields.Selection(
        selection=[("portal", "Portal"), ("staff", "Entered by staff")],
        required=True,
        readonly=True,
    )
    given_at = fields.Datetime(string="Given on", required=True, readonly=True)
    withdrawn_at = fields.Datetime(string="Withdrawn on", readonly=True)

    # === CRUD METHODS === #

    @api.model
    def _get_guarded_fields(self):
        # created for who may not write one
        return super()._get_guarded_fields() | set(self._fields)
