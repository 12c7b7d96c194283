from datetime import date
from decimal import Decimal

from ..tools import engine
from .test_tools_common import ToolsCase
from .test_tools_engine import DAY, line, rule

BEFORE, AFTER = date(2024, 5, 14), date(2024, 5, 16)
ONE = frozenset({1})


def customer(**values):
    """Return what a line knows of a customer."""
    return {"customer": engine.Customer(**values)}


# The condition; lines that meet it, at the boundary where there is one; lines that
# miss it by the smallest step; the code that says so.
CONDITIONS = [
    ({"products": {7}}, [{"product": 7}], [{"product": 8}, {}], "not_covered"),
    ({"categories": {5}}, [{"category": 5}], [{"category": 6}, {}], "not_covered"),
    (
        {"tags": {3, 4}},
        [{"tags": frozenset({4, 9})}],
        [{"tags": frozenset({9})}, {}],
        "not_covered",
    ),
    (
        {"products": {7}, "categories": {5}, "tags": {3}},
        [{"product": 7}, {"category": 5}, {"tags": frozenset({3})}],
        [{"product": 8, "category": 6, "tags": frozenset({4})}],
        "not_covered",
    ),
    (
        {"has_product_domain": True},
        [{"domains": ONE}],
        [{"domains": frozenset({2})}, {}],
        "not_in_product_domain",
    ),
    (
        {"has_customer_domain": True},
        [customer(domains=ONE)],
        [customer(domains=frozenset({2})), {"domains": ONE}],
        "not_in_customer_domain",
    ),
    (
        {"customer_tags": {3, 4}},
        [customer(tags=frozenset({4, 9}))],
        [customer(tags=frozenset({9})), {"tags": frozenset({4})}],
        "not_customer_tag",
    ),
    (
        {"countries": {48, 49}},
        [customer(country=48)],
        [customer(country=47), {}],
        "not_country",
    ),
    ({"tiers": {2, 3}}, [customer(tier=2)], [customer(tier=1), {}], "not_tier"),
    ({"pricelists": {6}}, [{"pricelist": 6}], [{"pricelist": 5}, {}], "not_pricelist"),
    (
        {"excluded_pricelists": {6}},
        [{"pricelist": 5}, {}],
        [{"pricelist": 6}],
        "rule_excluded_pricelist",
    ),
    (
        {"channels": {"web", "online"}},
        [{"channel": "web"}],
        [{"channel": "sales"}, {}],
        "not_channel",
    ),
    ({"date_start": DAY}, [{}, {"date": AFTER}], [{"date": BEFORE}], "not_begun"),
    ({"date_end": DAY}, [{}, {"date": BEFORE}], [{"date": AFTER}], "over"),
    (
        {"date_start": DAY, "by_order_date": True},
        [{"date": BEFORE, "order_date": DAY}, {"date": DAY}],
        [{"date": DAY, "order_date": BEFORE}, {"date": BEFORE}],
        "not_begun",
    ),
    (
        {"date_end": DAY, "by_order_date": True},
        [{"date": AFTER, "order_date": DAY}, {"date": DAY}],
        [{"date": DAY, "order_date": AFTER}, {"date": AFTER}],
        "over",
    ),
    (
        {"max_discount": Decimal(10)},
        [{"discount": Decimal("9.99")}, {"discount": Decimal(10)}, {}],
        [{"discount": Decimal("10.01")}],
        "rule_line_discount",
    ),
    (
        {"max_discount": Decimal(0)},
        [{"discount": Decimal(0)}],
        [{"discount": Decimal("0.01")}],
        "rule_line_discount",
    ),
    (
        {"min_margin": Decimal(20)},
        [{"margin": Decimal("20.01")}, {"margin": Decimal(20)}],
        [{"margin": Decimal("19.99")}, {"margin": None}],
        "below_margin",
    ),
    (
        {"min_margin": Decimal(0)},
        [{"margin": Decimal(0)}],
        [{"margin": Decimal("-0.01")}, {"margin": None}],
        "below_margin",
    ),
]
# All of them at once, and how a line misses one at a time.
ALL = {
    "products": {7},
    "has_product_domain": True,
    "has_customer_domain": True,
    "customer_tags": {3},
    "countries": {48},
    "tiers": {2},
    "pricelists": {6, 7},
    "excluded_pricelists": {7},
    "channels": {"web"},
    "date_start": DAY,
    "date_end": DAY,
    "max_discount": Decimal(10),
    "min_margin": Decimal(20),
    "min_amount": Decimal(100),
    "min_quantity": Decimal(5),
    "min_line_amount": Decimal(100),
    "min_line_quantity": Decimal(5),
}
WHO = {"domains": ONE, "tags": frozenset({3}), "country": 48, "tier": 2}
FITTING = {
    "product": 7,
    "domains": ONE,
    "pricelist": 6,
    "channel": "web",
    "discount": Decimal(10),
    "margin": Decimal(20),
    "quantity": Decimal(5),
    **customer(**WHO),
}
FLIPS = [
    ({"product": 8}, "not_covered"),
    ({"domains": frozenset()}, "not_in_product_domain"),
    (customer(**{**WHO, "domains": frozenset()}), "not_in_customer_domain"),
    (customer(**{**WHO, "tags": frozenset()}), "not_customer_tag"),
    (customer(**{**WHO, "country": 49}), "not_country"),
    (customer(**{**WHO, "tier": 1}), "not_tier"),
    ({"pricelist": 5}, "not_pricelist"),
    ({"pricelist": 7}, "rule_excluded_pricelist"),
    ({"channel": "sales"}, "not_channel"),
    ({"date": BEFORE}, "not_begun"),
    ({"date": AFTER}, "over"),
    ({"discount": Decimal("10.01")}, "rule_line_discount"),
    ({"margin": Decimal("19.99")}, "below_margin"),
]


def conditioned(**conditions):
    """Return a rule of 3 points for each 10.00, with conditions."""
    frozen = {
        name: frozenset(value) if isinstance(value, set) else value
        for name, value in conditions.items()
    }
    return rule(1, points=3, per="10", **frozen)


class TestConditions(ToolsCase):
    def earned(self, ruleset, *lines):
        return engine.group_points(engine.explain(lines, ruleset), ruleset)

    def test_each_condition_decides_what_earns_and_says_why_not(self):
        for conditions, fitting, missing, code in CONDITIONS:
            condition = conditioned(**conditions)
            ruleset = engine.RuleSet([condition])
            for values in fitting:
                with self.subTest(conditions=conditions, fits=values):
                    one = line("a", 100, **values)
                    self.assertEqual(ruleset.failed(condition, one), "")
                    self.assertEqual(ruleset.reason(one), "")
                    self.assertEqual(self.earned(ruleset, one), 30)
            for values in missing:
                with self.subTest(conditions=conditions, misses=values):
                    one = line("a", 100, **values)
                    # what no rule is meant for was not close to any rule either
                    reason = "no_rule" if code == "not_covered" else code
                    self.assertEqual(ruleset.failed(condition, one), code)
                    self.assertEqual(ruleset.reason(one), reason)
                    (row,) = engine.explain([one], ruleset)
                    self.assertEqual((row.rule, row.reason), (None, reason))
                    self.assertEqual(self.earned(ruleset, one), 0)

    def test_all_conditions_together_and_each_missed_alone(self):
        condition = conditioned(**ALL)
        ruleset = engine.RuleSet([condition])
        fits = line("a", 100, **FITTING)
        self.assertEqual(ruleset.failed(condition, fits), "")
        self.assertEqual(self.earned(ruleset, fits), 30)
        for values, code in FLIPS:
            with self.subTest(code=code):
                one = line("a", 100, **{**FITTING, **values})
                self.assertEqual(ruleset.failed(condition, one), code)
                self.assertEqual(self.earned(ruleset, one), 0)
                # beside a line that fits, only the one that fits earns
                pair = [fits, line("b", 100, **{**FITTING, **values})]
                self.assertEqual(self.earned(ruleset, *pair), 30)
        for values in ({"quantity": Decimal("4.999")}, {"base": "99.99"}):
            with self.subTest(minimum=values):
                one = line("a", **{"base": 100, **FITTING, **values})
                self.assertEqual(ruleset.failed(condition, one), "")
                self.assertEqual(self.earned(ruleset, one), 0)

    def test_the_reason_is_that_of_the_rule_that_came_closest(self):
        ruleset = engine.RuleSet(
            [
                rule(1, countries=frozenset({49})),
                rule(2, channels=frozenset({"web"}), min_margin=Decimal(20)),
                rule(3, products=frozenset({7}), max_discount=Decimal(10)),
            ]
        )
        for values, reason in [
            ({}, "not_channel"),
            ({"product": 7}, ""),
            ({"product": 7, "discount": Decimal(11)}, "rule_line_discount"),
            ({"channel": "web"}, "below_margin"),
            ({"channel": "web", "exclusion": "delivery"}, "delivery"),
        ]:
            with self.subTest(values=values):
                self.assertEqual(ruleset.reason(line("a", 1, **values)), reason)

    def test_what_cannot_earn_at_all_fails_every_rule(self):
        open_to_all = conditioned()
        ruleset = engine.RuleSet([open_to_all])
        for base, values, code in [
            (100, {"exclusion": "delivery"}, "delivery"),
            (100, {"kind": "ignored"}, "ignored"),
            (100, {"kind": "ignored", "exclusion": "down_payment"}, "down_payment"),
            (0, {}, "no_value"),
        ]:
            with self.subTest(code=code):
                one = line("a", base, **values)
                self.assertEqual(ruleset.failed(open_to_all, one), code)
                self.assertEqual(self.earned(ruleset, one), 0)

    def test_rules_with_conditions_are_remembered_for_their_customer_only(self):
        ruleset = engine.RuleSet([conditioned(tiers={2}), rule(2, tags=frozenset({4}))])
        for values, points in [
            (customer(tier=2), 30),
            (customer(tier=1), 0),
            ({**customer(tier=2), "tags": frozenset({4})}, 130),
            ({**customer(tier=1), "tags": frozenset({4})}, 100),
            (customer(tier=2), 30),
        ]:
            with self.subTest(values=values):
                one = line("a", 100, product=7, **values)
                self.assertEqual(self.earned(ruleset, one), points)


class TestMinimums(ToolsCase):
    def check(self, minimum, *cases):
        """Check (lines, points, keys below the minimum) under one minimum."""
        ruleset = engine.RuleSet([conditioned(**minimum)])
        for lines, points, below in cases:
            with self.subTest(minimum=minimum, lines=lines):
                counted = engine.count(engine.explain(lines, ruleset), ruleset)
                self.assertEqual(counted.points, points)
                self.assertEqual(
                    counted.why, {(1, key): "below_minimum" for key in below}
                )

    def test_an_order_has_to_reach_the_minimum_amount_with_all_its_lines(self):
        self.check(
            {"min_amount": Decimal(100)},
            ([line("a", "99.99")], 0, "a"),
            ([line("a", 100)], 30, ""),
            ([line("a", "100.01")], 30, ""),
            ([line("a", 60), line("b", 40)], 30, ""),
            ([line("a", 60), line("b", "39.99")], 0, "ab"),
            ([line("a", 120), line("b", -20)], 30, ""),
            ([line("a", 120), line("b", "-20.01")], 0, "ab"),
        )

    def test_the_minimum_is_in_programme_currency(self):
        self.check(
            {"min_amount": Decimal(100)},
            ([line("a", 25, amount=100)], 30, ""),
            ([line("a", 25, amount="99.99")], 0, "a"),
        )

    def test_only_what_the_rule_covers_counts_toward_its_minimum(self):
        self.check(
            {"min_amount": Decimal(100), "products": {7}},
            ([line("a", "99.99", product=7), line("b", 500, product=8)], 0, "a"),
            ([line("a", 100, product=7), line("b", 500, product=8)], 30, ""),
        )

    def test_an_order_has_to_reach_the_minimum_quantity(self):
        def pieces(key, quantity):
            return line(key, 50, quantity=Decimal(quantity))

        self.check(
            {"min_quantity": Decimal(10)},
            ([pieces("a", "4.999"), pieces("b", 5)], 0, "ab"),
            ([pieces("a", 5), pieces("b", 5)], 30, ""),
            ([pieces("a", 6), pieces("b", 5)], 30, ""),
        )

    def test_each_line_has_to_reach_the_minimum_amount_of_a_line(self):
        self.check(
            {"min_line_amount": Decimal(100)},
            ([line("a", "99.99"), line("b", 100)], 30, "a"),
            ([line("a", 60), line("b", 60)], 0, "ab"),
            ([line("a", 100), line("b", 200)], 90, ""),
        )

    def test_an_order_line_is_one_line_on_whatever_invoices_it_is(self):
        first = [line("a", 60, order_line=1), line("b", 60, order_line=2)]
        rest = [line("c", 40, order_line=1), line("d", "39.99", order_line=2)]
        self.check({"min_line_amount": Decimal(100)}, (first + rest, 30, "bd"))

    def test_each_line_has_to_reach_the_minimum_quantity_of_a_line(self):
        few = line("a", 100, quantity=Decimal("9.999"))
        many = line("b", 100, quantity=Decimal(10))
        self.check({"min_line_quantity": Decimal(10)}, ([few, many], 30, "a"))

    def test_a_minimum_of_lines_comes_before_the_minimum_of_the_order(self):
        lines = [line("a", 90), line("b", 100)]
        minimums = {"min_line_amount": Decimal(100), "min_amount": Decimal(150)}
        more = [*lines, line("c", 100)]
        self.check(minimums, (lines, 0, "ab"), (more, 60, "a"))

    def test_a_credit_below_the_minimum_takes_everything_back(self):
        ruleset = engine.RuleSet([conditioned(min_amount=Decimal(100))])
        rows = engine.explain([line("a", 150)], ruleset)
        left = []
        for base in ("-50", "-0.01"):
            rows += engine.correct(rows, [line("x", base)])
            left.append(engine.group_points(rows, ruleset))
        self.assertEqual(left, [30, 0])
        rows += engine.correct(rows, [line("y", "0.01")])
        self.assertEqual(engine.group_points(rows, ruleset), 30)
