from datetime import date, datetime
from typing import NamedTuple

import pytz

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from odoo.addons.base.models.res_partner import _tz_get

from ..fields import Points
from ..tools import engine, periods, rounding


class Terms(NamedTuple):
    """A programme as plain values; `digits` are the currency's decimal places."""

    company_id: int
    currency_id: int
    digits: int
    tz: str
    state: str
    activation: str
    activation_days: int
    uses_payment: bool
    watches_payment: bool
    expiry: periods.Expiry
    overdue_hold: bool
    count_down_payments: bool
    date_start: date | None
    date_last_earning: date | None


class LoyaltyB2bProgram(models.Model):
    """What we promise to business customers: how points are earned and used."""

    _name = "loyalty.b2b.program"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "loyalty.b2b.guarded.mixin",
    ]
    _description = "B2B Loyalty Programme"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    tz = fields.Selection(
        selection=_tz_get,
        string="Time Zone",
        required=True,
        default=lambda self: self.env.user.tz or "UTC",
        help="Days of the programme (expiry, statements) begin at midnight here.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("announced", "Announced"),
            ("running", "Running"),
            ("paused", "Paused"),
            ("closing", "Closing down"),
            ("closed", "Closed"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    date_last_earning = fields.Date(
        string="Last day of earning", readonly=True, copy=False
    )
    date_last_use = fields.Date(string="Last day of use", readonly=True, copy=False)

    # what customers see
    point_name = fields.Char(
        string="Name of a point",
        required=True,
        translate=True,
        default=lambda self: self.env._("points"),
    )
    logo = fields.Image(max_width=512, max_height=512)
    slogan = fields.Char(translate=True)
    color = fields.Char(default="#714B67", help="Colour of the programme, as #RRGGBB.")
    terms = fields.Html(translate=True)

    # what a point is worth
    rate_ids = fields.One2many(
        comodel_name="loyalty.b2b.rate",
        inverse_name="program_id",
        string="Rates",
        copy=True,
    )
    rate_tax = fields.Selection(
        selection=[("net", "Net of tax"), ("gross", "Tax included")],
        string="Worth is",
        required=True,
        default=lambda self: self._default_rate_tax(),
        help="Net: the discount lowers the untaxed amount and VAT follows. Tax"
        " included: the order's total falls by exactly the worth of the points.",
    )

    # earning
    rule_ids = fields.One2many(
        comodel_name="loyalty.b2b.rule", inverse_name="program_id", copy=True
    )
    activation = fields.Selection(
        selection=[("posting", "When invoiced"), ("payment", "When paid")],
        string="Points available",
        required=True,
        default="posting",
    )
    uses_payment = fields.Boolean(
        compute="_compute_uses_payment",
        store=True,
        help="Points have waited for payment in this programme, now or earlier.",
    )
    expiry_months = fields.Integer(
        string="Expire after",
        default=24,
        help="Months from the day points became available. 0: they never expire, or at"
        " the next of the dates.",
    )
    excluded_product_ids = fields.Many2many(
        comodel_name="product.product", string="Excluded Products"
    )
    excluded_category_ids = fields.Many2many(
        comodel_name="product.category",
        string="Excluded Categories",
        help="Each with the categories below it.",
    )
    excluded_pricelist_ids = fields.Many2many(
        comodel_name="product.pricelist", string="Promotional Pricelists"
    )
    max_line_discount_percent = fields.Float(
        string="Highest line discount",
        default=100.0,
        help="Lines discounted by more than this earn nothing. 0–100 %.",
    )
    count_down_payments = fields.Boolean(
        string="Full down payments earn",
        default=lambda self: self.env.company.country_code == "PL",
        help="A down payment that completes 100 % of its order earns for the order's"
        " lines; the final invoice then earns nothing again.",
    )

    # use
    min_points = Points(
        string="Use at least", default=0, help="Smallest number of points per order."
    )
    max_order_percent = fields.Float(
        string="Up to",
        default=100.0,
        help="Largest part of an order that points may discount. 0–100 %.",
    )
    hold_days = fields.Integer(
        string="Hold points for",
        default=7,
        help="Days for which a quotation holds points, 1–30.",
    )
    discount_product_id = fields.Many2one(
        comodel_name="product.product",
        check_company=True,
        copy=False,
        help="Stands on the discount lines; carries the income account.",
    )
    adjustment_limit = Points(
        default=10000,
        help="Most points an officer may correct at once; administrators may more.",
    )

    # enrolment
    auto_enrol = fields.Boolean(
        string="Enrol automatically",
        help="New invoices of matching customers open a wallet.",
    )
    enrol_domain = fields.Char(
        string="Customers",
        default="[]",
        help="Companies that take part, as a filter on contacts.",
    )
    individuals_allowed = fields.Boolean(
        string="Individuals may join", help="Otherwise only companies take part."
    )
    wallet_ids = fields.One2many(
        comodel_name="loyalty.b2b.wallet", inverse_name="program_id"
    )
    wallet_count = fields.Integer(compute="_compute_wallet_count")

    _limits = models.Constraint(
        "CHECK (expiry_months >= 0 AND min_points >= 0 AND hold_days BETWEEN 1 AND 30"
        " AND max_order_percent BETWEEN 0 AND 100"
        " AND max_line_discount_percent BETWEEN 0 AND 100 AND adjustment_limit >= 0)",
        "Months, points and limits cannot be negative, percentages lie between 0 and"
        " 100, and points are held for 1 to 30 days.",
    )

    # === DEFAULT METHODS === #

    @api.model
    def _default_rate_tax(self):
        included = self.env.company.account_price_include == "tax_included"
        return "gross" if included else "net"

    # === COMPUTE METHODS === #

    @api.depends("company_id")
    def _compute_currency_id(self):
        for program in self:
            program.currency_id = program.company_id.currency_id

    @api.depends("activation")
    def _compute_uses_payment(self):
        for program in self:
            program.uses_payment = (
                program.uses_payment or program.activation == "payment"
            )

    def _compute_wallet_count(self):
        counts = dict(
            self.env["loyalty.b2b.wallet"]._read_group(
                [("program_id", "in", self.ids)], ["program_id"], ["__count"]
            )
        )
        for program in self:
            program.wallet_count = counts.get(program, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains("state", "company_id")
    def _check_one_running(self):
        for program in self.filtered(lambda p: p.state == "running"):
            if program.company_id.loyalty_b2b_several_programs:
                continue
            other = self.search(
                [
                    ("id", "!=", program.id),
                    ("company_id", "=", program.company_id.id),
                    ("state", "=", "running"),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "Programme %(other)s is already running in %(company)s."
                        " Close it first, or allow several programmes in the"
                        " settings.",
                        other=other.name,
                        company=program.company_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        programs = super().create(vals_list)
        self.env.registry.clear_cache()
        return programs

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.filtered("wallet_ids")
        if used:
            raise UserError(
                self.env._(
                    "Programme %(program)s has wallets. Close and archive it instead.",
                    program=used[0].name,
                )
            )

    # === BUSINESS METHODS === #

    def _today(self):
        """Return today's date in the programme's time zone."""
        self.ensure_one()
        return self._local_day(fields.Datetime.now())

    def _local_day(self, moment: datetime):
        """Return the programme's day of a moment given in UTC."""
        self.ensure_one()
        return periods.local_day(moment, self._get_terms().tz)

    def _get_day_start(self, day):
        """Return the UTC moment at which a day of the programme begins."""
        self.ensure_one()
        local = pytz.timezone(self.tz).localize(
            datetime.combine(day, datetime.min.time())
        )
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def _get_rate(self, day=None):
        """Return the rate in force.

        :param date day: in the programme's time zone, today by default.
        :return: a record of `loyalty.b2b.rate`, empty before the first one.
        """
        self.ensure_one()
        day = day or self._today()
        rates = self.sudo().rate_ids.filtered(lambda rate: rate.date_start <= day)
        return rates.sorted("date_start")[-1:]

    def _get_worth(self, points, day=None):
        """Return the money that points are worth, rounded down to the currency.

        :param int points: whole points, may be negative.
        :return: float in the programme's currency.
        """
        self.ensure_one()
        rate = self._get_rate(day) if day else self._get_portal_rate()
        if not rate:
            return 0.0
        digits = self.currency_id.decimal_places
        worth = rounding.points_to_money(
            abs(int(points)), int(rate.points), rate.amount, digits
        )
        return float(worth) if points >= 0 else -float(worth)

    @tools.ormcache("self.id")
    def _get_terms(self):
        """Return what booking needs of the programme, without a query when warm."""
        program = self.sudo()
        return Terms(
            company_id=program.company_id.id,
            currency_id=program.currency_id.id,
            digits=program.currency_id.decimal_places,
            tz=program.tz or "UTC",
            state=program.state,
            activation=program.activation,
            activation_days=program.activation_days,
            uses_payment=program.uses_payment,
            watches_payment=program.watches_payment,
            expiry=program._get_expiry(),
            overdue_hold=program.overdue_hold,
            count_down_payments=program.count_down_payments,
            date_start=program.date_start or None,
            date_last_earning=program.date_last_earning or None,
        )

    @api.model
    @tools.ormcache()
    def _get_time_zones(self):
        """Return the time zone of every programme, by its id."""
        programs = self.sudo().with_context(active_test=False).search([])
        return {program.id: program.tz for program in programs}

    @api.model
    def _get_today_by_program(self):
        """Return today's local date of every programme, by its id as text."""
        now = fields.Datetime.now()
        zones = self._get_time_zones()
        days = {tz: periods.local_day(now, tz) for tz in set(zones.values())}
        return {str(program_id): str(days[tz]) for program_id, tz in zones.items()}

    @api.model
    @tools.ormcache("company_id")
    def _get_active_program_ids(self, company_id):
        """Return the ids of the programmes in which a company's invoices book."""
        return tuple(
            self.sudo()
            .search(
                [
                    ("company_id", "=", company_id),
                    ("state", "in", ("running", "paused", "closing")),
                ]
            )
            .ids
        )

    @api.model
    def _is_payment_awaited(self, company_id):
        """Tell whether payment may change the points of a company's invoices."""
        terms = (
            self.browse(program_id)._get_terms()
            for program_id in self._get_active_program_ids(company_id)
        )
        return any(found.uses_payment or found.watches_payment for found in terms)

    def _get_lot_expiry(self, day_available, life=""):
        """Return the last day of use of a lot, None if it has none.

        :param date day_available: first day on which the lot can be used.
        :param str life: 'm3' for a rule whose points live 3 months, '' for the others.
        """
        if life:
            return periods.lot_expiry(day_available, int(life[1:]))
        return self._get_terms().expiry.last_day(day_available)

    @tools.ormcache("self.id")
    def _get_rule_set(self):
        """Return the programme's rules compiled for the engine; archived ones too.

        Archived rules match nothing, but what they gave is still counted.
        """
        rules = self.sudo().with_context(active_test=False).rule_ids
        compiled = {rule: rule._prepare_engine_rule() for rule in rules}
        return engine.RuleSet(
            [values for rule, values in compiled.items() if rule.active],
            retired=[values for rule, values in compiled.items() if not rule.active],
        )

    @tools.ormcache("self.id")
    def _get_exclusions(self):
        """Return the exclusion list as plain id sets, categories with children."""
        program = self.sudo()
        categories = self.env["product.category"].search(
            [("id", "child_of", program.excluded_category_ids.ids)]
        )
        return {
            "products": frozenset(program.excluded_product_ids.ids),
            "categories": frozenset(
                categories.ids if program.excluded_category_ids else ()
            ),
            "pricelists": frozenset(program.excluded_pricelist_ids.ids),
            "max_line_discount_percent": program.max_line_discount_percent,
        }

    @staticmethod
    def _get_line_exclusion(row, exclusions):
        """Return the code of why a document line cannot earn, or ''.

        :param dict row: a line of `account.move._query_loyalty_b2b_lines`.
        :param dict exclusions: of `_get_exclusions`.
        """
        if row["is_downpayment"]:
            return "down_payment"
        if row.get("is_payment"):
            return "payment_means"
        if exclusions.get("delivery") and row.get("is_delivery"):
            return "delivery"
        if row["product_id"] in exclusions["products"]:
            return "excluded_product"
        if row["categ_id"] in exclusions["categories"]:
            return "excluded_category"
        if row["pricelist_id"] in exclusions["pricelists"]:
            return "excluded_pricelist"
        if (row["discount"] or 0) > exclusions["max_line_discount_percent"]:
            return "line_discount"
        return ""
