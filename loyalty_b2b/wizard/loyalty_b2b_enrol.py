from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

# What needs attention comes first.
OUTCOMES = ("new", "join", "refused", "same")


class LoyaltyB2bEnrol(models.TransientModel):
    """Asks which customers shall take part, and shows what will happen to each."""

    _name = "loyalty.b2b.enrol"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Enrol Customers"

    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        string="Programme",
        required=True,
        default=lambda self: self._default_program_id(),
        domain="[('state', 'not in', ('closing', 'closed')),"
        " ('company_id', 'in', allowed_company_ids)]",
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="program_id.company_id")
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Customers",
        check_company=True,
        default=lambda self: self._default_partner_ids(),
    )
    state = fields.Selection(
        selection=[
            ("active", "At once: they earn and can use points"),
            ("invited", "Invite: they earn, and use points once they accept"),
        ],
        string="New wallets start",
        required=True,
        default="active",
    )
    control_percent = fields.Integer(
        string="Control group",
        help="0–100 %: this share of the new wallets is kept out at random, to measure"
        " what the programme achieves.",
    )
    line_ids = fields.One2many(
        comodel_name="loyalty.b2b.enrol.line",
        inverse_name="wizard_id",
        string="What will happen",
        compute="_compute_line_ids",
        store=True,
    )
    summary = fields.Char(compute="_compute_summary")

    _control = models.Constraint(
        "CHECK (control_percent BETWEEN 0 AND 100)",
        "The control group is a share between 0 and 100 %.",
    )

    # === DEFAULT METHODS === #

    @api.model
    def _default_program_id(self):
        return self.env["loyalty.b2b.program"].search(
            [
                ("state", "in", ("running", "announced", "draft", "paused")),
                ("company_id", "=", self.env.company.id),
            ],
            limit=1,
        )

    @api.model
    def _default_partner_ids(self):
        if self.env.context.get("active_model") != "res.partner":
            return False
        return self.env["res.partner"].browse(self.env.context.get("active_ids", []))

    # === COMPUTE METHODS === #

    @api.depends("program_id", "partner_ids")
    def _compute_line_ids(self):
        for wizard in self:
            plan = []
            if wizard.program_id:
                plan = wizard.program_id._get_enrol_plan(wizard.partner_ids._origin)
                plan.sort(key=lambda row: OUTCOMES.index(row[1]))
            wizard.line_ids = [Command.clear()] + [
                Command.create({"partner_id": owner.id, "outcome": kind, "text": text})
                for owner, kind, text in plan
            ]

    @api.depends("line_ids.outcome")
    def _compute_summary(self):
        for wizard in self:
            outcomes = wizard.line_ids.mapped("outcome")
            wizard.summary = outcomes and self.env._(
                "%(new)s new, %(join)s share a wallet, %(same)s take part already,"
                " %(refused)s cannot",
                new=outcomes.count("new"),
                join=outcomes.count("join"),
                same=outcomes.count("same"),
                refused=outcomes.count("refused"),
            )

    # === ACTION METHODS === #

    def action_enrol(self):
        """Enrol the customers and show their wallets.

        :raises AccessError: for users below officer.
        """
        self.ensure_one()
        if not self.env.user.has_group("loyalty_b2b.group_loyalty_b2b_officer"):
            raise AccessError(
                self.env._(
                    "Only loyalty officers enrol customers. Use “Invite” on a customer"
                    " of yours instead."
                )
            )
        self.program_id.check_access("read")
        self.partner_ids.check_access("read")
        if not self.partner_ids:
            raise UserError(self.env._("Choose at least one customer."))
        wallets = self.program_id._enrol(
            self.partner_ids,
            state=self.state,
            control_percent=self.control_percent,
        )
        ids = sorted({wallet.id for wallet in wallets.values()})
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_b2b.loyalty_b2b_wallet_action"
        )
        return {**action, "domain": [("id", "in", ids)], "target": "main"}
