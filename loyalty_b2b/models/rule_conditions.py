from collections import defaultdict

from odoo import api, fields, models, tools

from .rule_effect import exact

CHANNELS = ("web", "portal", "external", "sales")
PERIODS = [
    ("day", "day"),
    ("month", "month"),
    ("quarter", "quarter"),
    ("year", "year"),
    ("lifetime", "lifetime"),
]


class LoyaltyB2bRule(models.Model):
    """What a rule covers, for whom and when."""

    _inherit = "loyalty.b2b.rule"

    # what
    category_ids = fields.Many2many(
        comodel_name="product.category",
        string="Product Categories",
        help="Each with the categories below it.",
    )
    product_ids = fields.Many2many(
        comodel_name="product.product",
        string="Products",
        help="Products, categories and tags add up; without any, everything earns.",
    )
    product_tag_ids = fields.Many2many(
        comodel_name="product.tag", string="Product Tags"
    )
    product_domain = fields.Char(
        string="Product filter",
        help="Products have to match it, besides what is named above.",
    )
    max_discount_percent = fields.Float(
        string="Line discount at most",
        default=100.0,
        digits="Discount",
        help="Lines discounted by more earn nothing by this rule. 100 %: any discount.",
    )
    has_min_margin = fields.Boolean(
        string="Only with a margin",
        compute="_compute_has_min_margin",
        store=True,
        precompute=True,
        readonly=False,
    )
    min_margin_percent = fields.Float(
        string="Margin at least",
        digits=(5, 2),
        help="Of a line's untaxed amount, 0–100 %; lines of unknown cost earn nothing.",
    )

    # who
    customer_domain = fields.Char(
        string="Customer filter", help="The company that is invoiced has to match it."
    )
    customer_tag_ids = fields.Many2many(
        comodel_name="res.partner.category", string="Customer Tags"
    )
    country_ids = fields.Many2many(comodel_name="res.country", string="Countries")
    pricelist_ids = fields.Many2many(
        comodel_name="product.pricelist",
        relation="loyalty_b2b_rule_pricelist_rel",
        string="Pricelists",
        check_company=True,
    )
    excluded_pricelist_ids = fields.Many2many(
        comodel_name="product.pricelist",
        relation="loyalty_b2b_rule_excluded_pricelist_rel",
        string="Not from pricelists",
        check_company=True,
    )
    channel_web = fields.Boolean(string="Web shop")
    channel_portal = fields.Boolean(
        string="Accepted online",
        help="A salesperson's quotation, signed or paid online.",
    )
    channel_external = fields.Boolean(string="External platform")
    channel_sales = fields.Boolean(string="Salesperson")

    # when
    date_start = fields.Date(string="From", help="First day, included.")
    date_end = fields.Date(string="Until", help="Last day, included.")
    period_date = fields.Selection(
        selection=[("invoice", "Invoice date"), ("order", "Order date")],
        string="Period counts by",
        required=True,
        default="invoice",
    )
    trigger = fields.Selection(
        selection=[
            ("purchase", "When invoiced"),
            ("first_order", "On the customer's first order"),
            ("on_time", "When paid on time"),
            ("goal", "When a goal is reached"),
        ],
        string="Gives points",
        required=True,
        default="purchase",
    )
    grace_days = fields.Integer(
        string="Grace", help="Days after the due date that still count as on time."
    )
    goal_measure = fields.Selection(
        selection=[
            ("orders", "Number of orders"),
            ("amount", "Untaxed amount bought"),
            ("months", "Consecutive months with an order"),
        ],
        string="Goal",
        required=True,
        default="orders",
    )
    goal_target = fields.Float(
        string="Target",
        default=1.0,
        digits=(16, 2),
        help="Orders, months, or an amount in the programme's currency; above 0.",
    )
    goal_period = fields.Selection(
        selection=PERIODS[1:],
        string="Within a",
        required=True,
        default="year",
        help="The bonus is given once in each period.",
    )

    # minimums
    min_amount = fields.Monetary(
        string="Order amount at least",
        help="Untaxed amount of what the rule covers in an order; 0: any.",
    )
    min_quantity = fields.Float(
        string="Order quantity at least",
        digits="Product Unit",
        help="Units of what the rule covers in an order; 0: any.",
    )
    min_line_amount = fields.Monetary(
        string="Line amount at least", help="Untaxed amount of an order line; 0: any."
    )
    min_line_quantity = fields.Float(
        string="Line quantity at least",
        digits="Product Unit",
        help="Units of an order line; 0: any.",
    )

    _dates = models.Constraint(
        "CHECK (date_end IS NULL OR date_start IS NULL OR date_end >= date_start)",
        "A rule cannot end before it starts.",
    )
    _minimums = models.Constraint(
        "CHECK (COALESCE(min_amount, 0) >= 0 AND COALESCE(min_quantity, 0) >= 0"
        " AND COALESCE(min_line_amount, 0) >= 0"
        " AND COALESCE(min_line_quantity, 0) >= 0 AND COALESCE(grace_days, 0) >= 0)",
        "The minimums and the days of grace of a rule cannot be negative.",
    )
    _percentages = models.Constraint(
        "CHECK (COALESCE(max_discount_percent, 0) BETWEEN 0 AND 100"
        " AND COALESCE(min_margin_percent, 0) BETWEEN 0 AND 100)",
        "Percentages of a rule lie between 0 and 100.",
    )
    _goal = models.Constraint(
        "CHECK (trigger <> 'goal' OR (effect = 'bonus' AND goal_target > 0))",
        "A goal gives a fixed bonus, for a target above zero.",
    )

    # === COMPUTE METHODS === #

    @api.depends("min_margin_percent")
    def _compute_has_min_margin(self):
        for rule in self:
            rule.has_min_margin = rule.has_min_margin or bool(rule.min_margin_percent)

    # === BUSINESS METHODS === #

    @api.model
    def _get_term_names(self):
        return super()._get_term_names() | {
            "category_ids",
            "product_ids",
            "product_tag_ids",
            "product_domain",
            "max_discount_percent",
            "has_min_margin",
            "min_margin_percent",
            "customer_domain",
            "customer_tag_ids",
            "country_ids",
            "pricelist_ids",
            "excluded_pricelist_ids",
            *(f"channel_{channel}" for channel in CHANNELS),
            "date_start",
            "period_date",
            "trigger",
            "grace_days",
            "goal_measure",
            "goal_target",
            "goal_period",
            "min_amount",
            "min_quantity",
            "min_line_amount",
            "min_line_quantity",
        }

    def _get_channels(self):
        """Return the codes of the channels the rule is meant for; none means all."""
        return [channel for channel in CHANNELS if self[f"channel_{channel}"]]

    def _has_domain(self, name):
        """Tell whether a filter ('product_domain', 'customer_domain') is set."""
        return (self[name] or "").strip() not in ("", "[]")

    def _prepare_engine_values(self):
        return {
            **super()._prepare_engine_values(),
            **self._prepare_engine_what(),
            **self._prepare_engine_who(),
            **self._prepare_engine_when(),
            "min_amount": exact(self.min_amount),
            "min_quantity": exact(self.min_quantity),
            "min_line_amount": exact(self.min_line_amount),
            "min_line_quantity": exact(self.min_line_quantity),
        }

    def _prepare_engine_what(self):
        below = self._get_categories_below() if self.category_ids else {}
        any_discount = self.max_discount_percent >= 100
        return {
            "products": frozenset(self.product_ids.ids),
            "categories": frozenset().union(*(below[c] for c in self.category_ids.ids)),
            "tags": frozenset(self.product_tag_ids.ids),
            "has_product_domain": self._has_domain("product_domain"),
            "max_discount": None if any_discount else exact(self.max_discount_percent),
            "min_margin": exact(self.min_margin_percent)
            if self.has_min_margin
            else None,
        }

    def _prepare_engine_who(self):
        return {
            "has_customer_domain": self._has_domain("customer_domain"),
            "customer_tags": frozenset(self.customer_tag_ids.ids),
            "countries": frozenset(self.country_ids.ids),
            "pricelists": frozenset(self.pricelist_ids.ids),
            "excluded_pricelists": frozenset(self.excluded_pricelist_ids.ids),
            "channels": frozenset(self._get_channels()),
        }

    def _prepare_engine_when(self):
        return {
            "date_start": self.date_start or None,
            "date_end": self.date_end or None,
            "by_order_date": self.period_date == "order",
            "trigger": self.trigger,
            "grace_days": self.grace_days if self.trigger == "on_time" else 0,
            "goal_measure": self.goal_measure,
            "goal_target": exact(self.goal_target),
            "goal_period": self.goal_period,
        }

    @api.model
    @tools.ormcache()
    def _get_categories_below(self):
        """Return category id → ids of it and of all below; one query for all rules.

        The cache is emptied where categories are created or moved.
        """
        below = defaultdict(set)
        categories = self.env["product.category"].sudo()
        for category in categories.search_fetch([], ["parent_path"]):
            for place in category.parent_path.strip("/").split("/"):
                below[int(place)].add(category.id)
        return {place: frozenset(ids) for place, ids in below.items()}
