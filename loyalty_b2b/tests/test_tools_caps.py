from datetime import date
from decimal import Decimal

from ..tools import engine
from .plain_wallet import PlainWallet
from .test_tools_common import ToolsCase
from .test_tools_engine import DAY, line, rule

JUNE = date(2024, 6, 1)


def other(number, base, **values):
    """Return a line of another order."""
    return line(f"order{number}", base, group=f"order:{number}", **values)


class TestCapOfAnOrder(ToolsCase):
    def setUp(self):
        super().setUp()
        self.ruleset = engine.RuleSet([rule(1, cap_order=100), rule(2, per="10")])

    def test_an_order_gets_no_more_than_the_cap_of_a_rule(self):
        for amounts, points in [
            ([99], 99 + 9),
            (["99.99"], 99 + 10),  # 99.99 + 9.999, rounded once: 109.989
            ([100], 100 + 10),
            (["100.01"], 100 + 10),
            ([101], 100 + 10),
            ([60, 60], 100 + 12),
        ]:
            with self.subTest(amounts=amounts):
                wallet = PlainWallet(self.ruleset)
                wallet.invoice(*(line(f"l{n}", a) for n, a in enumerate(amounts)))
                self.assertEqual(wallet.points, points)

    def test_each_order_has_its_own(self):
        wallet = PlainWallet(self.ruleset)
        self.assertEqual(wallet.invoice(line("a", 200), other(2, 200)), 240)

    def test_an_order_in_three_invoices_has_one(self):
        wallet = PlainWallet(self.ruleset)
        changes = [wallet.invoice(line(key, 50)) for key in "abc"]
        self.assertEqual(changes, [55, 55, 5])

    def test_a_credit_takes_only_what_the_cap_does_not_let_in(self):
        wallet = PlainWallet(self.ruleset)
        wallet.invoice(line("a", 150))
        changes = [wallet.credit(line("x", base)) for base in (-50, -20, -80)]
        self.assertEqual(changes, [-5, -22, -88])
        self.assertEqual(wallet.points, 0)

    def test_a_line_says_that_the_cap_left_nothing_of_it(self):
        ruleset = engine.RuleSet([rule(1, cap_order=0), rule(2)])
        counted = engine.count(engine.explain([line("a", 10)], ruleset), ruleset)
        self.assertEqual((counted.points, counted.why), (10, {(1, "a"): "capped"}))


class TestCapOfAWallet(ToolsCase):
    def setUp(self):
        super().setUp()
        self.rule = rule(1, points=3, per="2", cap_points=150)
        self.ruleset = engine.RuleSet([self.rule])

    def wallet(self, room=150):
        return PlainWallet(self.ruleset, {1: room})

    def test_a_wallet_gets_no_more_than_the_room_that_is_left(self):
        for amount, points in [
            ("98.67", 148),  # 148.005
            ("99.99", 149),  # 149.985
            (100, 150),
            ("100.67", 150),  # 151.005
            (1000, 150),
        ]:
            with self.subTest(amount=amount):
                wallet = self.wallet()
                self.assertEqual(wallet.invoice(line("a", amount)), points)
                self.assertEqual(wallet.rooms, {1: 150 - points})

    def test_what_is_granted_is_kept_in_a_row_of_its_own(self):
        new = engine.explain([line("a", 200)], self.ruleset)
        before, after, caps = engine.extend([], new, self.ruleset, {1: 120})
        self.assertEqual((before.points, after.points), (0, 120))
        (row,) = caps
        self.assertEqual(
            (row.part, row.group, row.rule, row.root, row.wanted, row.given, row.day),
            ("cap", "order:1", 1, 1, 300, 120, DAY),
        )
        self.assertEqual(engine.group_points([*new, *caps], self.ruleset), 120)

    def test_a_rule_without_a_stated_room_gives_what_it_wants(self):
        new = engine.explain([line("a", 200)], self.ruleset)
        for rooms in (None, {}, {2: 0}):
            _before, after, caps = engine.extend([], new, self.ruleset, rooms)
            self.assertEqual((after.points, caps[0].given), (300, 300))

    def test_orders_share_the_room(self):
        wallet = self.wallet()
        changes = [wallet.invoice(other(n, 40)) for n in range(2, 6)]
        self.assertEqual(changes, [60, 60, 30, 0])

    def test_a_cap_used_up_by_other_orders_leaves_nothing_and_says_so(self):
        ruleset = engine.RuleSet([self.rule, rule(2)])
        new = engine.explain([line("a", 200)], ruleset)
        _before, after, caps = engine.extend([], new, ruleset, {1: 0})
        self.assertEqual((after.points, after.caps), (200, {1: (300, 0)}))
        self.assertEqual(after.why, {(1, "a"): "capped"})
        self.assertEqual(engine.count([*new, *caps], ruleset).why, after.why)

    def test_a_room_below_zero_takes_nothing(self):
        self.assertEqual(self.wallet(-40).invoice(line("a", 100)), 0)

    def test_an_order_in_three_invoices_gets_what_one_invoice_gets(self):
        for amounts in ([120], [40, 40, 40], [10, 100, 10], [119, "0.50", "0.50"]):
            with self.subTest(amounts=amounts):
                wallet = self.wallet()
                for number, amount in enumerate(amounts):
                    wallet.invoice(line(f"l{number}", amount))
                self.assertEqual((wallet.points, wallet.rooms), (150, {1: 0}))

    def test_a_credit_takes_back_and_frees_the_share_that_the_cap_left(self):
        wallet = self.wallet()
        wallet.invoice(line("a", 200))  # 300 wanted, 150 given: one half
        self.assertEqual(wallet.credit(line("x", "-66.67")), -51)  # 199.995 → 199 / 2
        self.assertEqual((wallet.points, wallet.rooms), (99, {1: 51}))
        self.assertEqual(wallet.invoice(other(2, 100)), 51)
        self.assertEqual(wallet.credit(line("x", "-133.33")), -99)
        self.assertEqual(wallet.rooms, {1: 99})

    def test_a_credit_that_is_undone_asks_for_room_again(self):
        for taken_meanwhile, restored in [(0, 75), (30, 30), (50, 0)]:
            with self.subTest(taken_meanwhile=taken_meanwhile):
                wallet = self.wallet()
                wallet.invoice(line("a", 200))
                note = engine.correct(wallet.all_rows, [line("x", -100)])
                self.assertEqual(wallet.book(note), -75)
                if taken_meanwhile:
                    wallet.invoice(other(2, taken_meanwhile))
                self.assertEqual(wallet.book(engine.annul(note)), restored)
                self.assertEqual(wallet.of("order:1"), 75 + restored)
                self.assertGreaterEqual(wallet.rooms[1], 0)

    def test_a_reset_frees_all_and_posting_again_asks_anew(self):
        wallet = self.wallet()
        wallet.invoice(line("a", 200))
        self.assertEqual(wallet.book(engine.annul(wallet.all_rows)), -150)
        self.assertEqual(wallet.rooms, {1: 150})
        wallet.invoice(other(2, 60))
        self.assertEqual(wallet.invoice(line("a", 200)), 60)

    def test_versions_of_a_rule_share_the_room_and_rules_do_not(self):
        later = {"root": 1, "version": 2, "date_start": JUNE, "cap_points": 200}
        first = rule(1, date_end=date(2024, 5, 31), cap_points=200)
        ruleset = engine.RuleSet([first, rule(2, **later), rule(3, cap_points=150)])
        wallet = PlainWallet(ruleset, {1: 200, 3: 150})
        self.assertEqual(wallet.invoice(line("a", 120)), 240)
        change = wallet.invoice(line("b", 120, date=JUNE))
        self.assertEqual(change, 80 + 30)
        self.assertEqual(wallet.given("order:1"), {1: 200, 3: 150})

    def test_a_cap_of_an_order_comes_before_that_of_the_wallet(self):
        ruleset = engine.RuleSet([rule(1, cap_order=60, cap_points=100)])
        wallet = PlainWallet(ruleset, {1: 100})
        changes = [wallet.invoice(other(n, 500)) for n in range(2, 5)]
        self.assertEqual(changes, [60, 40, 0])

    def test_only_what_the_cap_left_is_multiplied(self):
        double = rule(2, 0, effect="multiplier", factor=Decimal(2))
        wallet = PlainWallet(engine.RuleSet([rule(1, cap_points=50), double]), {1: 50})
        self.assertEqual(wallet.invoice(line("a", 80)), 100)
        self.assertEqual(wallet.invoice(line("b", 80)), 0)

    def test_what_a_multiplier_adds_may_be_capped(self):
        double = rule(2, 0, effect="multiplier", factor=Decimal(2), cap_points=50)
        wallet = PlainWallet(engine.RuleSet([rule(1), double]), {2: 50})
        self.assertEqual(wallet.invoice(line("a", 80)), 130)
        self.assertEqual(wallet.credit(line("x", -40)), -65)
        self.assertEqual(wallet.rooms, {2: 25})

    def test_the_order_of_lines_does_not_decide_which_multiplier_gets_the_room(self):
        seven = {"products": frozenset({7}), "cap_points": 10}
        first = rule(2, 0, effect="multiplier", factor=Decimal(3), **seven)
        second = rule(3, 0, effect="multiplier", factor=Decimal(2), cap_points=1000)
        rules = engine.RuleSet([rule(1), first, second])
        lines = [line("a", 100, product=7), line("b", 100, product=8)]
        for one in (lines, lines[::-1]):
            wallet = PlainWallet(rules, {2: 10, 3: 1000})
            # 200, 10 more for product 7, and 210 doubled
            self.assertEqual(wallet.invoice(*one), 420)

    def test_documents_that_did_not_see_each_other_add_up(self):
        documents = [engine.explain([line(key, 40)], self.ruleset) for key in "ab"]
        rows = []
        for new in documents:
            *_counts, caps = engine.extend([], new, self.ruleset, {1: 100})
            rows += [*new, *caps]
        self.assertEqual(engine.group_points(rows, self.ruleset), 120)
        before, after, caps = engine.extend(rows, [], self.ruleset, {1: 30})
        self.assertEqual((before, caps), (after, []))

    def test_what_they_want_only_together_is_granted_when_settled(self):
        step = rule(1, points=100, per="100", effect="step", cap_points=150)
        ruleset = engine.RuleSet([step])
        for room, points in [(150, 100), (70, 70), (0, 0)]:
            rows = [
                row for key in "ab" for row in engine.explain([line(key, 60)], ruleset)
            ]
            with self.subTest(room=room):
                before, after, caps = engine.extend(rows, [], ruleset, {1: room})
                self.assertEqual((before.points, after.points), (0, points))
                self.assertEqual((caps[0].wanted, caps[0].given), (100, points))
                self.assertEqual((caps[0].group, caps[0].day), ("order:1", DAY))
                self.assertEqual(engine.group_points(rows + caps, ruleset), points)

    def test_credits_that_took_a_step_twice_free_it_once(self):
        step = rule(1, points=100, per="100", effect="step", cap_points=150)
        ruleset = engine.RuleSet([step])
        wallet = PlainWallet(ruleset, {1: 150})
        wallet.invoice(line("a", 100))
        rows = wallet.all_rows
        for key in "xy":  # neither sees the other
            note = engine.correct(wallet.all_rows, [line(key, -10)])
            rows = rows + note + engine.extend(wallet.all_rows, note, ruleset)[2]
        self.assertEqual(sum(row.given for row in rows), -100)
        before, after, caps = engine.extend(rows, [], ruleset, {1: 250})
        self.assertEqual((before.points, after.points), (0, 0))
        self.assertEqual([(row.wanted, row.given) for row in caps], [(100, 100)])


class TestCapDays(ToolsCase):
    def setUp(self):
        super().setUp()
        self.ruleset = engine.RuleSet([rule(1, cap_points=100), rule(2)])

    def days(self, wallet, *lines, ruleset=None):
        ruleset = ruleset or self.ruleset
        rows = wallet.rows.get("order:1", [])
        return engine.cap_days(rows, engine.explain(lines, ruleset), ruleset)

    def test_an_order_counts_in_the_period_of_its_first_invoice(self):
        wallet = PlainWallet(self.ruleset, {1: 100})
        self.assertEqual(self.days(wallet, line("a", 10)), {1: DAY})
        wallet.invoice(line("a", 10))
        self.assertEqual(self.days(wallet, line("b", 500, date=JUNE)), {1: DAY})
        wallet.invoice(line("b", 500, date=JUNE))
        caps = [row for row in wallet.all_rows if row.part == "cap"]
        self.assertEqual([row.day for row in caps], [DAY, DAY])

    def test_what_was_taken_back_whole_counts_anew(self):
        wallet = PlainWallet(self.ruleset, {1: 100})
        wallet.invoice(line("a", 10))
        wallet.credit(line("x", -10))
        self.assertEqual(self.days(wallet, line("b", 10, date=JUNE)), {1: JUNE})
        wallet.invoice(line("b", 10, date=JUNE))
        caps = [row for row in wallet.all_rows if row.part == "cap"]
        self.assertEqual(
            [(row.day, row.given) for row in caps],
            [(DAY, 10), (DAY, -10), (JUNE, 10)],
        )

    def test_it_is_the_day_of_the_order_if_the_period_goes_by_that(self):
        ruleset = engine.RuleSet([rule(1, cap_points=9, by_order_date=True)])
        late = line("a", 10, date=JUNE, order_date=DAY)
        self.assertEqual(
            self.days(PlainWallet(ruleset), late, ruleset=ruleset), {1: DAY}
        )

    def test_a_later_version_has_a_day_too(self):
        ruleset = engine.RuleSet([rule(9, root=1, version=2, cap_points=100)])
        self.assertEqual(
            self.days(PlainWallet(ruleset), line("a", 10), ruleset=ruleset), {1: DAY}
        )

    def test_a_rule_that_is_no_longer_excluded_counts_by_the_day_of_its_lines(self):
        first = rule(1, stop=True, min_amount=Decimal(100))
        ruleset = engine.RuleSet([first, rule(2, cap_points=30)])
        wallet = PlainWallet(ruleset, {2: 30})
        self.assertEqual(wallet.invoice(line("a", 60), line("b", 60)), 120)
        note = engine.correct(wallet.all_rows, [line("x", -60, origin_key="a")])
        rows = wallet.rows["order:1"]
        self.assertEqual(engine.cap_days(rows, note, ruleset), {2: DAY})
        self.assertEqual(wallet.book(note), -90)
        self.assertEqual(wallet.given("order:1"), {2: 30})
        self.assertEqual(wallet.all_rows[-1].day, DAY)

    def test_without_caps_there_are_no_days(self):
        ruleset = engine.RuleSet([rule(1)])
        self.assertEqual(
            self.days(PlainWallet(ruleset), line("a", 1), ruleset=ruleset), {}
        )
