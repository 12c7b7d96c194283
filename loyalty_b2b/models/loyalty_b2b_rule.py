from decimal import Decimal

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ..fields import Points
from ..tools import engine

# What decides how much a rule gives: frozen once the rule has earned.
TERMS = {
    "program_id",
    "effect",
    "points",
    "amount",
    "product_ids",
    "category_ids",
    "date_start",
    "period_date",
    "stop",
}


class LoyaltyB2bRule(models.Model):
    """Which purchases earn, and how much; each row is one version."""

    _name = "loyalty.b2b.rule"
    _description = "B2B Loyalty Earning Rule"
    _order = "program_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True)
    currency_id = fields.Many2one(related="program_id.currency_id")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    effect = fields.Selection(
        selection=[
            ("proportional", "Points per amount"),
            ("step", "Points per full amount"),
        ],
        required=True,
        default="proportional",
    )
    points = Points(
        required=True, default=1, help="Whole points given for the amount, at least 1."
    )
    amount = fields.Monetary(
        string="Per",
        required=True,
        default=1.0,
        help="Untaxed amount in the programme's currency, above 0.",
    )
    product_ids = fields.Many2many(
        comodel_name="product.product",
        string="Products",
        help="Empty together with the categories: everything earns.",
    )
    category_ids = fields.Many2many(
        comodel_name="product.category",
        string="Product Categories",
        help="Each with the categories below it.",
    )
    date_start = fields.Date(string="From", help="First day, included.")
    date_end = fields.Date(string="Until", help="Last day, included.")
    period_date = fields.Selection(
        selection=[("invoice", "Invoice date"), ("order", "Order date")],
        string="Period counts by",
        required=True,
        default="invoice",
    )
    stop = fields.Boolean(
        string="Last rule",
        help="Rules after this one are not looked at for a line it covers.",
    )
    version = fields.Integer(default=1, readonly=True, copy=False)
    root_id = fields.Many2one(
        comodel_name="loyalty.b2b.rule",
        string="First version",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    sentence = fields.Char(compute="_compute_sentence", string="Reads as")

    _positive = models.Constraint("CHECK (points > 0 AND amount > 0)")
    _dates = models.Constraint(
        "CHECK (date_end IS NULL OR date_start IS NULL OR date_end >= date_start)",
        "A rule cannot end before it starts.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "effect",
        "points",
        "amount",
        "product_ids",
        "category_ids",
        "date_start",
        "date_end",
        "program_id.point_name",
    )
    @api.depends_context("lang")
    def _compute_sentence(self):
        for rule in self:
            rule.sentence = ", ".join(rule._get_sentence_parts())

    def _get_sentence_parts(self):
        """Return the parts of the sentence that says what the rule gives."""
        self.ensure_one()
        values = {
            "points": self.points,
            "name": self.program_id._get_point_name(self.points),
            "amount": self.currency_id.format(self.amount) if self.currency_id else "",
            "what": self._get_what_text(),
        }
        if self.effect == "step":
            text = self.env._("%(points)s %(name)s per full %(amount)s %(what)s")
        else:
            text = self.env._("%(points)s %(name)s per %(amount)s %(what)s")
        return [text % values, *self._get_period_parts()]

    def _get_what_text(self):
        names = (self.category_ids.mapped("name") + self.product_ids.mapped("name"))[:5]
        if not names:
            return self.env._("on everything")
        return self.env._("on %(names)s", names=", ".join(names))

    def _get_period_parts(self):
        start, end = (
            tools.format_date(self.env, day) if day else False
            for day in (self.date_start, self.date_end)
        )
        if start and end:
            return [self.env._("%(start)s – %(end)s", start=start, end=end)]
        if start:
            return [self.env._("from %(start)s", start=start)]
        return [self.env._("until %(end)s", end=end)] if end else []

    # === CONSTRAINT METHODS === #

    @api.constrains("points", "amount")
    def _check_positive(self):
        for rule in self:
            if rule.points < 1 or rule.currency_id.compare_amounts(rule.amount, 0) <= 0:
                raise ValidationError(
                    self.env._(
                        "Rule %(rule)s must give at least 1 point for an amount above"
                        " zero.",
                        rule=rule.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env.registry.clear_cache()
        return rules

    def write(self, vals):
        self._check_terms_unchanged(vals)
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_earned(self):
        earned = self._filter_earned()
        if earned:
            raise UserError(
                self.env._(
                    "Rule %(rule)s has given points and explains them. Archive it"
                    " instead.",
                    rule=earned[0].name,
                )
            )

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def _check_terms_unchanged(self, vals):
        if not TERMS & set(vals):
            return
        earned = self._filter_earned()
        if earned:
            raise UserError(
                self.env._(
                    "Rule %(rule)s has already given points. Use “New version” and say"
                    " from when the new terms hold.",
                    rule=earned[0].name,
                )
            )

    # === ACTION METHODS === #

    def action_new_version(self):
        """Open the question "from when?" for a rule that has given points."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New version of %(rule)s", rule=self.name),
            "res_model": "loyalty.b2b.rule.version",
            "view_mode": "form",
            "target": "new",
            "context": {"default_rule_id": self.id},
        }

    # === BUSINESS METHODS === #

    def _filter_earned(self):
        """Return the rules of `self` that stand in an explanation."""
        groups = (
            self.env["loyalty.b2b.entry.line"]
            .sudo()
            ._read_group([("rule_id", "in", self.ids)], ["rule_id"])
        )
        return self.browse([rule.id for (rule,) in groups])

    def _create_version(self, date_start, **terms):
        """End this version and begin the next.

        :param date date_start: first day of the new terms.
        :param terms: what changes.
        :return: the new version.
        :raises UserError: if the version began on that day or later.
        """
        self.ensure_one()
        if self.date_start and self.date_start >= date_start:
            raise UserError(
                self.env._(
                    "Rule %(rule)s itself begins on %(date)s. Choose a later day for"
                    " the new version.",
                    rule=self.name,
                    date=tools.format_date(self.env, self.date_start),
                )
            )
        version = self.copy(
            {
                "name": self.name,
                "date_start": date_start,
                "version": self.version + 1,
                "root_id": (self.root_id or self).id,
                **terms,
            }
        )
        self.date_end = fields.Date.subtract(date_start, days=1)
        return version

    def _prepare_engine_rule(self):
        """Return the rule as plain values for the engine."""
        self.ensure_one()
        categories = self.env["product.category"].search(
            [("id", "child_of", self.category_ids.ids)]
        )
        return engine.Rule(
            id=self.id,
            root=(self.root_id or self).id,
            version=self.version,
            sequence=self.sequence,
            effect=self.effect,
            points=int(self.points),
            per=Decimal(str(self.amount)),
            products=frozenset(self.product_ids.ids),
            categories=frozenset(categories.ids if self.category_ids else ()),
            date_start=self.date_start or None,
            date_end=self.date_end or None,
            by_order_date=self.period_date == "order",
            stop=self.stop,
        )
