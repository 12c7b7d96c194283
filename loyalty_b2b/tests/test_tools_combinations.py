"""Conditions, effects, caps and stacking together; numbers worked out by hand."""

from datetime import date
from decimal import Decimal

from ..tools import engine
from .plain_wallet import PlainWallet
from .test_tools_common import ToolsCase
from .test_tools_engine import DAY, line, rule

AFTER = date(2024, 5, 16)
TOOLS = frozenset({5})
GOLD, SILVER = engine.Customer(tier=2), engine.Customer(tier=1)


class TestCombinations(ToolsCase):
    def test_category_web_shop_monthly_cap_and_partial_credit(self):
        campaign = rule(
            1, 3, categories=TOOLS, channels=frozenset({"web"}), cap_points=1000
        )
        wallet = PlainWallet(engine.RuleSet([campaign, rule(2, per="10")]), {1: 1000})
        web = {"channel": "web"}
        lines = [
            line("a", 400, category=5, order_line=1, **web),
            line("b", 100, category=6, order_line=2, **web),
            line("c", 100, category=5, order_line=3, channel="sales"),
        ]
        # 1 200 wanted for a, 1 000 given; a tenth of 600 for all
        self.assertEqual(wallet.invoice(*lines), 1060)
        # half of a: 600 × 1 000 / 1 200 = 500 less; a tenth of 200
        self.assertEqual(wallet.credit(line("x", -200, order_line=1)), -520)
        # b and c take nothing from the campaign
        self.assertEqual(wallet.credit(line("y", -100, order_line=2)), -10)
        self.assertEqual(wallet.rooms, {1: 500})
        # 900 wanted by another order, 500 free
        more = line("d", 300, category=5, group="order:2", **web)
        self.assertEqual(wallet.invoice(more), 530)
        self.assertEqual(wallet.credit(line("z", -200, order_line=1)), -520)
        self.assertEqual((wallet.of("order:1"), wallet.rooms), (10, {1: 500}))

    def test_ladder_order_in_three_invoices_and_credit_below_the_step(self):
        steps = ((Decimal(1000), 100), (Decimal(2000), 200))
        rules = [rule(1, 0, effect="ladder", steps=steps), rule(2, per="10")]
        wallet = PlainWallet(engine.RuleSet(rules))
        lines = [line(f"aml:{n}", 700, order_line=n) for n in (1, 2, 3)]
        self.assertEqual([wallet.invoice(one) for one in lines], [70, 170, 270])
        credits = [
            (line("x", -100, order_line=1), -10),  # 2 000 left: at the step
            (line("y", "-0.10", order_line=2), -201),  # 1 999.90 left: 299.99
            (line("z", -1000), -200),  # 999.90 left: 99.99
            (line("v", "-999.90"), -99),
        ]
        for credit, change in credits:
            with self.subTest(credit=credit.key):
                self.assertEqual(wallet.credit(credit), change)
        self.assertEqual(wallet.points, 0)

    def test_multiplier_exclusive_group_and_stop(self):
        campaign = {"exclusive": "campaign"}
        rules = [
            rule(1),
            rule(2, 2, categories=TOOLS, **campaign),
            rule(3, 3, **campaign),
            rule(
                4,
                0,
                effect="multiplier",
                factor=Decimal(2),
                tiers=frozenset({2}),
                stop=True,
            ),
            rule(5, 10),
        ]
        for lines, points in [
            # (1 + 2) doubled; rule 3 is excluded and rule 5 stopped
            ([line("a", 100, category=5, customer=GOLD)], 600),
            # (1 + 3) doubled
            ([line("a", 100, category=6, customer=GOLD)], 800),
            # 1 + 2 + 10
            ([line("a", 100, category=5, customer=SILVER)], 1300),
            # 1 + 3 + 10
            ([line("a", 100, category=6, customer=SILVER)], 1400),
            (
                [
                    line("a", 100, category=5, customer=GOLD),
                    line("b", 50, category=6, customer=GOLD),
                ],
                600 + 400,
            ),
        ]:
            with self.subTest(lines=lines):
                wallet = PlainWallet(engine.RuleSet(rules))
                self.assertEqual(wallet.invoice(*lines), points)
                half = [line(f"x{n.key}", -n.base / 2, origin_key=n.key) for n in lines]
                self.assertEqual(wallet.credit(*half), -points / 2)

    def test_a_rule_below_its_minimum_excludes_and_stops_nobody(self):
        campaign = {"exclusive": "campaign"}
        double = rule(
            3, 0, effect="multiplier", factor=Decimal(2), min_amount=Decimal(300)
        )
        rules = [
            rule(1, 5, min_amount=Decimal(200), stop=True, **campaign),
            rule(2, 1, **campaign),
            double,
        ]
        wallet = PlainWallet(engine.RuleSet(rules))
        self.assertEqual(wallet.invoice(line("a", 150)), 150)
        # with 50 more rule 1 counts, and neither rule 2 nor the multiplier
        self.assertEqual(wallet.invoice(line("b", 50)), 1000 - 150)
        self.assertEqual(wallet.invoice(line("c", 200)), 1000)
        self.assertEqual(wallet.credit(line("x", "-200.01")), 199 - 2000)

    def test_margin_floor_and_line_discount(self):
        rules = [
            rule(1, 2, min_margin=Decimal(20), max_discount=Decimal(10)),
            rule(2, max_discount=Decimal(15)),
        ]
        ruleset = engine.RuleSet(rules)
        cases = [
            ("a", "20", "10", 300, ""),
            ("b", "19.99", "10", 100, "below_margin"),
            ("c", "20", "10.01", 100, "rule_line_discount"),
            ("d", "19.99", "15", 100, "rule_line_discount"),
            ("e", "90", "15.01", 0, "rule_line_discount"),
            ("f", None, "0", 100, "below_margin"),
        ]
        lines = []
        for key, margin, discount, points, code in cases:
            one = line(
                key,
                100,
                margin=margin and Decimal(margin),
                discount=Decimal(discount),
            )
            lines.append(one)
            with self.subTest(key=key):
                wallet = PlainWallet(ruleset)
                self.assertEqual(wallet.invoice(one), points)
                self.assertEqual(ruleset.failed(rules[0], one), code)
                self.assertEqual(bool(ruleset.reason(one)), not points)
        wallet = PlainWallet(ruleset)
        self.assertEqual(wallet.invoice(*lines), 700)
        # a tenth of each line: 30 + 10 + 10 + 10 + 0 + 10
        self.assertEqual(wallet.credit(line("x", -60)), -70)

    def test_euro_invoice_and_cap_in_programme_currency(self):
        wallet = PlainWallet(engine.RuleSet([rule(1, cap_points=400)]), {1: 400})
        self.assertEqual(wallet.invoice(line("a", 100, amount=425)), 400)
        # credited at another rate of exchange: half of 425 is 212.50, and
        # 212 × 400 / 425 = 199.5
        credit = line("x", -50, amount=-230)
        self.assertEqual(wallet.credit(credit), 199 - 400)
        self.assertEqual(wallet.rooms, {1: 201})

    def test_rule_changed_between_invoice_and_credit_note(self):
        old = rule(1, date_end=DAY)
        new = rule(2, 3, root=1, version=2, date_start=AFTER)
        wallet = PlainWallet(engine.RuleSet([old, new]))
        self.assertEqual(wallet.invoice(line("a", 100, order_line=1)), 100)
        later = {"date": AFTER}
        self.assertEqual(wallet.credit(line("x", -40, order_line=1, **later)), -40)
        self.assertEqual(wallet.invoice(line("b", 60, order_line=2, **later)), 180)
        # spread by what remains, 60 and 60, each at its own rate
        self.assertEqual(wallet.credit(line("y", -60, **later)), -30 - 90)
        self.assertEqual(wallet.credit(line("z", -60, **later)), -30 - 90)

    def test_retired_versions_take_back_what_they_gave(self):
        steps = ((Decimal(1000), 100),)
        old = rule(1, 0, effect="ladder", steps=steps, cap_points=80)
        double = rule(2, 0, effect="multiplier", factor=Decimal(2))
        base = rule(3, per="10")
        wallet = PlainWallet(engine.RuleSet([old, double, base]), {1: 80})
        self.assertEqual(wallet.invoice(line("a", 1000)), (80 + 100) * 2)
        higher = rule(
            4,
            0,
            root=1,
            version=2,
            effect="ladder",
            steps=((Decimal(500), 900),),
            cap_points=5000,
        )
        wallet.ruleset = engine.RuleSet([higher, base], retired=[old, double])
        self.assertEqual(wallet.points, 360)
        self.assertEqual(wallet.credit(line("x", -1)), 199 - 360)  # 99.9 doubled
        self.assertEqual(wallet.rooms, {1: 80})
        # what comes later is counted by the new version, not doubled
        self.assertEqual(wallet.invoice(line("b", 500)), 130)

    def test_posted_again_after_the_rule_changed_it_earns_by_the_new_version(self):
        wallet = PlainWallet(engine.RuleSet([rule(1, date_end=DAY)]))
        wallet.invoice(line("a", 100))
        self.assertEqual(wallet.credit(line("x", -30)), -30)
        wallet.ruleset = engine.RuleSet(
            [rule(2, 5, root=1, version=2, effect="unit")], retired=[rule(1)]
        )
        invoice = [row for row in wallet.all_rows if row.part == "line"]
        self.assertEqual(wallet.book(engine.annul(invoice)), -70)
        # the credit note still applies: 70 of 100 remain, of 10 pieces 7
        again = line("a", 100, quantity=Decimal(10))
        self.assertEqual(wallet.invoice(again), 35)

    def test_points_discount_category_at_double_rate_and_half_credited(self):
        double = rule(2, 0, effect="multiplier", factor=Decimal(2), categories=TOOLS)
        for second in (rule(2, categories=TOOLS), double):
            with self.subTest(effect=second.effect):
                wallet = PlainWallet(engine.RuleSet([rule(1), second]))
                lines = [
                    line("a", 100, category=5, order_line=1),
                    line("b", 300, category=6, order_line=2),
                    line("d", -40, kind="points_discount"),
                ]
                # 10 of the discount fall on a, 30 on b: 2 × 90 + 270
                self.assertEqual(wallet.invoice(*lines), 450)
                half = [
                    line("x", -50, order_line=1),
                    line("y", -150, order_line=2),
                    line("z", 20, kind="points_discount"),
                ]
                self.assertEqual(wallet.credit(*half), -225)
                # the rest of a alone, 45 after its discount
                last = [
                    line("u", -50, order_line=1),
                    line("v", 5, kind="points_discount"),
                ]
                self.assertEqual(wallet.credit(*last), -90)
                self.assertEqual(wallet.points, 135)

    def test_collective_invoice_of_orders_under_one_cap_and_one_credited(self):
        rules = [rule(1, cap_points=250), rule(2, 50, effect="order")]
        wallet = PlainWallet(engine.RuleSet(rules), {1: 250})
        orders = [line(f"o{n}", 100, group=f"order:{n}") for n in range(3)]
        self.assertEqual(wallet.invoice(*orders), 250 + 150)
        self.assertEqual(wallet.credit(line("x", -100, group="order:0")), -150)
        # the third got 50 of its 100; what the first freed is for later orders
        self.assertEqual([wallet.of(f"order:{n}") for n in range(3)], [0, 150, 100])
        self.assertEqual(wallet.invoice(line("n", 300, group="order:9")), 150)


class TestNextStep(ToolsCase):
    def check(self, rules, cases, rooms=None):
        ruleset = engine.RuleSet(rules)
        for lines, wanted in cases:
            with self.subTest(lines=lines):
                rows = engine.explain(lines, ruleset)
                found = engine.next_step(rows, ruleset, rooms=rooms)
                self.assertEqual(found and (str(found[0]), found[1]), wanted)

    def test_it_names_what_is_missing_and_what_it_earns(self):
        steps = ((Decimal(1000), 100), (Decimal(2000), 500))
        self.check(
            [rule(1, 0, effect="ladder", steps=steps), rule(2, per="10")],
            [
                ([line("a", 1840)], ("160.00", 516)),
                ([line("a", 840), line("b", "159.99")], ("0.01", 101)),
                ([line("a", 2000)], None),
                ([line("a", 210, amount="840.5")], ("159.50", 116)),  # 84.05 → 200
                ([], None),
            ],
        )

    def test_it_looks_behind_a_threshold_that_earns_nothing_yet(self):
        ladder = rule(
            1,
            0,
            effect="ladder",
            steps=((Decimal(50), 5), (Decimal(100), 5), (Decimal(500), 9)),
            highest_only=True,
            min_amount=Decimal(80),
        )
        self.check([ladder], [([line("a", 20)], ("60.00", 5))])
        self.check([ladder], [([line("a", 90)], ("410.00", 4))])
        step = rule(1, points=7, per="300", effect="step", min_amount=Decimal(100))
        self.check([step], [([line("a", 20)], ("280.00", 7))])

    def test_it_promises_no_more_than_a_cap_lets_in(self):
        step = rule(1, points=50, per="100", effect="step", cap_points=120)
        self.check([step], [([line("a", 150)], ("50.00", 50))])
        self.check([step], [([line("a", 150)], ("50.00", 20))], rooms={1: 70})
        self.check([step], [([line("a", 150)], None)], rooms={1: 50})
        order = rule(1, points=50, per="100", effect="step", cap_order=50)
        self.check(
            [order], [([line("a", 150)], None), ([line("a", 50)], ("50.00", 50))]
        )

    def test_it_is_exact_in_another_currency_after_a_discount(self):
        step = rule(1, points=50, per="1000", effect="step")
        lines = [
            line("a", 30, amount="127.77"),
            line("d", -7, kind="points_discount"),
        ]
        # 127.77 × 23 / 30 = 97.957
        self.check([step], [(lines, ("902.05", 50))])

    def test_it_grows_a_line_that_was_posted_twice(self):
        ruleset = engine.RuleSet([rule(1, points=50, per="100", effect="step")])
        rows = engine.explain([line("a", 70)], ruleset)
        rows += engine.annul(rows)
        rows += engine.explain([line("a", 80)], ruleset)
        self.assertEqual(engine.next_step(rows, ruleset), (Decimal(20), 50))
