from odoo import api, fields, models


class LoyaltyB2bApart(models.Model):
    """A company that stays as it is, though its tax id belongs to another wallet."""

    _name = "loyalty.b2b.apart"
    _inherit = ["loyalty.b2b.guarded.mixin"]
    _description = "B2B Loyalty Company Kept Apart"
    _order = "id desc"
    _rec_name = "partner_id"

    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        string="Programme",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="program_id.company_id", store=True, precompute=True, index=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    tax_id = fields.Char(
        string="Tax ID",
        readonly=True,
        help="As it was then: with another one the company is listed again.",
    )
    reason = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Decided by",
        readonly=True,
        ondelete="set null",
    )

    # === CRUD METHODS === #

    @api.model
    def _get_guarded_fields(self):
        # created for who may not write one
        return super()._get_guarded_fields() | set(self._fields)
