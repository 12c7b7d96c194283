from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..fields import Points
from ..starting import TEMPLATES

LAUNCH_MONTHS = 3


class LoyaltyB2bProgramNew(models.TransientModel):
    """Four questions, from which a whole programme is made."""

    _name = "loyalty.b2b.program.new"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "New Programme"
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    template = fields.Selection(
        selection=[
            ("invoices", "Points for invoices"),
            ("online", "Move to online"),
            ("partner", "Partner programme"),
            ("launch", "Launch of new products"),
        ],
        required=True,
        default="invoices",
    )
    template_texts = fields.Json(compute="_compute_template_texts")
    name = fields.Char(
        compute="_compute_name",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )

    # points for what
    scope = fields.Selection(
        selection=[
            ("all", "All products"),
            ("some", "Some categories or products"),
        ],
        string="Points for",
        compute="_compute_scope",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    category_ids = fields.Many2many(
        comodel_name="product.category",
        relation="loyalty_b2b_program_new_category_rel",
        string="Categories",
    )
    product_ids = fields.Many2many(
        comodel_name="product.product", string="Products", check_company=True
    )
    focus_category_ids = fields.Many2many(
        comodel_name="product.category",
        relation="loyalty_b2b_program_new_focus_rel",
        string="Double points for",
        help="Categories for which partners earn twice as much; may stay empty.",
    )
    cap_points = Points(
        string="At most per customer",
        default=10000,
        help="Points of the launch for one customer; 0: any.",
    )

    # what a point is worth
    points = Points(
        compute="_compute_worth",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="Number of points that are worth the amount. Whole, at least 1.",
    )
    amount = fields.Monetary(
        compute="_compute_worth",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="What the points are worth, in the currency of the company, above 0.",
    )

    # from when
    when = fields.Selection(
        selection=[("today", "Today"), ("date", "A later day")],
        string="From when",
        required=True,
        default="today",
    )
    date_start = fields.Date(
        string="First day", help="The programme starts by itself on it, once announced."
    )
    date_end = fields.Date(
        string="Last day",
        compute="_compute_date_end",
        store=True,
        precompute=True,
        readonly=False,
        help="Last day on which the new products earn.",
    )

    summary = fields.Html(compute="_compute_summary", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    def _compute_template_texts(self):
        texts = self._get_template_texts()
        for wizard in self:
            wizard.template_texts = texts

    @api.depends("template")
    @api.depends_context("lang")
    def _compute_name(self):
        for wizard in self:
            if not wizard.name or wizard.name in wizard._get_proposed_names():
                wizard.name = wizard._get_template().name()

    @api.depends("template")
    def _compute_scope(self):
        for wizard in self:
            needs = wizard._get_template().needs_products
            chosen = wizard.product_ids or wizard.category_ids
            wizard.scope = "some" if needs or chosen else "all"

    @api.depends("template", "company_id")
    def _compute_worth(self):
        for wizard in self:
            template = wizard._get_template()
            wizard.points = wizard.points or template.points
            proposed = template.worth * template.unit
            if not wizard.amount or wizard.amount in (template.worth, proposed):
                wizard.amount = proposed

    @api.depends("when", "date_start", "template")
    def _compute_date_end(self):
        for wizard in self:
            first = wizard._get_first_day()
            proposed = first + relativedelta(months=LAUNCH_MONTHS, days=-1)
            if not wizard.date_end or wizard.date_end < first:
                wizard.date_end = proposed

    @api.depends(
        "template",
        "name",
        "scope",
        "category_ids",
        "product_ids",
        "focus_category_ids",
        "cap_points",
        "points",
        "amount",
        "when",
        "date_start",
        "date_end",
        "company_id",
    )
    @api.depends_context("lang")
    def _compute_summary(self):
        for wizard in self:
            sentences = wizard._get_sentences()
            items = Markup().join(Markup("<li>%s</li>") % text for text in sentences)
            wizard.summary = Markup('<ul class="mb-0 ps-3">%s</ul>') % items

    # === ACTION METHODS === #

    def action_create(self):
        """Create the programme and all that belongs to it; open it as a draft.

        :raises UserError: where an answer is missing or makes no sense.
        """
        self.ensure_one()
        programs = self.env["loyalty.b2b.program"]
        programs.check_access("create")
        self._check_answers()
        template = self._get_template()
        program = programs.with_company(self.company_id).create(
            template.prepare_program()
        )
        # made by the programme, whoever may make products
        program.sudo()._get_discount_product()
        return {
            "type": "ir.actions.act_window",
            "res_model": program._name,
            "res_id": program.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "current",
        }

    # === BUSINESS METHODS === #

    def _get_template(self):
        return TEMPLATES[self.template or "invoices"](self)

    def _get_proposed_names(self):
        return {template(self).name() for template in TEMPLATES.values()}

    @api.model
    def _get_template_texts(self):
        """Return the sentence and the icon of each template."""
        return {
            "invoices": {
                "icon": "fa-file-text-o",
                "text": self.env._(
                    "Every invoice earns by its net amount. The simplest"
                    " start, right for most."
                ),
            },
            "online": {
                "icon": "fa-shopping-cart",
                "text": self.env._(
                    "Orders that customers place or accept online earn,"
                    " larger ones more."
                ),
            },
            "partner": {
                "icon": "fa-trophy",
                "text": self.env._(
                    "Partners whom you choose rise from Silver to Gold"
                    " and Platinum and earn more on each level."
                ),
            },
            "launch": {
                "icon": "fa-rocket",
                "text": self.env._(
                    "New products earn five times as much for some"
                    " months, up to a limit per customer."
                ),
            },
        }

    def _get_today(self):
        return fields.Date.context_today(self)

    def _get_first_day(self):
        today = self._get_today()
        return (self.when == "date" and self.date_start) or today

    def _check_answers(self):
        for sentence in self._get_refusals():
            raise UserError(sentence)

    def _get_refusals(self):
        """Yield what is missing among the answers, one sentence each."""
        if self.scope == "some" and not (self.product_ids or self.category_ids):
            yield self.env._("Choose the categories or products that earn.")
        if self.points < 1 or self.currency_id.compare_amounts(self.amount, 0) <= 0:
            yield self.env._(
                "Say what points are worth: at least 1 point for an amount above zero."
            )
        if self.when == "date" and (
            not self.date_start or self.date_start <= self._get_today()
        ):
            yield self.env._("Choose a first day after today, or start today.")
        if self.template == "launch":
            if not self.date_end or self.date_end < self._get_first_day():
                yield self.env._("The last day of the launch is before its first.")
            if self.cap_points < 0:
                yield self.env._("The limit per customer cannot be negative.")

    # === IN WORDS === #

    def _get_sentences(self):
        """Return what the programme will be, one sentence each."""
        for refusal in self._get_refusals():
            return [refusal]
        template = self._get_template()
        program = self._get_draft(template)
        return [
            *program.rule_ids.mapped("sentence"),
            *self._get_tier_sentences(template),
            program.rate_text,
            self.env._(
                "Points expire after %(life)s.",
                life=program._format_months(template.expiry_months),
            ),
            self._get_who_text(template),
            self._get_when_text(),
        ]

    def _get_draft(self, template):
        """Return the programme unsaved, to read its sentences."""
        values = template.prepare_program()
        del values["tier_ids"]
        program = self.env["loyalty.b2b.program"].new(values)
        rules = self.env["loyalty.b2b.rule"]
        for rule in template.prepare_rules():
            rules += rules.new({**rule, "program_id": program})
        program.rule_ids = rules
        return program

    def _get_tier_sentences(self, template):
        """Return what the levels bring, in one sentence."""
        levels = [
            self.env._(
                "%(level)s from %(amount)s a year: points × %(factor)s",
                level=values["name"],
                amount=self.currency_id.format(values["threshold"]),
                factor=f"{values['factor']:g}",
            )
            if values["threshold"]
            else self.env._("%(level)s from the start", level=values["name"])
            for values in template.prepare_tiers()
        ]
        return [", ".join(levels)] if levels else []

    def _get_who_text(self, template):
        if template.auto_enrol:
            return self.env._(
                "All companies that have bought from you take part by themselves."
            )
        return self.env._("You choose the customers who take part.")

    def _get_when_text(self):
        if self.when == "today":
            return self.env._("It begins as soon as you press Start.")
        return self.env._(
            "Once announced, it starts by itself on %(day)s.",
            day=format_date(self.env, self.date_start),
        )
