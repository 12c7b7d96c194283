import json
from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..fields import Points

FIXED = {"program_id", "partner_id", "version"}
CHART_MONTHS = 12


class LoyaltyB2bWallet(models.Model):
    """What the back office shows of a wallet, and its buttons."""

    _inherit = "loyalty.b2b.wallet"
    _mail_post_access = "read"

    program_id = fields.Many2one(string="Programme")
    point_name = fields.Char(related="program_id.point_name")
    owed = Points(
        compute="_compute_owed", help="Points taken back that were no longer there."
    )
    owed_amount = fields.Monetary(
        compute="_compute_owed", help="What the owed points are worth."
    )
    entry_count = fields.Integer(
        string="Ledger entries", compute="_compute_entry_count"
    )
    redemption_ids = fields.One2many(
        comodel_name="loyalty.b2b.redemption",
        inverse_name="wallet_id",
        string="Uses of points",
    )
    redemption_count = fields.Integer(compute="_compute_redemption_count")
    chart = fields.Text(
        compute="_compute_chart",
        help="Points that came in and went out in each of the last 12 months.",
    )

    # === COMPUTE METHODS === #

    def _compute_owed(self):
        for wallet in self:
            wallet.owed = max(0, -wallet.available)
            wallet.owed_amount = max(0.0, -wallet.available_amount)

    def _compute_entry_count(self):
        groups = self.env["loyalty.b2b.entry"]._read_group(
            [("wallet_id", "in", self.ids)], ["wallet_id"], ["__count"]
        )
        counts = dict(groups)
        for wallet in self:
            wallet.entry_count = counts.get(wallet, 0)

    def _compute_redemption_count(self):
        groups = self.env["loyalty.b2b.redemption"]._read_group(
            [("wallet_id", "in", self.ids)], ["wallet_id"], ["__count"]
        )
        counts = dict(groups)
        for wallet in self:
            wallet.redemption_count = counts.get(wallet, 0)

    @api.depends_context("lang")
    def _compute_chart(self):
        movements = self._get_monthly_points()
        for wallet in self:
            last = wallet.program_id._today() if wallet.program_id else None
            months = self._get_chart_months(last or fields.Date.context_today(self))
            wallet.chart = json.dumps(
                {
                    "labels": [
                        format_date(self.env, month, date_format="LLL yy")
                        for month in months
                    ],
                    "unit": wallet.point_name or "",
                    "series": [
                        {
                            "label": label,
                            "values": [
                                movements[wallet.id][month][sign] for month in months
                            ],
                        }
                        for sign, label in self._get_chart_series()
                    ],
                }
            )

    def _get_chart_series(self):
        # one a line: the export of terms would take the next key for a context
        came_in = self.env._("Came in")
        went_out = self.env._("Went out")
        return [("in", came_in), ("out", went_out)]

    @api.model
    def _get_chart_months(self, last):
        """Return the first days of the 12 months that end with the month of `last`."""
        month = last.replace(day=1)
        return [
            month - relativedelta(months=back)
            for back in range(CHART_MONTHS - 1, -1, -1)
        ]

    def _get_monthly_points(self):
        """Return wallet id → month → `in` and `out`, in points, booked ones only."""
        start = self._get_chart_months(fields.Date.context_today(self))[0]
        result = defaultdict(lambda: defaultdict(lambda: {"in": 0, "out": 0}))
        for sign, operator in (("in", ">"), ("out", "<")):
            groups = self.env["loyalty.b2b.entry"]._read_group(
                [
                    ("wallet_id", "in", self.ids),
                    ("state", "=", "posted"),
                    ("date_booked", ">=", start - relativedelta(months=1)),
                    ("points", operator, 0),
                ],
                ["wallet_id", "date_booked:month"],
                ["points:sum"],
            )
            for wallet, month, points in groups:
                result[wallet.id][month][sign] = int(points)
        return result

    # === CRUD METHODS === #

    def write(self, vals):
        self._check_fixed(vals)
        return super().write(vals)

    def _check_fixed(self, vals):
        """Refuse to hand a wallet with its points to somebody else.

        :raises UserError: merging duplicates is the way, which runs in sudo.
        """
        if self.env.su or not FIXED & set(vals):
            return
        for wallet in self:
            values = wallet.read(sorted(FIXED & set(vals)), load="")[0]
            if any(vals[name] != values[name] for name in FIXED & set(vals)):
                raise UserError(
                    self.env._(
                        "The wallet of %(customer)s keeps its customer and programme."
                        " Enrol the other company, or merge the two wallets.",
                        customer=wallet.partner_id.display_name,
                    )
                )

    # === ACTION METHODS === #

    def action_activate(self):
        """Let the customer use points."""
        self._change_state(("invited", "suspended", "left"), "active")

    def action_suspend(self):
        """Stop the use of points for a while; the wallet goes on earning."""
        self._change_state(("invited", "active"), "suspended")

    def action_leave(self):
        """End the participation; the points stay where they are and are not used."""
        held = self.filtered("held")
        if held:
            raise UserError(
                self.env._(
                    "%(customer)s has %(points)s points on open quotations. Remove"
                    " the discount there first.",
                    customer=held[0].partner_id.display_name,
                    points=held[0].held,
                )
            )
        self._change_state(("invited", "active", "suspended"), "left")

    def _change_state(self, allowed, state):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for wallet in self:
            if wallet.state not in allowed or wallet.merged_into_id:
                raise UserError(
                    self.env._(
                        "The wallet of %(customer)s is “%(state)s” and cannot take"
                        " this step.",
                        customer=wallet.partner_id.display_name,
                        state=labels[wallet.state],
                    )
                )
        self.write({"state": state})

    def action_view_entries(self):
        """Open the ledger of the wallet."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_b2b.loyalty_b2b_entry_action"
        )
        name = self.env._("Ledger of %(name)s", name=self.partner_id.name)
        return {
            **action,
            "name": name,
            "display_name": name,
            "domain": [("wallet_id", "=", self.id)],
            "context": {"loyalty_b2b_one_wallet": True},
        }

    def action_view_redemptions(self):
        """Open the uses of points of the wallet."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_b2b.loyalty_b2b_redemption_action"
        )
        return {**action, "domain": [("wallet_id", "=", self.id)], "context": {}}

    def action_adjust(self):
        """Ask how many points to correct, and why."""
        self.ensure_one()
        return self._get_dialog(
            self.env._("Adjust points"),
            "loyalty.b2b.adjust",
            {"default_wallet_id": self.id},
        )

    def action_statement(self):
        """Ask for the period of a statement for this customer."""
        self.ensure_one()
        return self._get_dialog(
            self.env._("Points statement"),
            "loyalty.b2b.statement",
            {
                "default_what": "movement",
                "default_program_id": self.program_id.id,
                "default_partner_ids": [Command.set(self.partner_id.ids)],
            },
        )

    def action_add_company(self):
        """Ask which company shall share the wallet, and why."""
        self.ensure_one()
        return self._get_dialog(
            self.env._("Let a company share this wallet"),
            "loyalty.b2b.participation",
            {"default_wallet_id": self.id, "default_act": "join"},
        )

    def _get_dialog(self, name, model, context):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": context,
        }
