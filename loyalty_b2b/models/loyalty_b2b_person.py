from odoo import api, fields, models

from ..fields import Points

# From the least to the most; who may do more may do all before it.
ROLES = ("collects", "sees", "uses", "administers")


class LoyaltyB2bPerson(models.Model):
    """What a person of a company may do with its points.

    Who has no row has the programme's role for colleagues. Rows end, and stay.
    """

    _name = "loyalty.b2b.person"
    _inherit = ["mail.thread", "loyalty.b2b.guarded.mixin"]
    _description = "B2B Loyalty Person"
    _order = "wallet_id, id"
    _rec_name = "name"
    _check_company_auto = True

    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    program_id = fields.Many2one(
        related="wallet_id.program_id", string="Programme", store=True, precompute=True
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
        required=True, readonly=True, help="As the person was called then."
    )
    role = fields.Selection(
        selection=[
            ("collects", "Collects"),
            ("sees", "Sees"),
            ("uses", "Uses"),
            ("administers", "Administers"),
        ],
        required=True,
        readonly=True,
        tracking=True,
    )
    limit_order = Points(
        string="Points per order",
        readonly=True,
        tracking=True,
        help="Most points the person uses on one order without asking. 0: no limit.",
    )
    limit_month = Points(
        string="Points per month",
        readonly=True,
        tracking=True,
        help="Most points the person uses in a calendar month without asking. 0: no"
        " limit.",
    )
    date_start = fields.Date(string="Since", required=True, readonly=True)
    date_end = fields.Date(string="Until", readonly=True, tracking=True)
    reason = fields.Char(readonly=True, help="Why the person has, or lost, the role.")
    granted_by_id = fields.Many2one(
        comodel_name="res.partner", readonly=True, ondelete="set null"
    )
    granted_by_name = fields.Char(string="Given by", readonly=True)

    _partner_uniq = models.UniqueIndex(
        "(wallet_id, partner_id) WHERE date_end IS NULL AND partner_id IS NOT NULL",
        "This person has a role in the wallet already.",
    )
    _limits = models.Constraint(
        "CHECK (limit_order >= 0 AND limit_month >= 0)", "A limit is 0 or more points."
    )

    # === CRUD METHODS === #

    @api.model
    def _get_guarded_fields(self):
        # created for who may not write one
        return super()._get_guarded_fields() | set(self._fields)
