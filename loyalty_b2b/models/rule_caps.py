from odoo import api, fields, models

from ..fields import Points
from .program_screens import INSIGHT
from .rule_conditions import PERIODS


class LoyaltyB2bRule(models.Model):
    """How much a rule gives at most, beside which others, and for how long."""

    _inherit = "loyalty.b2b.rule"

    cap_order = Points(
        string="At most per order", help="Points of this rule for one order; 0: any."
    )
    cap_points = Points(
        string="At most per customer",
        help="Points of this rule for one customer in a period; 0: any.",
    )
    cap_period = fields.Selection(
        selection=PERIODS, string="In a", required=True, default="month"
    )
    budget_points = Points(
        string="Budget",
        help="Points for all customers together; the rule ends the day after they are"
        " given. 0: no budget.",
    )
    budget_used = Points(
        string="Given so far",
        compute="_compute_budget_used",
        compute_sudo=True,
        groups=INSIGHT,
        help="Points that all versions of the rule have given to all customers, less"
        " those taken back.",
    )
    exclusive_group = fields.Char(
        string="Only one of",
        help="Of the rules with the same word here, a line earns by the first only.",
    )
    stop = fields.Boolean(
        string="Last rule",
        help="Rules after this one are not looked at for a line it covers.",
    )
    expiry = fields.Selection(
        selection=[
            ("program", "As the programme says"),
            ("months", "After so many months"),
            ("never", "Never"),
        ],
        string="Points of this rule expire",
        compute="_compute_expiry",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    expiry_months = fields.Integer(
        string="Months until expiry",
        help="Months after the day the points became available, at least 1.",
    )

    _caps = models.Constraint(
        "CHECK (COALESCE(cap_order, 0) >= 0 AND COALESCE(cap_points, 0) >= 0"
        " AND COALESCE(budget_points, 0) >= 0 AND COALESCE(expiry_months, 0) >= 0"
        " AND (expiry <> 'months' OR expiry_months > 0))",
        "Caps, budget and months of a rule cannot be negative; 0 means none.",
    )
    _deferred = models.Constraint(
        "CHECK (trigger = 'purchase' OR (COALESCE(cap_order, 0) = 0"
        " AND COALESCE(cap_points, 0) = 0 AND NOT COALESCE(stop, FALSE)"
        " AND COALESCE(exclusive_group, '') = '' AND effect <> 'multiplier'"
        " AND (trigger <> 'on_time' OR effect <> 'bonus')))",
        "Only rules that earn when invoiced multiply, are capped or stacked.",
    )
    _bonus = models.Constraint(
        "CHECK (effect <> 'bonus' OR (COALESCE(cap_order, 0) = 0"
        " AND COALESCE(cap_points, 0) = 0))",
        "A fixed bonus has no cap: its points are the most a customer gets.",
    )

    # === COMPUTE METHODS === #

    @api.depends("expiry_months")
    def _compute_expiry(self):
        for rule in self:
            rule.expiry = rule.expiry or "program"
            if rule.expiry == "program" and rule.expiry_months:
                rule.expiry = "months"

    def _compute_budget_used(self):
        versions = self._get_versions()
        lines = self.env["loyalty.b2b.entry.line"]
        given = dict(
            lines._read_group(
                [
                    ("rule_id", "in", versions.ids),
                    ("entry_id.state", "!=", "cancelled"),
                ],
                ["rule_id"],
                ["points:sum"],
            )
        )
        for rule in self:
            root = rule.root_id or rule._origin
            rule.budget_used = sum(
                int(given.get(version, 0))
                for version in versions
                if (version.root_id or version) == root
            )

    # === BUSINESS METHODS === #

    @api.model
    def _get_term_names(self):
        return super()._get_term_names() | {
            "cap_order",
            "cap_points",
            "cap_period",
            "exclusive_group",
            "stop",
            "expiry",
            "expiry_months",
        }

    def _prepare_engine_values(self):
        return {
            **super()._prepare_engine_values(),
            "cap_order": int(self.cap_order) or None,
            "cap_points": int(self.cap_points) or None,
            "cap_period": self.cap_period,
            "exclusive": (self.exclusive_group or "").strip(),
            "stop": self.stop,
            "expiry_months": {
                "program": None,
                "months": self.expiry_months,
                "never": 0,
            }[self.expiry],
        }
