from decimal import Decimal
from fractions import Fraction

from ..tools import engine
from .plain_wallet import PlainWallet
from .test_tools_common import ToolsCase
from .test_tools_engine import line, rule

# 100 points from 1 000, 200 more from 2 000, 400 more from 5 000.
STEPS = ((Decimal(1000), 100), (Decimal(2000), 200), (Decimal(5000), 400))


def credit(base, **values):
    """Return a line that takes something back."""
    return line("credit", base, **values)


class EffectsCase(ToolsCase):
    def check(self, rules, *cases):
        """Check (amounts of the lines of an order, points) under some rules."""
        ruleset = engine.RuleSet(rules)
        for amounts, points in cases:
            with self.subTest(amounts=amounts):
                wallet = PlainWallet(ruleset)
                wallet.invoice(*(line(f"l{n}", a) for n, a in enumerate(amounts)))
                self.assertEqual(wallet.points, points)

    def check_story(self, rules, lines, *acts):
        """Check an invoice and (credit, points that it changes, points left)."""
        wallet = PlainWallet(engine.RuleSet(rules))
        wallet.invoice(*lines)
        for number, (credit_line, change, left) in enumerate(acts):
            with self.subTest(act=number):
                self.assertEqual(wallet.credit(credit_line), change)
                self.assertEqual(wallet.points, left)


class TestEffects(EffectsCase):
    def test_points_per_amount(self):
        tenth = rule(1, points=3, per="10")
        self.check(
            [tenth],
            (["9.99"], 2),  # 2.997
            (["10"], 3),
            (["99.99"], 29),  # 29.997
            (["6.66", "3.34"], 3),  # 1.998 + 1.002, rounded once
            (["100", "-40"], 18),
        )
        self.check_story(
            [tenth],
            [line("a", 100)],
            (credit("-0.01"), -1, 29),  # 29.997
            (credit("-49.99"), -14, 15),
            (credit("-50"), -15, 0),
        )

    def test_points_per_full_step(self):
        step = rule(1, points=50, per="100", effect="step")
        self.check([step], (["99.99"], 0), (["100"], 50), (["199.99"], 50))
        self.check([step], (["60", "140"], 100), (["260", "-60"], 100))
        self.check_story(
            [step],
            [line("a", 250)],
            (credit(-50), 0, 100),
            (credit("-0.01"), -50, 50),
            (credit("-199.99"), -50, 0),
        )

    def test_points_per_unit(self):
        unit = rule(1, points=5, per="2", effect="unit")
        pieces = line("a", 300, quantity=Decimal(7))
        self.check_story([unit], [pieces])
        wallet = PlainWallet(engine.RuleSet([unit]))
        self.assertEqual(wallet.invoice(pieces), 17)  # 17.5
        # a price correction of a third takes a third of the points: 7 × 2/3 × 2.5
        self.assertEqual(wallet.credit(credit(-100, quantity=Decimal(-1))), -6)
        self.assertEqual(wallet.points, 11)  # 11.67
        self.assertEqual(wallet.credit(credit(-200)), -11)

    def test_points_per_unit_of_several_lines_are_rounded_once(self):
        unit = rule(1, points=5, per="2", effect="unit")
        wallet = PlainWallet(engine.RuleSet([unit]))
        half = [line(key, 10, quantity=Decimal("0.2")) for key in "ab"]
        self.assertEqual(wallet.invoice(*half), 1)  # 0.4 × 2.5

    def test_points_for_each_order(self):
        order = rule(1, points=120, effect="order")
        self.check([order], (["0.01"], 120), (["10", "900"], 120), (["-10"], 0))
        self.check_story(
            [order],
            [line("a", 100), line("b", 50)],
            (credit(-100), 0, 120),
            (credit("-49.99"), 0, 120),
            (credit("-0.01"), -120, 0),
        )
        wallet = PlainWallet(engine.RuleSet([order]))
        orders = [line("a", 10), line("b", 10, group="order:2")]
        self.assertEqual(wallet.invoice(*orders), 240)

    def test_a_ladder_gives_each_step_that_is_reached(self):
        ladder = rule(1, 0, effect="ladder", steps=STEPS)
        self.check(
            [ladder],
            (["999.99"], 0),
            (["1000"], 100),
            (["1999.99"], 100),
            (["1500", "500"], 300),
            (["4999.99"], 300),
            (["5000"], 700),
            (["90000"], 700),
        )
        self.check_story(
            [ladder],
            [line("a", 5000)],
            (credit("-0.01"), -400, 300),
            (credit("-2999.99"), 0, 300),
            (credit("-1000.01"), -300, 0),
            (credit("-999.99"), 0, 0),
        )

    def test_a_ladder_may_give_its_highest_step_only(self):
        ladder = rule(1, 0, effect="ladder", steps=STEPS, highest_only=True)
        self.check(
            [ladder],
            (["999.99"], 0),
            (["1000"], 100),
            (["2000"], 200),
            (["5000"], 400),
        )
        self.check_story(
            [ladder],
            [line("a", 5000)],
            (credit("-3000.01"), -300, 100),
            (credit("-1999.99"), -100, 0),
        )

    def test_a_multiplier_multiplies_what_the_others_gave(self):
        base, double = rule(1), rule(2, 0, effect="multiplier", factor=Decimal("2.5"))
        self.check([base, double], (["100"], 250), (["0.50"], 1))  # 1.25
        self.check([double], (["100"], 0))
        self.check_story(
            [base, double],
            [line("a", 100)],
            (credit("-33.33"), -84, 166),  # 166.675
            (credit("-66.67"), -166, 0),
        )

    def test_a_multiplier_reaches_its_own_lines_only(self):
        step = rule(1, points=50, per="100", effect="step")
        double = rule(
            2, 0, effect="multiplier", factor=Decimal(2), products=frozenset({7})
        )
        wallet = PlainWallet(engine.RuleSet([step, double]))
        # two steps; of their 100 points the 50 of product 7's quarter are doubled
        lines = [line("a", 50, product=7), line("b", 150, product=8)]
        self.assertEqual(wallet.invoice(*lines), 125)

    def test_what_an_order_gives_is_not_multiplied_by_the_lines_against_it(self):
        order = rule(1, points=100, effect="order")
        double = rule(
            2, 0, effect="multiplier", factor=Decimal(2), products=frozenset({7})
        )
        wallet = PlainWallet(engine.RuleSet([order, double]))
        lines = [line("a", 1000, product=7), line("b", -999, product=8)]
        self.assertEqual(wallet.invoice(*lines), 200)

    def test_two_multipliers_multiply_each_other(self):
        double = rule(2, 0, effect="multiplier", factor=Decimal(2))
        triple = rule(3, 0, effect="multiplier", factor=Decimal(3))
        self.check([triple, rule(1), double], (["100"], 600))

    def test_a_bonus_is_given_once_for_each_wallet(self):
        bonus = rule(1, points=500, effect="bonus")
        wallet = PlainWallet(engine.RuleSet([bonus]), {1: 500})
        self.assertEqual(wallet.invoice(line("a", "0.01")), 500)
        self.assertEqual(wallet.invoice(line("b", 900, group="order:2")), 0)
        # taken back with its order, and given with the next one
        self.assertEqual(wallet.credit(credit("-0.01")), -500)
        self.assertEqual(wallet.invoice(line("c", 900, group="order:3")), 500)

    def test_points_with_a_life_of_their_own_are_rounded_by_themselves(self):
        short = rule(2, points=1, per="2", expiry_months=6)
        rows = engine.explain([line("a", 99)], engine.RuleSet([rule(1), short]))
        counted = engine.count(rows, engine.RuleSet([rule(1), short]))
        self.assertEqual(counted.pools, {"": 99, "m6": 49})
        self.assertEqual(counted.points, 148)


class TestDeferred(ToolsCase):
    def setUp(self):
        super().setUp()
        self.first = rule(1, points=500, effect="order", trigger="first_order")
        self.paid = rule(2, points=1, per="10", trigger="on_time", grace_days=3)
        self.goal = rule(3, points=90, effect="order", trigger="goal")
        self.base = rule(4)
        self.ruleset = engine.RuleSet([self.first, self.paid, self.goal, self.base])

    def deferred(self, rows):
        rules = (self.first, self.paid, self.goal, self.base)
        return [engine.deferred_points(rows, one) for one in rules]

    def test_what_counts_later_gives_nothing_now_and_says_so(self):
        rows = engine.explain([line("a", 105)], self.ruleset)
        self.assertEqual([row.rule for row in rows], [1, 2, 3, 4])
        counted = engine.count(rows, self.ruleset)
        self.assertEqual(counted.points, 105)
        self.assertEqual(counted.gives, {4: 105})
        self.assertEqual(counted.why, {(n, "a"): "later" for n in (1, 2, 3)})
        parts = engine.contributions(rows, engine.Count(), counted)
        self.assertEqual([part for _row, part in parts], [0, 0, 0, 105])
        self.assertEqual(engine.explained(parts, 105), [0, 0, 0, 105])

    def test_what_counts_later_is_counted_by_what_remains_then(self):
        rows = engine.explain([line("a", 105)], self.ruleset)
        self.assertEqual(self.deferred(rows), [500, 10, 90, 105])
        first = engine.correct(rows, [credit("-55")])
        self.assertEqual({row.rule for row in first}, {1, 2, 3, 4})
        self.assertEqual(self.deferred(rows + first), [500, 5, 90, 50])
        last = engine.correct(rows + first, [credit("-50")])
        self.assertEqual(self.deferred(rows + first + last), [0, 0, 0, 0])
        undone = rows + first + last + engine.annul(last)
        self.assertEqual(self.deferred(undone), [500, 5, 90, 50])
        self.assertEqual(self.deferred(rows + engine.annul(rows)), [0, 0, 0, 0])

    def test_a_rule_that_counts_later_has_minimums_and_a_cap_for_each_order(self):
        paid = rule(
            1,
            trigger="on_time",
            min_amount=Decimal(100),
            cap_order=150,
        )
        for amount, points in [("99.99", 0), (100, 100), (150, 150), (151, 150)]:
            with self.subTest(amount=amount):
                rows = engine.explain([line("a", amount)], engine.RuleSet([paid]))
                self.assertEqual(engine.deferred_points(rows, paid), points)

    def test_a_rule_that_counts_later_neither_stops_nor_is_stopped(self):
        stopping = rule(1, stop=True, exclusive="x")
        later = rule(2, trigger="goal", stop=True, exclusive="x")
        third = rule(3, points=7)
        for rules, points in [
            ([stopping, later, third], 100),
            ([later, third], 700),
        ]:
            ruleset = engine.RuleSet(rules)
            rows = engine.explain([line("a", 100)], ruleset)
            with self.subTest(rules=rules):
                self.assertEqual(engine.group_points(rows, ruleset), points)
                self.assertEqual(engine.deferred_points(rows, later), 100)

    def test_a_multiplier_leaves_alone_what_counts_later(self):
        double = rule(5, 0, effect="multiplier", factor=Decimal(2))
        ruleset = engine.RuleSet([*self.ruleset.rules, double])
        rows = engine.explain([line("a", 100)], ruleset)
        self.assertEqual(engine.group_points(rows, ruleset), 200)
        self.assertEqual(self.deferred(rows)[:3], [500, 10, 90])


class TestUnlinkedCreditOfRules(ToolsCase):
    def check(self, rules, amount, points, reasons):
        parts, taken = engine.unlinked_credit(
            [line("a", amount)], engine.RuleSet(rules)
        )
        self.assertEqual(taken, points)
        self.assertEqual([row.reason for row, _part in parts], reasons)
        self.assertEqual(sum(engine.explained(parts, points)), points)

    def test_only_what_is_in_proportion_to_money_is_taken(self):
        odd = "not_proportional"
        for values in (
            {"effect": "step"},
            {"effect": "unit"},
            {"effect": "order"},
            {"effect": "bonus"},
            {"effect": "ladder", "steps": STEPS},
            {"min_amount": Decimal(1)},
            {"min_quantity": Decimal(1)},
            {"min_line_amount": Decimal(1)},
            {"min_line_quantity": Decimal(1)},
            {"cap_order": 1000},
            {"cap_points": 1000},
            {"trigger": "on_time"},
            {"trigger": "first_order"},
            {"trigger": "goal"},
        ):
            with self.subTest(values=values):
                self.check([rule(1), rule(2, **values)], "-10.99", -10, ["", odd])
                self.check([rule(2, **values)], "-10.99", 0, [odd])

    def test_a_multiplier_takes_what_it_gave(self):
        double = rule(2, 0, effect="multiplier", factor=Decimal("1.5"))
        self.check([rule(1), double], "-10.99", -16, ["", ""])  # 16.485
        capped = rule(2, 0, effect="multiplier", factor=Decimal("1.5"), cap_points=3)
        self.check([rule(1), capped], "-10.99", -10, ["", "not_proportional"])
        # of nothing that is in proportion, nothing is multiplied
        step = rule(1, effect="step")
        self.check([step, double], "-10.99", 0, ["not_proportional", ""])

    def test_points_of_different_life_are_rounded_toward_zero_each(self):
        short = rule(2, per="2", expiry_months=6)
        self.check([rule(1), short], "-9.99", -13, ["", ""])  # 9.99 and 4.995

    def test_stacking_is_that_of_a_sale(self):
        self.check([rule(1, stop=True), rule(2)], -10, -10, [""])
        exclusive = [rule(1, exclusive="x"), rule(2, points=9, exclusive="x")]
        self.check(exclusive, -10, -10, [""])

    def test_the_parts_say_what_each_rule_takes(self):
        double = rule(2, 0, effect="multiplier", factor=Decimal("1.5"))
        lines = [line("a", -10), line("b", -20)]
        parts, _points = engine.unlinked_credit(
            lines, engine.RuleSet([rule(1), double])
        )
        self.assertEqual(
            [(row.key, row.rule, row.base, part) for row, part in parts],
            [
                ("a", 1, -10, Fraction(-10)),
                ("a", 2, -10, Fraction(-5)),
                ("b", 1, -20, Fraction(-20)),
                ("b", 2, -20, Fraction(-10)),
            ],
        )
