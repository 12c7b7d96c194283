from odoo import api, fields, models


class LoyaltyB2bParticipant(models.Model):
    """A company that takes part in a wallet."""

    _name = "loyalty.b2b.participant"
    _inherit = ["loyalty.b2b.guarded.mixin"]
    _description = "B2B Loyalty Participating Company"
    _order = "wallet_id, id"
    _rec_name = "partner_id"
    _check_company_auto = True

    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        required=True,
        index=True,
        ondelete="cascade",
    )
    program_id = fields.Many2one(
        related="wallet_id.program_id", store=True, precompute=True
    )
    company_id = fields.Many2one(
        related="wallet_id.company_id", store=True, precompute=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Participant",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        help="Its invoices earn into the wallet; its quotations may use points of it.",
    )
    tax_id = fields.Char(
        string="Tax ID",
        compute="_compute_tax_id",
        store=True,
        index=True,
        help="As it was when the company joined, without prefix, spaces and dashes.",
    )
    date_start = fields.Date(
        string="From",
        required=True,
        default=fields.Date.context_today,
        help="Invoices dated before this day give and take nothing.",
    )
    date_end = fields.Date(
        string="Until",
        help="Last day, included. Empty: for as long as the wallet lives.",
    )
    reason = fields.Char(
        help="Why this company shares the wallet: branch, same tax id, group …"
    )

    _program_partner_uniq = models.UniqueIndex(
        "(program_id, partner_id)",
        "This company already takes part in the programme.",
    )
    _joined_idx = models.Index("(partner_id, company_id, date_start, id)")
    _dates = models.Constraint(
        "CHECK (date_end IS NULL OR date_end >= date_start)",
        "A company cannot leave a wallet before it has joined it.",
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id")
    def _compute_tax_id(self):
        for participant in self:
            participant.tax_id = participant.partner_id._get_loyalty_b2b_tax_id()

    # === CRUD METHODS === #

    @api.model
    def _get_guarded_fields(self):
        # created for who may not write one
        return super()._get_guarded_fields() | set(self._fields)
