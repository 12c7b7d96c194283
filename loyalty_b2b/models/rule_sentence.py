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

    sentence = fields.Char(
        string="Reads as", compute="_compute_sentence", compute_sudo=True
    )

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
            "tier_ids.name",
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
            "ladder": self.env._("%(steps)s %(of)s per order")
            if has_what
            else self.env._("%(steps)s per order"),
            "multiplier": self.env._(
                "%(factor)s times the points of other rules %(on)s"
            ),
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
            ("months", True): self.env._(
                "%(points)s for a month with an order %(with)s"
            ),
            ("months", False): self.env._(
                "%(points)s for %(target)s months in a row with an order %(with)s"
            ),
        }
        if self.goal_measure == "amount":
            text = (
                self.env._("%(points)s for purchases of %(goal)s %(on)s")
                if self._has_what()
                else self.env._("%(points)s for purchases of %(goal)s in all")
            )
        else:
            chosen = covering if self._has_what() else texts
            text = chosen[self.goal_measure, single]
        return text % {
            **self._prepare_sentence_values(),
            "target": self._format_number(self.goal_target),
            "goal": self._format_amount(self.goal_target),
        }

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
