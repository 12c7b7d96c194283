from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ..tools import engine
from .test_tools_common import ToolsCase, money, property_settings
from .test_tools_engine import documents, line, parts_of, rule, rulesets

# What a credit note may know of the line it credits.
KNOWN = [
    {},
    {"origin_key": None},
    {"origin_key": None, "order_line": None},
    {"origin_key": None, "order_line": None, "product": None},
]
FLAT = engine.RuleSet([rule(1)])


def value(rows):
    """Return the document value that rows stand for, each key counted once."""
    roots, total = {}, Decimal(0)
    for row in rows:
        if roots.setdefault(row.key, row.root) == row.root:
            total += row.base
    return total


@st.composite
def chunks(draw, lines):
    """Return the credit of all lines, cut up and dealt out to credit notes."""
    notes = {}
    for one in lines:
        left = one.base
        for number in range(draw(st.integers(1, 3))):
            part = (left * draw(st.integers(0, 100)) / 100).quantize(Decimal("0.01"))
            left -= part
            # An excluded line of which nothing is known takes nothing.
            known = draw(st.sampled_from(KNOWN[: 3 if one.exclusion else 4]))
            key = f"cn:{one.key}:{number}"
            known = {"origin_key": one.key, **known}
            credit = replace(one, key=key, base=-part, amount=-part, **known)
            notes.setdefault(draw(st.integers(0, 2)), []).append(credit)
        rest = replace(one, key=f"cn:{one.key}:rest", base=-left, amount=-left)
        notes.setdefault(draw(st.integers(0, 2)), []).append(rest)
    return list(notes.values())


class TestCorrect(ToolsCase):
    def setUp(self):
        super().setUp()
        self.lines = [
            line("a", 100, product=7, order_line=1),
            line("b", 300, product=7, order_line=2),
            line("c", 600, product=8, order_line=3),
        ]
        self.rows = engine.explain(self.lines, FLAT)

    def corrected(self, *corrections, rows=None):
        """Return the base by key, and the points that remain."""
        origins = self.rows if rows is None else rows
        found = engine.correct(origins, corrections)
        bases = {}
        for row in found:
            bases[row.key] = bases.get(row.key, 0) + row.base
        return bases, engine.group_points(origins + found)

    def test_it_corrects_the_best_known_line(self):
        for values, bases in [
            ({"origin_key": "c", "product": 7}, {"c": -40}),
            ({"order_line": 2, "product": 8}, {"b": -40}),
            ({"order_line": 9, "product": 7}, {"a": -10, "b": -30}),
            ({"product": 9}, {"a": -4, "b": -12, "c": -24}),
            ({}, {"a": -4, "b": -12, "c": -24}),
        ]:
            with self.subTest(values=values):
                found = self.corrected(line("x", -40, **values))
                self.assertEqual(found, (bases, 960))

    def test_what_exceeds_the_line_goes_to_the_others_by_value(self):
        found = self.corrected(line("x", -190, order_line=1))
        self.assertEqual(found, ({"a": -100, "b": -30, "c": -60}, 810))

    def test_better_known_lines_go_first_whatever_their_order(self):
        first, last = line("x", -150), line("y", -100, order_line=1)
        expected = {"a": -100, "b": -50, "c": -100}
        for corrections in ([first, last], [last, first]):
            self.assertEqual(self.corrected(*corrections), (expected, 750))

    def test_what_exceeds_everything_takes_nothing(self):
        rows = engine.correct(self.rows, [line("x", -1300, order_line=1)])
        self.assertEqual(engine.group_points(self.rows + rows), 0)
        over = [row for row in rows if row.reason == "nothing_left"]
        self.assertEqual([(row.key, row.base) for row in over], [("a", -300)])
        parts = engine.explained(parts_of(rows), -1000)
        self.assertEqual(sum(parts), -1000)
        self.assertEqual(parts[rows.index(over[0])], 0)
        # What was taken too much is given back first.
        restored = engine.correct(self.rows + rows, [line("y", 310)])
        self.assertEqual(engine.group_points(self.rows + rows + restored), 10)

    def test_a_correction_without_an_origin_takes_nothing(self):
        (row,) = engine.correct([], [line("x", -5)])
        self.assertEqual((row.reason, row.base, row.effect), ("nothing_left", -5, ""))

    def test_lines_that_are_no_revenue_are_left_alone(self):
        advance = line("d", -500, kind="ignored", exclusion="down_payment", product=9)
        rows = self.rows + engine.explain([advance], FLAT)
        back = line("y", 500, kind="ignored", exclusion="down_payment", product=9)
        found = engine.correct(rows, [line("x", -1000, product=9), back])
        self.assertEqual({row.key for row in found}, {"a", "b", "c", "y"})
        self.assertEqual(engine.group_points(rows + found), 0)

    def test_an_excluded_credit_takes_only_from_the_line_it_knows(self):
        credit = line("x", -10, exclusion="delivery", product=9)
        (row,) = engine.correct(self.rows, [credit])
        self.assertEqual(row.reason, "delivery")
        self.assertEqual(engine.group_points([*self.rows, row]), 1000)
        credit = line("x", -10, exclusion="delivery", product=8)
        self.assertEqual(self.corrected(credit), ({"c": -10}, 990))

    def test_a_credit_of_what_earned_nothing_takes_nothing(self):
        rules = engine.RuleSet([rule(1, products=frozenset({7}))])
        rows = engine.explain(self.lines, rules)
        found = self.corrected(line("x", -200, order_line=3), rows=rows)
        self.assertEqual(found, ({"c": -200}, 400))

    def test_partial_credits_leave_what_remains_and_the_last_exactly_nothing(self):
        rows = engine.explain([line("a", "1000.00")], FLAT)
        left = []
        for amount in ("-333.33", "-333.33", "-333.34"):
            rows += engine.correct(rows, [line("x", amount)])
            left.append(engine.group_points(rows))
        self.assertEqual(left, [666, 333, 0])

    def test_a_credit_counts_at_the_rate_and_exchange_of_its_original(self):
        rows = engine.explain([line("a", 100, amount=425)], FLAT)
        credit = line("x", -50, amount=-230)  # the euro rose meanwhile
        found = engine.correct(rows, [credit])
        self.assertEqual([row.amount for row in found], [Decimal("-212.50")])
        self.assertEqual(engine.group_points(rows + found), 212)

    def test_a_bought_and_returned_threshold_pays_nothing(self):
        step = engine.RuleSet([rule(1, points=500, per="1000", effect="step")])
        rows = engine.explain(self.lines, step)
        self.assertEqual(engine.group_points(rows), 500)
        rows += engine.correct(rows, [line("x", "-0.01", order_line=1)])
        self.assertEqual(engine.group_points(rows), 0)

    def test_a_points_discount_goes_with_the_lines_beside_it(self):
        used = line("z", -100, kind="points_discount")
        rows = engine.explain([*self.lines, used], FLAT)
        self.assertEqual(engine.group_points(rows), 900)
        credit = [
            line("x", -300, order_line=2),
            line("y", 30, kind="points_discount"),
        ]
        self.assertEqual(self.corrected(*credit, rows=rows), ({"b": -270}, 630))

    def test_a_points_discount_alone_goes_to_where_discounts_fell(self):
        used = line("z", -100, kind="points_discount")
        rows = engine.explain([*self.lines, used], FLAT)
        rows += engine.correct(rows, [line("x", -50, order_line=1)])
        back = line("y", 100, kind="points_discount")
        self.assertEqual(
            self.corrected(back, rows=rows), ({"a": 10, "b": 30, "c": 60}, 950)
        )

    def test_a_credit_without_the_discount_leaves_nothing(self):
        used = line("z", -100, kind="points_discount")
        rows = engine.explain([*self.lines, used], FLAT)
        rows += engine.correct(rows, [line("x", -1000)])
        self.assertEqual(engine.group_points(rows), 0)
        rows += engine.correct(rows, [line("y", 100, kind="points_discount")])
        self.assertEqual(engine.group_points(rows), 0)

    def test_a_negative_line_of_the_order_is_credited_by_its_opposite(self):
        lines = [line("a", 100, order_line=1), line("b", -10, order_line=2)]
        rows = engine.explain(lines, engine.RuleSet([rule(1)]))
        for corrections in (
            [line("x", -100, order_line=1), line("y", 10, order_line=2)],
            [line("x", -100), line("y", 10)],
            [line("y", 10), line("x", -100)],
        ):
            bases, points = self.corrected(*corrections, rows=rows)
            self.assertEqual((bases, points), ({"a": -100, "b": 10}, 0))

    def test_orders_of_one_credit_note_are_kept_apart(self):
        other = engine.explain([line("o", 100, group="order:2")], FLAT)
        found = self.corrected(line("x", -40, group="order:2"), rows=self.rows + other)
        self.assertEqual(found[0], {"o": -40})
        unknown = line("x", -110, group="move:9")
        found = self.corrected(unknown, rows=self.rows + other)
        self.assertEqual(found[0], {"a": -10, "b": -30, "c": -60, "o": -10})

    def test_every_rule_of_a_line_is_corrected(self):
        rules = engine.RuleSet([rule(1), rule(2, points=5, per="2")])
        rows = engine.explain([line("a", 100)], rules)
        found = engine.correct(rows, [line("x", -40)])
        self.assertEqual([(r.rule, r.base) for r in found], [(1, -40), (2, -40)])
        self.assertEqual(engine.group_points(rows + found), 210)
        self.assertEqual(engine.explained(parts_of(found), -140), [-40, -100])

    def test_a_credit_outlives_posting_its_original_again_by_other_rules(self):
        rows = engine.explain([line("a", 100)], FLAT)
        credit = engine.correct(rows, [line("x", -30)])
        again = engine.RuleSet([rule(2, points=2)])
        rows += credit + engine.annul(rows)
        self.assertEqual(engine.group_points(rows), 0)
        rows += engine.explain([line("a", 100)], again)
        self.assertEqual(engine.group_points(rows), 140)
        rows += engine.correct(rows, [line("y", -20)])
        self.assertEqual(engine.group_points(rows), 100)
        rows += engine.annul(credit)
        self.assertEqual(engine.group_points(rows), 160)

    def test_no_row_of_a_rule_that_ended_takes_points(self):
        rows = engine.explain([line("a", 100)], FLAT)
        rows += engine.annul(rows)
        rows += engine.explain([line("a", 100)], engine.RuleSet([rule(2)]))
        found = engine.correct(rows, [line("x", -30)])
        self.assertEqual([row.reason for row in found], ["annulled", ""])
        self.assertEqual(engine.explained(parts_of(found), -30), [0, -30])

    def test_undoing_one_of_two_credits_leaves_the_other(self):
        first = engine.correct(self.rows, [line("x", -100, order_line=1)])
        more = [line("y", -100, order_line=1), line("z", -900)]
        second = engine.correct(self.rows + first, more)
        rows = self.rows + first + second
        self.assertEqual(engine.group_points(rows), 0)
        self.assertEqual(engine.group_points(rows + engine.annul(first)), 0)
        self.assertEqual(engine.group_points(rows + engine.annul(second)), 900)

    def test_what_was_taken_too_much_is_borne_by_what_comes_back(self):
        lines = [line("a", 100, order_line=1), line("b", 100, order_line=2)]
        rows = engine.explain(lines, FLAT)
        notes = []
        for base in (-100, -100, -20):
            notes.append(engine.correct(rows, [line("x", base, order_line=1)]))
            rows += notes[-1]
        self.assertEqual([row.key for note in notes for row in note], ["a", "b", "a"])
        self.assertEqual(engine.group_points(rows), 0)
        self.assertEqual(engine.group_points(rows + engine.annul(notes[1])), 80)

    def test_what_exceeds_everything_is_not_put_on_a_discount_line(self):
        lines = [line("a", 100, product=7), line("b", -10, product=7)]
        rows = engine.explain(lines, FLAT)
        rows += engine.correct(rows, [line("x", 10, origin_key="b")])
        found = engine.correct(rows, [line("y", -150, product=7)])
        self.assertEqual([(r.key, r.base) for r in found], [("a", -100), ("a", -50)])


class TestCorrectProperties(ToolsCase):
    @property_settings(150)
    @given(st.data(), rulesets())
    def test_a_full_credit_at_any_split_leaves_nothing(self, data, ruleset):
        lines = data.draw(documents())
        rows = engine.explain(lines, ruleset)
        for note in data.draw(chunks(lines)):
            rows += engine.correct(rows, note)
        self.assertEqual(engine.group_points(rows), 0)

    @property_settings(150)
    @given(st.data(), rulesets())
    def test_credits_of_sales_never_give_points(self, data, ruleset):
        lines = data.draw(documents(low=1, discounts=False))
        rows = engine.explain(lines, ruleset)
        points = engine.group_points(rows)
        for note in data.draw(chunks(lines)):
            found = engine.correct(rows, note)
            rows += found
            taken = engine.group_points(rows) - points
            points += taken
            self.assertLessEqual(taken, 0)
            self.assertEqual(sum(engine.explained(parts_of(found), taken)), taken)

    @property_settings(150)
    @given(st.data(), rulesets())
    def test_no_cent_of_a_correction_is_lost(self, data, ruleset):
        lines = data.draw(documents())
        rows = engine.explain(lines, ruleset)
        for note in data.draw(chunks(lines)):
            note = [one for one in note if one.kind != "ignored" and not one.exclusion]
            found = engine.correct(rows, note)
            expected = sum(one.base for one in note)
            self.assertEqual(value(found), expected)
            rows += found

    @property_settings(150)
    @given(st.data(), rulesets())
    def test_an_annulled_credit_note_is_as_if_it_had_never_been(self, data, ruleset):
        lines = data.draw(documents())
        rows = engine.explain(lines, ruleset)
        points = [engine.group_points(rows)]
        notes = []
        for note in data.draw(chunks(lines)):
            notes.append(engine.correct(rows, note))
            rows += notes[-1]
            points.append(engine.group_points(rows))
        for note in reversed(notes):
            points.pop()
            rows += engine.annul(note)
            self.assertEqual(engine.group_points(rows), points[-1])

    @property_settings(200)
    @given(st.data())
    def test_points_are_the_rate_of_the_net_after_any_documents(self, data):
        """I11, with invoices, credits and their undoing in any order."""
        ruleset = engine.RuleSet([rule(1, points=7, per="3")])
        values = st.lists(money(1, 9999), min_size=1, max_size=3)
        invoices = [
            [
                line(f"{number}:{n}", base, product=n % 2)
                for n, base in enumerate(data.draw(values))
            ]
            for number in range(2)
        ]
        rows, posted, net = [], {}, {}
        for _step in range(data.draw(st.integers(1, 8))):
            act = data.draw(st.sampled_from([0, 1, "credit", "undo"]))
            if act == "credit":
                act = f"note:{len(rows)}"
                keys = [one.key for invoice in invoices for one in invoice]
                credit = line(
                    act,
                    data.draw(money(-15_000, -1)),
                    product=data.draw(st.integers(0, 2)),
                    origin_key=data.draw(st.sampled_from([None, *keys])),
                )
                posted[act] = engine.correct(rows, [credit])
                net[act] = credit.base
            elif act == "undo":
                if not posted:
                    continue
                act = data.draw(st.sampled_from(list(posted)))
                net.pop(act)
                rows = rows + engine.annul(posted.pop(act))
                continue
            elif act in posted:
                continue
            else:
                posted[act] = engine.explain(invoices[act], ruleset)
                net[act] = sum(one.base for one in invoices[act])
            rows = rows + posted[act]
            expected = max(0, sum(net.values())) * 7 // 3
            self.assertEqual(engine.group_points(rows), expected)
