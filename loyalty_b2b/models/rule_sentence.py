from babel.dates import format_date as babel_date
from babel.dates import format_interval

from odoo import api, fields, models
from odoo.tools import float_is_zero, format_list, formatLang, get_lang
from odoo.tools.misc import babel_locale_parse

# Names listed one by one; what is more is counted.
MOST_NAMED = 5


class LoyaltyB2bRule(models.Model):
    """A rule as one sentence: complete clauses, joined by commas.

    Customers read it, too: what is said of them or of margins is said to them without
    naming it.
    """

    _inherit = "loyalty.b2b.rule"

    sentence = fields.Char(string="Reads as", compute="_compute_sentence")

    # === COMPUTE METHODS === #

    @api.depends(
        lambda self: (
            *sorted(self._get_term_names()),
            "date_end",
            "budget_points",
            "currency_id",
            "step_ids.amount",
            "step_ids.points",
            "product_ids.name",
            "category_ids.name",
            "product_tag_ids.name",
            "customer_tag_ids.name",
            "country_ids.name",
            "pricelist_ids.name",
            "excluded_pricelist_ids.name",
            "program_id.point_name",
        )
    )
    @api.depends_context("lang", "uid")
    def _compute_sentence(self):
        for rule in self:
            rule.sentence = ", ".join(rule._get_sentence_parts())

    # === BUSINESS METHODS === #

    def _get_sentence_parts(self):
        """Return the clauses of the sentence in their order."""
        self.ensure_one()
        return [
            self._get_effect_text(),
            *self._get_ladder_parts(),
            *self._get_trigger_parts(),
            *self._get_customer_parts(),
            *self._get_pricelist_parts(),
            *self._get_channel_parts(),
            *self._get_period_parts(),
            *self._get_minimum_parts(),
            *self._get_line_parts(),
            *self._get_cap_parts(),
            *self._get_stacking_parts(),
            *self._get_expiry_parts(),
        ]

    # === HOW MUCH OF WHAT === #

    def _get_effect_text(self):
        """Return the first clause: what is given for what."""
        if self.trigger == "goal":
            return self._get_goal_text()
        has_what = self._has_what()
        texts = {
            "proportional": self.env._("%(points)s per %(amount)s %(on)s"),
            "step": self.env._("%(points)s per full %(amount)s %(on)s"),
            "unit": self.env._("%(points)s per unit %(of)s")
            if self.units == 1
            else self.env._("%(points)s per %(units)s units %(of)s"),
            "order": self.env._("%(points)s per order %(with)s")
            if has_what
            else self.env._("%(points)s per order"),
            "ladder": self.env._("%(steps)s, per order %(with)s")
            if has_what
            else self.env._("%(steps)s, per order"),
            "multiplier": self.env._("%(factor)s times the points of other rules %(on)s"),
            "bonus": self.env._("%(points)s once per customer, for an order %(with)s")
            if has_what
            else self.env._("%(points)s once per customer"),
        }
        return texts[self.effect or "proportional"] % self._prepare_sentence_values()

    def _prepare_sentence_values(self):
        names = self._get_what_names()
        return {
            "points": self._format_points(self.points),
            "amount": self._format_amount(self.amount),
            "units": self._format_number(self.units),
            "factor": self._format_number(self.factor),
            "steps": self._get_steps_text() if self.effect == "ladder" else "",
            "on": self.env._("on %(names)s", names=names)
            if names
            else self.env._("on everything"),
            "of": self.env._("of %(names)s", names=names)
            if names
            else self.env._("of any product"),
            "with": self.env._("with %(names)s", names=names),
        }

    def _has_what(self):
        return bool(
            self.category_ids
            or self.product_ids
            or self.product_tag_ids
            or self._has_domain("product_domain")
        )

    def _get_what_names(self):
        """Return what the rule covers; '' for everything."""
        names = [
            *self.category_ids.mapped("name"),
            *self.product_tag_ids.mapped("name"),
            *self.product_ids.mapped("display_name"),
        ]
        if not self._has_domain("product_domain"):
            return self._format_names(names)
        if not names:
            return self.env._("selected products")
        return self.env._(
            "selected products among %(names)s", names=self._format_names(names)
        )

    def _get_steps_text(self):
        steps = self.step_ids.sorted("amount")
        return format_list(
            self.env,
            [
                self.env._(
                    "%(points)s from %(amount)s",
                    points=self._format_points(step.points),
                    amount=self._format_amount(step.amount),
                )
                for step in steps
            ],
        )

    def _get_ladder_parts(self):
        if self.effect != "ladder" or len(self.step_ids) < 2:
            return []
        if self.ladder == "highest":
            return [self.env._("only the highest step reached counts")]
        return [self.env._("every step reached counts")]

    # === WHEN === #

    def _get_goal_text(self):
        """Return the first clause of a goal."""
        single = self.goal_target == 1
        texts = {
            ("orders", True): self.env._("%(points)s for an order"),
            ("orders", False): self.env._("%(points)s for %(target)s orders"),
            ("months", True): self.env._("%(points)s for a month with an order"),
            ("months", False): self.env._(
                "%(points)s for %(target)s months in a row with an order"
            ),
        }
        covering = {
            ("orders", True): self.env._("%(points)s for an order %(with)s"),
            ("orders", False): self.env._("%(points)s for %(target)s orders %(with)s"),
            ("months", True): self.env._("%(points)s for a month with an order %(with)s"),
            ("months", False): self.env._(
                "%(points)s for %(target)s months in a row with an order %(with)s"
            ),
        }
        if self.goal_measure == "amount":
            text = self.env._("%(points)s for buying %(goal)s %(on)s")
        else:
            chosen = covering if self._has_what() else texts
            text = chosen[self.goal_measure, single]
        return text % {
            **self._prepare_sentence_values(),
            "target": self._format_number(self.goal_target),
            "goal": self._format_amount(self.goal_target),
        }

    def _get_trigger_parts(self):
        """Return the clause on the act that earns, if it is not just a purchase."""
        if self.trigger == "first_order":
            return [self.env._("on the customer’s first order only")]
        if self.trigger == "on_time":
            return [self._get_on_time_text()]
        if self.trigger == "goal":
            return [
                {
                    "month": self.env._("within a calendar month"),
                    "quarter": self.env._("within a quarter"),
                    "year": self.env._("within a calendar year"),
                    "lifetime": self.env._("once per customer"),
                }[self.goal_period]
            ]
        return []

    def _get_on_time_text(self):
        if not self.grace_days:
            return self.env._("if the invoice is paid on time")
        if self.grace_days == 1:
            return self.env._("if the invoice is paid at most 1 day after its due date")
        return self.env._(
            "if the invoice is paid at most %(days)s days after its due date",
            days=self.grace_days,
        )

    def _get_period_parts(self):
        start, end, by_order = self.date_start, self.date_end, self.period_date == "order"
        if start and end:
            text = (
                self.env._("ordered %(period)s")
                if by_order
                else self.env._("invoiced %(period)s")
            )
            return [text % {"period": self._format_period()}]
        if start:
            text = (
                self.env._("ordered from %(day)s on")
                if by_order
                else self.env._("invoiced from %(day)s on")
            )
        else:
            text = (
                self.env._("ordered until %(day)s")
                if by_order
                else self.env._("invoiced until %(day)s")
            )
        return [text % {"day": self._format_day(start or end)}] if start or end else []

    # === WHO === #

    def _get_customer_parts(self):
        """Return the clauses on the customer; customers do not read their tags."""
        parts = []
        is_hidden = self.customer_tag_ids and self._is_read_by_customer()
        if self.customer_tag_ids and not is_hidden:
            names = self._format_names(self.customer_tag_ids.mapped("name"), "or")
            parts.append(self.env._("for customers tagged %(names)s", names=names))
        if is_hidden or self._has_domain("customer_domain"):
            parts.append(self.env._("for selected customers"))
        if self.country_ids:
            names = self._format_names(self.country_ids.mapped("name"), "or")
            parts.append(self.env._("for customers in %(names)s", names=names))
        return parts

    def _get_pricelist_parts(self):
        parts = []
        if self.pricelist_ids:
            names = self._format_names(self.pricelist_ids.mapped("name"), "or")
            parts.append(self.env._("at prices of %(names)s", names=names))
        if self.excluded_pricelist_ids:
            names = self._format_names(self.excluded_pricelist_ids.mapped("name"), "or")
            parts.append(self.env._("not at prices of %(names)s", names=names))
        return parts

    def _get_channel_parts(self):
        texts = {
            "web": self.env._("orders placed in the web shop"),
            "portal": self.env._("quotations accepted online"),
            "external": self.env._("orders from an external platform"),
            "sales": self.env._("orders taken by a salesperson"),
        }
        channels = [texts[channel] for channel in self._get_channels()]
        return [format_list(self.env, channels, "or")] if channels else []

    # === MINIMUMS === #

    def _get_minimum_parts(self):
        parts = []
        has_what = self._has_what()
        if self.min_amount:
            text = (
                self.env._("from %(amount)s of it per order")
                if has_what
                else self.env._("orders from %(amount)s")
            )
            parts.append(text % {"amount": self._format_amount(self.min_amount)})
        if self.min_quantity:
            text = (
                self.env._("from %(units)s units of it per order")
                if has_what
                else self.env._("orders from %(units)s units")
            )
            parts.append(text % {"units": self._format_number(self.min_quantity)})
        if self.min_line_amount:
            amount = self._format_amount(self.min_line_amount)
            parts.append(self.env._("order lines from %(amount)s", amount=amount))
        if self.min_line_quantity:
            units = self._format_number(self.min_line_quantity)
            parts.append(self.env._("order lines from %(units)s units", units=units))
        return parts

    def _get_line_parts(self):
        """Return the clauses on discount and margin; the latter is no customer's."""
        parts = []
        if not self.max_discount_percent:
            parts.append(self.env._("lines without a discount"))
        elif self.max_discount_percent < 100:
            percent = self._format_number(self.max_discount_percent)
            parts.append(
                self.env._(
                    "lines discounted by at most %(percent)s%%", percent=percent
                )
            )
        if self.has_min_margin and self._is_read_by_customer():
            parts.append(self.env._("not on lines at special conditions"))
        elif self.has_min_margin:
            percent = self._format_number(self.min_margin_percent)
            parts.append(
                self.env._("lines with a margin from %(percent)s%%", percent=percent)
            )
        return parts

    # === CAPS, STACKING, EXPIRY === #

    def _get_cap_parts(self):
        parts = []
        if self.cap_order:
            points = self._format_points(self.cap_order)
            parts.append(self.env._("at most %(points)s per order", points=points))
        if self.cap_points:
            texts = {
                "day": self.env._("at most %(points)s per customer and day"),
                "month": self.env._("at most %(points)s per customer and month"),
                "quarter": self.env._("at most %(points)s per customer and quarter"),
                "year": self.env._("at most %(points)s per customer and year"),
                "lifetime": self.env._("at most %(points)s per customer in all"),
            }
            points = self._format_points(self.cap_points)
            parts.append(texts[self.cap_period] % {"points": points})
        if self.budget_points:
            points = self._format_points(self.budget_points)
            parts.append(
                self.env._("until %(points)s are given to all customers", points=points)
            )
        return parts

    def _get_stacking_parts(self):
        parts = []
        if self.exclusive_group:
            parts.append(
                self.env._(
                    "only one rule of “%(group)s” counts", group=self.exclusive_group
                )
            )
        if self.stop:
            parts.append(self.env._("no other rule counts after it"))
        return parts

    def _get_expiry_parts(self):
        if self.expiry == "never":
            return [self.env._("these points never expire")]
        if self.expiry != "months":
            return []
        if self.expiry_months == 1:
            return [self.env._("these points expire after a month")]
        return [
            self.env._(
                "these points expire after %(months)s months",
                months=self.expiry_months,
            )
        ]

    # === NUMBERS AND NAMES === #

    def _is_read_by_customer(self):
        return self.env.user.share

    def _format_points(self, points):
        """Return points with their name: “5,000 points”."""
        program = self.program_id or self.program_id.new({"point_name": "points"})
        number = formatLang(self.env, int(points), digits=0)
        return f"{number} {program._get_point_name(points)}"

    def _format_amount(self, amount):
        """Return money in the programme's currency, whole amounts without cents."""
        currency = self.currency_id or self.env.company.currency_id
        text = currency.format(amount)
        if currency.decimal_places and float_is_zero(amount % 1, precision_digits=6):
            point = get_lang(self.env).decimal_point
            text = text.replace(point + "0" * currency.decimal_places, "")
        return text

    def _format_number(self, value):
        """Return a number with as many decimals as it has, three at most."""
        digits = next((d for d in range(3) if round(value, d) == value), 3)
        return formatLang(self.env, value, digits=digits)

    def _format_names(self, names, style="standard"):
        """Return names as a list in words, the first ones by name.

        :param str style: 'standard' for “a, b and c”, 'or' for “a, b or c”.
        """
        names = [name for name in names if name]
        more = len(names) - MOST_NAMED
        if more > 0:
            names = [*names[:MOST_NAMED], self.env._("%(count)s more", count=more)]
        return format_list(self.env, names, style) if names else ""

    def _format_period(self):
        """Return both days in words: “1–31 March 2026”."""
        return format_interval(
            self.date_start, self.date_end, "yMMMMd", locale=self._get_locale()
        )

    def _format_day(self, day):
        return babel_date(day, "long", locale=self._get_locale())

    def _get_locale(self):
        return babel_locale_parse(get_lang(self.env).code)
