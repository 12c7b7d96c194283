from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, formatLang

from ..fields import Points
from .rule_conditions import PERIODS

MOST_POINTS = 10**12
MOST_QUANTITY = 1000


class LoyaltyB2bActivityType(models.Model):
    """Something customers do that earns points without an invoice: a training, …"""

    _name = "loyalty.b2b.activity.type"
    _description = "B2B Loyalty Activity Type"
    _order = "program_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        copy=False,
        help="By this word other systems name the activity when they report it.",
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        string="Programme",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True)
    description = fields.Text(
        translate=True, help="What customers read beside the points."
    )
    is_shown = fields.Boolean(
        string="Shown to customers",
        default=True,
        help="Stands among the ways to earn on the customers' page.",
    )
    points = Points(
        required=True,
        default=100,
        help="Points for each time, or for each time that gives.",
    )
    every_nth = fields.Integer(
        string="Gives every",
        required=True,
        default=1,
        help="5: only each fifth time of a customer gives points. 1: each time.",
    )
    limit_count = fields.Integer(
        string="At most",
        help="Times that a customer may earn by it in a period; 0: any number.",
    )
    limit_period = fields.Selection(
        selection=PERIODS, string="In a", required=True, default="year"
    )
    evidence = fields.Selection(
        selection=[
            ("none", "Not needed"),
            ("text", "A text"),
            ("file", "A file"),
        ],
        required=True,
        default="none",
    )
    needs_approval = fields.Boolean(
        string="Officers approve",
        default=True,
        help="Otherwise points are booked as soon as the activity is reported.",
    )
    date_start = fields.Date(string="From", help="First day, included.")
    date_end = fields.Date(string="Until", help="Last day, included.")
    expiry_months = fields.Integer(
        string="Points live",
        help="Months after the day they are booked, up to 1 200; 0: as the programme"
        " says.",
    )
    sentence = fields.Char(compute="_compute_sentence")
    terms_text = fields.Char(string="Gives", compute="_compute_sentence")
    activity_count = fields.Integer(compute="_compute_activity_count")

    _code_uniq = models.UniqueIndex(
        "(program_id, code) WHERE code IS NOT NULL",
        "Two activity types of a programme cannot have the same code.",
    )
    _terms = models.Constraint(
        f"CHECK (points BETWEEN 1 AND {MOST_POINTS} AND every_nth BETWEEN 1 AND 1000"
        " AND COALESCE(limit_count, 0) >= 0"
        " AND COALESCE(expiry_months, 0) BETWEEN 0 AND 1200)",
        "An activity gives at least 1 point, each time or every 2nd to 1 000th time;"
        " limits and months cannot be negative.",
    )
    _dates = models.Constraint(
        "CHECK (date_end IS NULL OR date_start IS NULL OR date_end >= date_start)",
        "An activity type cannot end before it begins.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "name",
        "points",
        "every_nth",
        "limit_count",
        "limit_period",
        "date_start",
        "date_end",
        "program_id.point_name",
    )
    @api.depends_context("lang")
    def _compute_sentence(self):
        for kind in self:
            kind.terms_text = kind.program_id and kind._get_terms_text()
            kind.sentence = kind.program_id and self.env._(
                "%(name)s: %(terms)s", name=kind.name or "", terms=kind.terms_text
            )

    def _compute_activity_count(self):
        counts = dict(
            self.env["loyalty.b2b.activity"]._read_group(
                [("type_id", "in", self.ids)], ["type_id"], ["__count"]
            )
        )
        for kind in self:
            kind.activity_count = counts.get(kind._origin, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains("every_nth", "program_id")
    def _check_counting(self):
        """Keep what was counted: earlier times would count in another way."""
        booked = self.env["loyalty.b2b.activity"].sudo()
        for kind in self:
            if booked.search_count(
                [
                    ("type_id", "=", kind.id),
                    ("state", "in", ("booked", "taken_back")),
                    "|",
                    ("every_nth", "!=", kind.every_nth),
                    ("program_id", "!=", kind.program_id.id),
                ],
                limit=1,
            ):
                raise ValidationError(
                    self.env._(
                        "“%(name)s” has given points already: how often it gives, and"
                        " its programme, stay. Archive it and make a new one.",
                        name=kind.name,
                    )
                )

    # === CRUD METHODS === #

    def copy_data(self, default=None):
        return [
            dict(vals, name=self.env._("%s (copy)", kind.name))
            for kind, vals in zip(self, super().copy_data(default), strict=True)
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.env["loyalty.b2b.activity"].sudo()
        for kind in self:
            if used.search_count([("type_id", "=", kind.id)], limit=1):
                raise UserError(
                    self.env._(
                        "“%(name)s” has been reported: archive it instead.",
                        name=kind.name,
                    )
                )

    # === ACTION METHODS === #

    def action_view_activities(self):
        """Open what was reported."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_b2b.loyalty_b2b_activity_action"
        )
        return {
            **action,
            "domain": [("type_id", "=", self.id)],
            "context": {"default_type_id": self.id},
        }

    # === BUSINESS METHODS === #

    def _get_life(self):
        """Return what the points are counted with, as on the entry."""
        return f"m{self.expiry_months}" if self.expiry_months else ""

    def _get_day_refusal(self, day):
        """Return why the activity earns nothing on a day, or ''."""
        self.ensure_one()
        if not self.active:
            return self.env._("“%(name)s” is no longer offered.", name=self.name)
        if self.date_start and day < self.date_start:
            return self.env._(
                "“%(name)s” earns points from %(day)s on.",
                name=self.name,
                day=format_date(self.env, self.date_start),
            )
        if self.date_end and day > self.date_end:
            return self.env._(
                "“%(name)s” earned points until %(day)s.",
                name=self.name,
                day=format_date(self.env, self.date_end),
            )
        return ""

    # === IN WORDS === #

    def _get_terms_text(self):
        """Return what the activity gives, how often and until when."""
        parts = [self._get_points_text(), self._get_limit_text(), self._get_days_text()]
        return ", ".join(filter(None, parts))

    def _get_points_text(self):
        points = self.env._(
            "%(points)s %(name)s",
            points=formatLang(self.env, self.points, digits=0),
            name=self.program_id._get_point_name(self.points),
        )
        if self.every_nth <= 1:
            return points
        return self.env._(
            "%(points)s for every %(count)s times", points=points, count=self.every_nth
        )

    def _get_limit_text(self):
        if not self.limit_count:
            return ""
        times = formatLang(self.env, self.limit_count, digits=0)
        if self.limit_count == 1:
            return {
                "day": self.env._("once a day"),
                "month": self.env._("once a month"),
                "quarter": self.env._("once a quarter"),
                "year": self.env._("once a year"),
                "lifetime": self.env._("only once"),
            }[self.limit_period]
        return {
            "day": self.env._("at most %s times a day", times),
            "month": self.env._("at most %s times a month", times),
            "quarter": self.env._("at most %s times a quarter", times),
            "year": self.env._("at most %s times a year", times),
            "lifetime": self.env._("at most %s times in all", times),
        }[self.limit_period]

    def _get_days_text(self):
        start = self.date_start and format_date(self.env, self.date_start)
        end = self.date_end and format_date(self.env, self.date_end)
        if start and end:
            return self.env._("from %(start)s to %(end)s", start=start, end=end)
        if start:
            return self.env._("from %(start)s", start=start)
        if end:
            return self.env._("until %(end)s", end=end)
        return ""
