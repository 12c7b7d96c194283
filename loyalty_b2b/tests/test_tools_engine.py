from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ..tools import engine
from .test_tools_common import ToolsCase, money, property_settings

DAY = date(2024, 5, 15)


def rule(number, points=1, per="1", effect="proportional", **values):
    """Return a rule; by default 1 point for each 1.00, for everything."""
    values = {"root": number, "version": 1, "sequence": number, **values}
    return engine.Rule(
        id=number, effect=effect, points=points, per=Decimal(per), **values
    )


def line(key, base, amount=None, **values):
    """Return a line of 'order:1'; the exchange rate is 1 unless an amount is given."""
    values = {"group": "order:1", "date": DAY, **values}
    amount = Decimal(base if amount is None else amount)
    return engine.Line(key=key, base=Decimal(base), amount=amount, **values)


def parts_of(rows):
    """Return rows with what each contributes in proportion."""
    return list(zip(rows, engine.exact_points(rows), strict=True))


def points_of(lines, *rules):
    """Return the points of a document of one group."""
    return engine.group_points(engine.explain(lines, engine.RuleSet(rules)))


@st.composite
def rulesets(draw, effects=("proportional", "step")):
    """Return rules for everything, for products 1–3 or for categories 1–2."""
    rules = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        rules.append(
            rule(
                number,
                points=draw(st.integers(1, 2000)),
                per=draw(money(1, 50_000)),
                effect=draw(st.sampled_from(effects)),
                sequence=draw(st.integers(1, 3)),
                products=frozenset(draw(st.sets(st.integers(1, 3), max_size=2))),
                categories=frozenset(draw(st.sets(st.integers(1, 2), max_size=1))),
                date_end=draw(st.sampled_from([None, DAY, date(2024, 5, 14)])),
                stop=draw(st.booleans()),
            )
        )
    return engine.RuleSet(rules)


@st.composite
def documents(draw, low=-20_000, discounts=True):
    """Return the lines of a document in a currency of its own."""
    exchange = Fraction(draw(st.integers(1, 400)), 100)
    lines = []
    for number in range(1, draw(st.integers(1, 6)) + 1):
        base = draw(money(low, 200_000))
        kind = draw(st.sampled_from(["product"] * 9 + ["ignored"]))
        excluded = draw(st.sampled_from([""] * 9 + ["delivery"]))
        lines.append(
            line(
                f"aml:{number}",
                base,
                amount=Decimal(round(Fraction(base) * exchange * 100)) / 100,
                kind=kind,
                exclusion=excluded,
                product=draw(st.integers(1, 4)),
                category=draw(st.integers(1, 3)),
                order_line=number,
            )
        )
    net = sum(one.base for one in lines if one.kind == "product")
    if discounts and net > 0 and draw(st.booleans()):
        # Never more than the document is worth: that much can be discounted.
        base = -draw(money(1, int(net * 100)))
        lines.append(line("aml:99", base, kind="points_discount"))
    return lines


class TestRuleSet(ToolsCase):
    def check(self, ruleset, wanted, **values):
        found = ruleset.match(line("a", 1, **values))
        self.assertEqual([one.id for one in found], wanted)

    def test_rules_are_found_by_product_or_category_in_sequence(self):
        ruleset = engine.RuleSet(
            [
                rule(1, sequence=9),
                rule(2, products=frozenset({7}), categories=frozenset({5})),
                rule(3, products=frozenset({8})),
                rule(4, categories=frozenset({5}), sequence=1),
            ]
        )
        self.check(ruleset, [1])
        self.check(ruleset, [2, 1], product=7)
        self.check(ruleset, [4, 2, 1], product=7, category=5)
        self.check(ruleset, [4, 2, 3, 1], product=8, category=5)

    def test_a_period_includes_its_days(self):
        ruleset = engine.RuleSet([rule(1, date_start=DAY, date_end=DAY)])
        self.check(ruleset, [1])
        self.check(ruleset, [], date=date(2024, 5, 14))
        self.check(ruleset, [], date=date(2024, 5, 16))

    def test_a_period_may_go_by_the_order(self):
        ruleset = engine.RuleSet([rule(1, date_end=DAY, by_order_date=True)])
        late = date(2024, 6, 1)
        self.check(ruleset, [1], date=late, order_date=DAY)
        self.check(ruleset, [], date=late, order_date=late)
        self.check(ruleset, [], date=late)

    def test_stop_ends_the_search_only_for_lines_it_matched(self):
        ruleset = engine.RuleSet([rule(1, products=frozenset({7}), stop=True), rule(2)])
        self.check(ruleset, [1], product=7)
        self.check(ruleset, [2], product=8)

    def test_a_line_earns_by_one_version_of_a_rule(self):
        ruleset = engine.RuleSet([rule(1), rule(2, root=1, version=2), rule(3)])
        self.check(ruleset, [2, 3])

    def test_the_reason_says_why_nothing_is_earned(self):
        ruleset = engine.RuleSet([rule(1, products=frozenset({7}), date_end=DAY)])
        for values, reason in [
            ({"product": 7}, ""),
            ({"product": 8}, "no_rule"),
            ({"product": 7, "date": date(2024, 5, 16)}, "over"),
            ({"product": 7, "exclusion": "delivery"}, "delivery"),
            ({"product": 7, "kind": "ignored"}, "ignored"),
            ({"kind": "ignored", "exclusion": "delivery"}, "ignored"),
            ({"kind": "ignored", "exclusion": "down_payment"}, "down_payment"),
        ]:
            with self.subTest(values=values):
                self.assertEqual(ruleset.reason(line("a", 1, **values)), reason)
        self.assertEqual(ruleset.reason(line("a", 0, product=7)), "no_value")

    @property_settings(100)
    @given(rulesets(), documents())
    def test_the_index_finds_what_a_scan_finds(self, ruleset, lines):
        for one in lines:
            found = []
            for candidate in ruleset.rules:
                anywhere = not candidate.products and not candidate.categories
                here = one.product in candidate.products
                if anywhere or here or one.category in candidate.categories:
                    if candidate.date_end is None or one.date <= candidate.date_end:
                        found.append(candidate)
                        if candidate.stop:
                            break
            self.assertEqual(ruleset.match(one), tuple(found))


class TestExplain(ToolsCase):
    def test_every_line_has_a_row_for_each_rule_or_a_reason(self):
        lines = [
            line("a", 100, product=7, order_line=3),
            line("b", 0),
            line("c", -5, kind="ignored", exclusion="down_payment"),
            line("d", 10, exclusion="delivery"),
        ]
        rows = engine.explain(lines, engine.RuleSet([rule(1), rule(2, points=3)]))
        found = [(row.key, row.rule, row.points, row.reason) for row in rows]
        self.assertEqual(
            found,
            [
                ("a", 1, 1, ""),
                ("a", 2, 3, ""),
                ("b", None, 0, "no_value"),
                ("c", None, 0, "down_payment"),
                ("d", None, 0, "delivery"),
            ],
        )
        self.assertEqual((rows[0].product, rows[0].order_line), (7, 3))
        self.assertEqual({row.part for row in rows}, {"line"})

    def test_a_discount_for_points_falls_on_all_product_lines_of_its_group(self):
        lines = [
            line("a", 100),
            line("b", 50, product=7),
            line("c", 50, exclusion="delivery"),
            line("d", 100, group="order:2"),
            line("e", -30, kind="ignored"),
            line("z", "-0.03", kind="points_discount"),
        ]
        rules = engine.RuleSet([rule(1), rule(2, products=frozenset({7}))])
        rows = engine.explain(lines, rules)
        shares = [(r.key, r.rule, r.base) for r in rows if r.part == "discount"]
        self.assertEqual(
            shares,
            [
                ("a", 1, Decimal("-0.01")),
                ("b", 1, Decimal("-0.01")),
                ("b", 2, Decimal("-0.01")),
                ("c", None, Decimal("-0.01")),
            ],
        )
        self.assertEqual({r.source for r in rows if r.part == "discount"}, {"z"})

    def test_a_negative_line_bears_no_discount_for_points(self):
        lines = [line("a", 100), line("b", -10), line("z", -9, kind="points_discount")]
        rows = engine.explain(lines, engine.RuleSet([rule(1)]))
        self.assertEqual([(r.key, r.base) for r in rows[2:]], [("a", -9)])
        self.assertEqual(engine.group_points(rows), 81)

    def test_a_discount_without_lines_lowers_the_rest_of_its_group(self):
        rules = engine.RuleSet([rule(1)])
        rows = engine.explain([line("z", -9, kind="points_discount")], rules)
        self.assertEqual([row.reason for row in rows], ["no_lines"])
        self.assertEqual(engine.group_points(rows), 0)
        rows += engine.explain([line("a", 100)], rules)
        self.assertEqual(engine.group_points(rows), 91)

    @property_settings(100)
    @given(documents(), rulesets())
    def test_discounts_are_spread_to_the_cent(self, lines, ruleset):
        rows = engine.explain(lines, ruleset)
        discount = sum(one.base for one in lines if one.kind == "points_discount")
        shares = {row.key: row.base for row in rows if row.part == "discount"}
        self.assertEqual(sum(shares.values()), discount)

    @property_settings(100)
    @given(documents(), rulesets(), st.integers(-5000, 5000))
    def test_rows_sum_to_the_points_of_their_entry(self, lines, ruleset, other):
        rows = engine.explain(lines, ruleset)
        for points in (engine.group_points(rows), other):
            parts = engine.explained(parts_of(rows), points)
            self.assertEqual(sum(parts), points)  # I8
            if any(not row.reason for row in rows):
                silent = [p for p, row in zip(parts, rows, strict=True) if row.reason]
                self.assertFalse(any(silent))

    def test_points_without_rows_are_an_error(self):
        self.assertEqual(engine.explained([], 0), [])
        with self.assertRaises(ValueError):
            engine.explained([], 1)


class TestGroupPoints(ToolsCase):
    def test_points_by_hand(self):
        silver = rule(1, points=3, per="2")
        for lines, rules, expected in [
            ([line("a", "9.99")], [silver], 14),  # 14.985
            ([line("a", "0.50"), line("b", "0.50")], [rule(1)], 1),  # one floor
            ([line("a", 100, amount="425.50")], [rule(1)], 425),
            ([line("a", 100), line("b", -40)], [rule(1)], 60),
            ([line("a", -40)], [rule(1)], 0),
            ([line("a", 100)], [rule(1), rule(2, points=5, per="3")], 266),
        ]:
            with self.subTest(lines=lines):
                self.assertEqual(points_of(lines, *rules), expected)

    def test_a_step_counts_each_full_amount_of_the_group(self):
        step = rule(1, points=50, per="100", effect="step")
        for bases, expected in [
            (["99.99"], 0),
            (["100"], 50),
            (["60", "40"], 50),
            (["199.99"], 50),
            (["150", "150"], 150),
            (["150", "-60"], 0),
            (["-500"], 0),
        ]:
            lines = [line(f"aml:{n}", base) for n, base in enumerate(bases)]
            with self.subTest(bases=bases):
                self.assertEqual(points_of(lines, step), expected)

    def test_a_group_that_is_worth_nothing_earns_nothing(self):
        earning = rule(1, products=frozenset({7}))
        for other, expected in [("-60", 100), ("-99.99", 100), ("-100", 0)]:
            lines = [line("a", 100, product=7), line("b", other, product=8)]
            with self.subTest(other=other):
                self.assertEqual(points_of(lines, earning), expected)

    def test_posting_again_counts_with_the_new_rate(self):
        ruleset = engine.RuleSet([rule(1)])
        rows = engine.explain([line("a", 100, amount=400)], ruleset)
        rows += engine.annul(rows)
        self.assertEqual(engine.group_points(rows), 0)
        rows += engine.explain([line("a", 120, amount=600)], ruleset)
        self.assertEqual(engine.group_points(rows), 600)

    def test_a_total_of_a_trillion_is_exact(self):
        base = Decimal("1234567890123.45")
        points = points_of([line("a", base), line("b", "0.00000000000000001")], rule(1))
        self.assertEqual(points, 1234567890123)

    @property_settings(100)
    @given(documents(), rulesets(), st.randoms())
    def test_the_order_of_lines_does_not_matter(self, lines, ruleset, random):
        points = engine.group_points(engine.explain(lines, ruleset))
        random.shuffle(lines)
        self.assertEqual(engine.group_points(engine.explain(lines, ruleset)), points)

    @property_settings(100)
    @given(documents(discounts=False), rulesets(), st.data())
    def test_an_order_earns_the_same_however_it_is_invoiced(self, lines, ruleset, data):
        promised = engine.group_points(engine.explain(lines, ruleset))
        invoices = {}
        for one in lines:
            cut = data.draw(st.integers(0, 100))
            share = Decimal(cut) / 100
            rest = (one.base - one.base * share, one.amount - one.amount * share)
            parts = [(one.base * share, one.amount * share), rest]
            for number, (base, amount) in enumerate(parts):
                part = replace(one, key=f"{one.key}:{number}", base=base, amount=amount)
                invoices.setdefault(data.draw(st.integers(1, 3)), []).append(part)
        rows = [
            row for part in invoices.values() for row in engine.explain(part, ruleset)
        ]
        self.assertEqual(engine.group_points(rows), promised)

    @property_settings(100)
    @given(st.lists(documents(), min_size=1, max_size=4), rulesets())
    def test_a_collective_invoice_earns_what_its_orders_earn(self, orders, ruleset):
        gathered, expected = [], {}
        for number, lines in enumerate(orders):
            group = f"order:{number}"
            own = [replace(o, group=group, key=f"{number}:{o.key}") for o in lines]
            gathered += own
            expected[group] = engine.group_points(engine.explain(own, ruleset))
        rows = engine.explain(gathered, ruleset)
        for group, points in expected.items():
            own = [row for row in rows if row.group == group]
            self.assertEqual(engine.group_points(own), points)

    @property_settings(100)
    @given(documents(), rulesets(), st.booleans())
    def test_annulled_and_posted_again_is_as_if_nothing_happened(
        self, lines, ruleset, twice
    ):
        rows = engine.explain(lines, ruleset)
        points = engine.group_points(rows)
        for _round in range(1 + twice):
            rows = rows + engine.annul(rows)
            self.assertEqual(engine.group_points(rows), 0)
            self.assertEqual(engine.annul(rows), [])
            rows = rows + engine.explain(lines, ruleset)
            self.assertEqual(engine.group_points(rows), points)

    @property_settings(100)
    @given(documents(low=1), rulesets(effects=("proportional",)))
    def test_the_quick_way_is_the_exact_way(self, lines, ruleset):
        rows = engine.explain(lines, ruleset)
        # An annulled line of nothing in particular makes the group touched.
        memo = engine.explain([line("memo", 1)], engine.RuleSet([]))
        touched = rows + memo + engine.annul(memo)
        self.assertEqual(engine.group_points(touched), engine.group_points(rows))
        if not any(row.part == "discount" for row in rows):
            exact = sum(engine.exact_points(rows), Fraction(0))
            self.assertEqual(engine.group_points(rows), max(0, exact // 1))


class TestUnlinkedCredit(ToolsCase):
    def test_it_takes_in_proportion_rounded_toward_zero(self):
        rules = engine.RuleSet([rule(1), rule(2, 99, "10", effect="step")])
        parts, points = engine.unlinked_credit([line("a", "-10.99")], rules)
        rows = [row for row, _part in parts]
        self.assertEqual(points, -10)
        self.assertEqual([row.reason for row in rows], ["", "not_proportional"])
        self.assertEqual({row.part for row in rows}, {"correction"})
        self.assertEqual(engine.explained(parts, points), [-10, 0])

    def test_it_never_gives(self):
        rules = engine.RuleSet([rule(1)])
        for lines, expected in [
            ([line("a", 10)], 0),
            ([line("a", -10), line("b", 4)], -6),
            ([line("a", -10, exclusion="commercial_bonus")], 0),
            ([line("a", -10, group="move:1"), line("b", 4, group="move:2")], -10),
            ([line("a", "-0.99")], 0),
            ([], 0),
        ]:
            with self.subTest(lines=lines):
                self.assertEqual(engine.unlinked_credit(lines, rules)[1], expected)

    @property_settings(100)
    @given(documents(low=-200_000), rulesets())
    def test_it_is_between_zero_and_what_its_rows_say(self, lines, ruleset):
        parts, points = engine.unlinked_credit(lines, ruleset)
        exact = sum((part for _row, part in parts), Fraction(0))
        self.assertTrue(min(exact, 0) <= points <= 0)
        self.assertLess(points - min(exact, 0), 1)
        if parts:
            self.assertEqual(sum(engine.explained(parts, points)), points)
