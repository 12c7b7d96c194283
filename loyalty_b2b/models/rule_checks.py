from ast import literal_eval
from itertools import pairwise

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from .loyalty_b2b_rule_step import WITHIN_RULE
from .rule_effect import PER_AMOUNT, WITHOUT_POINTS

NOT_NEGATIVE = (
    "min_amount",
    "min_quantity",
    "min_line_amount",
    "min_line_quantity",
    "grace_days",
    "cap_order",
    "cap_points",
    "budget_points",
    "expiry_months",
)
# What a rule that earns in an entry of its own cannot have.
STACKING = ("cap_order", "cap_points", "exclusive_group", "stop")
MODELS = {"product_domain": "product.product", "customer_domain": "res.partner"}
GOAL_MONTHS = {"month": 1, "quarter": 3, "year": 12}


class LoyaltyB2bRule(models.Model):
    """What a rule must not say, each in a sentence that names it and the way out."""

    _inherit = "loyalty.b2b.rule"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # before the database refuses with words that name no rule
        for vals in vals_list:
            self.new(self._add_missing_default_values(vals))._check_rule()
        within = self.with_context(loyalty_b2b_rule=WITHIN_RULE)
        return super(LoyaltyB2bRule, within).create(vals_list).with_env(self.env)

    def write(self, vals):
        within = self.with_context(loyalty_b2b_rule=WITHIN_RULE)
        return super(LoyaltyB2bRule, within).write(vals)

    # === CONSTRAINT METHODS === #

    @api.constrains(lambda self: sorted(self._get_checked_names()))
    def _check_rule(self):
        for rule in self:
            for sentence in rule._get_refusals():
                raise ValidationError(sentence)

    @api.model
    def _get_checked_names(self):
        return self._get_term_names() | {"date_end", "budget_points"}

    # === BUSINESS METHODS === #

    def _get_refusals(self):
        """Yield why the rule cannot be as it is, one sentence each."""
        self.ensure_one()
        yield from self._get_effect_refusals()
        if self.effect == "ladder":
            yield from self._get_ladder_refusals()
        yield from self._get_number_refusals()
        yield from self._get_period_refusals()
        yield from self._get_trigger_refusals()
        if self.trigger == "goal":
            yield from self._get_goal_refusals()
        yield from self._get_stacking_refusals()
        yield from self._get_filter_refusals()

    def _get_label(self, name):
        """Return what a field, or its value if it is a selection, is called."""
        field = self._fields[name]
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(self[name], "")
        return field._description_string(self.env)

    def _get_effect_refusals(self):
        if self.effect not in WITHOUT_POINTS and self.points < 1:
            yield self.env._(
                "Rule %(rule)s gives no points. Enter at least 1.", rule=self.name
            )
        if self.effect in PER_AMOUNT and self.amount <= 0:
            yield self.env._(
                "Rule %(rule)s gives points for an amount. Enter one above zero.",
                rule=self.name,
            )
        if self.effect == "unit" and self.units <= 0:
            yield self.env._(
                "Rule %(rule)s gives points for a number of units. Enter one above"
                " zero.",
                rule=self.name,
            )
        if self.effect == "multiplier" and self.factor <= 1:
            yield self.env._(
                "Rule %(rule)s multiplies points by %(factor)s, which adds none. Enter"
                " a number above 1.",
                rule=self.name,
                factor=self._format_number(self.factor),
            )

    def _get_ladder_refusals(self):
        steps = self.step_ids.sorted("amount")
        if not steps:
            yield self.env._(
                "Rule %(rule)s is a ladder without steps. Add one, or choose another"
                " way of giving points.",
                rule=self.name,
            )
        yield from (text for step in steps for text in step._get_refusals())
        for below, above in pairwise(steps):
            if above.amount == below.amount:
                yield self.env._(
                    "The ladder of rule %(rule)s has two steps from %(amount)s. Change"
                    " or remove one.",
                    rule=self.name,
                    amount=self._format_amount(above.amount),
                )
            elif self.ladder == "highest" and above.points <= below.points:
                yield self.env._(
                    "In the ladder of rule %(rule)s only the highest step counts, but"
                    " %(above)s would give no more than %(below)s. Give more points for"
                    " the higher step, or let every step count.",
                    rule=self.name,
                    above=self._format_amount(above.amount),
                    below=self._format_amount(below.amount),
                )

    def _get_number_refusals(self):
        for name in NOT_NEGATIVE:
            if self[name] < 0:
                yield self.env._(
                    "“%(field)s” of rule %(rule)s cannot be negative. Enter 0 for"
                    " none.",
                    field=self._get_label(name),
                    rule=self.name,
                )
        for name in ("max_discount_percent", "min_margin_percent"):
            if not 0 <= self[name] <= 100:
                yield self.env._(
                    "“%(field)s” of rule %(rule)s is a percentage. Enter a number from"
                    " 0 to 100.",
                    field=self._get_label(name),
                    rule=self.name,
                )
        if self.expiry == "months" and not self.expiry_months:
            yield self.env._(
                "The points of rule %(rule)s expire after so many months. Enter at"
                " least 1, or let them expire as the programme says.",
                rule=self.name,
            )

    def _get_period_refusals(self):
        if self.date_start and self.date_end and self.date_end < self.date_start:
            yield self.env._(
                "Rule %(rule)s would end on %(end)s, before it begins on %(start)s."
                " Correct one of the days.",
                rule=self.name,
                start=format_date(self.env, self.date_start),
                end=format_date(self.env, self.date_end),
            )

    def _get_trigger_refusals(self):
        refused = {
            "first_order": ("multiplier",),
            "on_time": ("multiplier", "bonus"),
        }
        if self.effect in refused.get(self.trigger, ()):
            yield self.env._(
                "Rule %(rule)s is earned “%(trigger)s”, which cannot give a"
                " “%(effect)s”. Choose another way of giving points, or let it earn"
                " when invoiced.",
                rule=self.name,
                trigger=self._get_label("trigger"),
                effect=self._get_label("effect"),
            )
        if self.trigger == "goal" and self.effect != "bonus":
            yield self.env._(
                "Rule %(rule)s is earned when a goal is reached, which gives a fixed"
                " bonus. Choose that, or let it earn when invoiced.",
                rule=self.name,
            )

    def _get_goal_refusals(self):
        target = self.goal_target
        if target <= 0:
            yield self.env._(
                "The goal of rule %(rule)s is reached by nothing at all. Enter a target"
                " above zero.",
                rule=self.name,
            )
        if self.goal_measure != "amount" and target % 1:
            yield self.env._(
                "The goal of rule %(rule)s counts whole orders or months. Enter a whole"
                " number.",
                rule=self.name,
            )
        if self.goal_measure == "months" and target > GOAL_MONTHS.get(
            self.goal_period, target
        ):
            yield self.env._(
                "The goal of rule %(rule)s asks for %(months)s months in a row, more"
                " than its period has. Lower the target or choose a longer period.",
                rule=self.name,
                months=int(target),
            )

    def _get_stacking_refusals(self):
        for name in STACKING:
            if self.trigger != "purchase" and self[name]:
                yield self.env._(
                    "Rule %(rule)s is earned “%(trigger)s”, by itself and once. Empty"
                    " “%(field)s”, or let the rule earn when invoiced.",
                    rule=self.name,
                    trigger=self._get_label("trigger"),
                    field=self._get_label(name),
                )
            elif self.effect == "bonus" and name.startswith("cap_") and self[name]:
                yield self.env._(
                    "Rule %(rule)s gives a fixed bonus once, so its points are the most"
                    " a customer gets. Empty “%(field)s”.",
                    rule=self.name,
                    field=self._get_label(name),
                )

    def _get_filter_refusals(self):
        both = self.pricelist_ids & self.excluded_pricelist_ids
        if both:
            yield self.env._(
                "Rule %(rule)s both asks for and excludes pricelist %(pricelist)s."
                " Remove it from one of the lists.",
                rule=self.name,
                pricelist=both[0].name,
            )
        for name, model in MODELS.items():
            error = self._get_domain_error(name, model)
            if error:
                yield self.env._(
                    "“%(field)s” of rule %(rule)s cannot be read: %(error)s. Correct or"
                    " empty it.",
                    field=self._get_label(name),
                    rule=self.name,
                    error=error,
                )

    def _get_domain_error(self, name, model):
        """Return why a filter of the rule is none, or ''."""
        try:
            domain = literal_eval((self[name] or "[]").strip())
            if not isinstance(domain, (list, tuple)):
                raise ValueError(domain)
            Domain(list(domain)).validate(self.env[model].sudo())
        except Exception as error:  # whatever a text can do to the parser
            return str(error) or type(error).__name__
        return ""
