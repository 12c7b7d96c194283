from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..fields import Points
from .ledger_mixin import _DOOR
from .loyalty_b2b_activity_type import MOST_QUANTITY

# What the steps of an activity write, and nobody else.
KEPT = frozenset(
    {
        "state",
        "points",
        "times_given",
        "every_nth",
        "entry_id",
        "reason",
        "digest",
        "user_id",
        "decided_by_id",
        "date_decided",
    }
)
# What one reports, and no one changes once it is decided.
OWN_TERMS = frozenset(
    {
        "wallet_id",
        "type_id",
        "date",
        "contact_id",
        "quantity",
        "reference",
        "evidence_text",
        "evidence_file",
        "evidence_name",
        "key",
    }
)
OFFICER = "loyalty_b2b.group_loyalty_b2b_officer"


class LoyaltyB2bActivity(models.Model):
    """An act of a customer that earns points without an invoice, as it was reported."""

    _name = "loyalty.b2b.activity"
    _inherit = ["mail.thread", "loyalty.b2b.guarded.mixin"]
    _description = "B2B Loyalty Activity"
    _order = "date desc, id desc"

    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('state', '!=', 'left'), ('is_control', '=', False)]",
    )
    program_id = fields.Many2one(
        related="wallet_id.program_id",
        string="Programme",
        store=True,
        precompute=True,
        index=True,
    )
    company_id = fields.Many2one(
        related="wallet_id.company_id", store=True, precompute=True, index=True
    )
    type_id = fields.Many2one(
        comodel_name="loyalty.b2b.activity.type",
        string="Activity",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    date = fields.Date(
        required=True, default=fields.Date.context_today, help="Day of the activity."
    )
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Person",
        ondelete="set null",
        help="Who of the customer it was.",
    )
    quantity = fields.Integer(
        string="Times",
        required=True,
        default=1,
        help="How many times, 1 to 1 000: for example people at a training.",
    )
    reference = fields.Char(help="Number or name of what it was, for the history.")
    evidence_type = fields.Selection(
        related="type_id.evidence", string="Evidence needed"
    )
    evidence_text = fields.Text(string="Evidence")
    evidence_file = fields.Binary(string="File", attachment=True)
    evidence_name = fields.Char(string="File name")
    state = fields.Selection(
        selection=[
            ("draft", "Reported"),
            ("approved", "Approved"),
            ("booked", "Booked"),
            ("refused", "Refused"),
            ("taken_back", "Taken back"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    needs_approval = fields.Boolean(related="type_id.needs_approval")
    points = Points(readonly=True, copy=False, help="Booked for it and not taken back.")
    times_given = fields.Integer(
        string="Times that gave",
        readonly=True,
        copy=False,
        help="How many times the points of the activity type stand in the entry.",
    )
    every_nth = fields.Integer(
        string="Gives every",
        readonly=True,
        copy=False,
        help="As the activity type said when it was booked.",
    )
    entry_id = fields.Many2one(
        comodel_name="loyalty.b2b.entry",
        string="Ledger entry",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    reason = fields.Char(readonly=True, copy=False, tracking=True)
    key = fields.Char(
        copy=False,
        help="Names the event in the system that reports it: it counts only once.",
    )
    digest = fields.Char(readonly=True, copy=False)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Reported by",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        ondelete="set null",
    )
    decided_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Decided by",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    date_decided = fields.Datetime(string="Decided on", readonly=True, copy=False)

    _key_uniq = models.UniqueIndex(
        "(program_id, key) WHERE key IS NOT NULL",
        "This event has been reported to the programme before.",
    )
    _quantity = models.Constraint(
        f"CHECK (quantity BETWEEN 1 AND {MOST_QUANTITY})",
        "An activity happens 1 to 1 000 times in one report.",
    )
    _counting_idx = models.Index("(wallet_id, type_id, date) WHERE state = 'booked'")

    # === COMPUTE METHODS === #

    @api.depends("type_id.name", "reference")
    def _compute_display_name(self):
        for act in self:
            name = act.sudo().type_id.name or ""
            act.display_name = f"{name} ({act.reference})" if act.reference else name

    # === CONSTRAINT METHODS === #

    @api.constrains("wallet_id", "type_id", "date", "contact_id")
    def _check_fits(self):
        for act in self.sudo():
            if act.type_id.program_id != act.program_id:
                raise UserError(
                    self.env._(
                        "“%(activity)s” belongs to another programme than the wallet of"
                        " %(customer)s.",
                        activity=act.type_id.name,
                        customer=act.wallet_id.display_name,
                    )
                )
            if act.date > act.program_id._today():
                raise UserError(
                    self.env._(
                        "“%(activity)s” of %(customer)s has not happened yet: its day"
                        " lies ahead.",
                        activity=act.type_id.name,
                        customer=act.wallet_id.display_name,
                    )
                )
            act._check_contact()

    def _check_contact(self):
        owners = self.wallet_id.participant_ids.partner_id
        person = self.contact_id
        if person and person._get_loyalty_b2b_owner() not in owners:
            raise UserError(
                self.env._(
                    "%(person)s does not belong to %(customer)s.",
                    person=person.display_name,
                    customer=self.wallet_id.display_name,
                )
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_kept(set().union(*vals_list))
        self._check_named([self._add_missing_default_values(v) for v in vals_list])
        return super().create(vals_list)

    def write(self, vals):
        self._check_kept(vals.keys())
        self._check_named([vals])
        closed = self.filtered(lambda act: act.state != "draft")
        if closed and OWN_TERMS & vals.keys():
            raise UserError(
                self.env._(
                    "“%(activity)s” of %(customer)s has been decided and cannot be"
                    " changed. Take it back and report it anew.",
                    activity=closed[0].display_name,
                    customer=closed[0].sudo().wallet_id.display_name,
                )
            )
        return super().write(vals)

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | KEPT

    def _check_named(self, vals_list):
        """Refuse to name what the user may not see, before anything is said of it.

        :raises AccessError: for a wallet, type or person of others.
        """
        if self.env.su:
            return
        for name in ("wallet_id", "type_id", "contact_id"):
            ids = {vals.get(name) for vals in vals_list} - {None, False}
            self.env[self._fields[name].comodel_name].browse(ids).check_access("read")

    def _check_kept(self, names):
        """Refuse to write what only the steps of an activity decide.

        :raises AccessError: for everybody, administrators included.
        """
        if KEPT & set(names) and self.env.context.get("loyalty_door") is not _DOOR:
            raise AccessError(
                self.env._(
                    "Activities are approved, refused and taken back by their buttons;"
                    " the points follow."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        decided = self.filtered(lambda act: act.state not in ("draft", "refused"))
        if decided:
            raise UserError(
                self.env._(
                    "“%(activity)s” of %(customer)s has been booked and stays: take it"
                    " back instead.",
                    activity=decided[0].display_name,
                    customer=decided[0].sudo().wallet_id.display_name,
                )
            )

    def _keep(self, **vals):
        """Write what the steps decide."""
        return self.sudo().with_context(loyalty_door=_DOOR).write(vals)
