from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..tools import engine
from .common import LoyaltyB2bCommon


class RulesCommon(LoyaltyB2bCommon):
    """Rules of a programme that has not earned yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.program.rule_ids
        cls.tag = cls.env["product.tag"].create({"name": "Novelty"})
        cls.customer_tag = cls.env["res.partner.category"].create({"name": "Gold"})
        cls.pricelist = cls.env["product.pricelist"].create({"name": "Sale"})
        cls.poland = cls.env.ref("base.pl")

    @classmethod
    def _create_rule(cls, **values):
        return cls.env["loyalty.b2b.rule"].create(
            {"name": "Test", "program_id": cls.program.id, **values}
        )

    @staticmethod
    def _steps(*steps):
        return [
            Command.create({"amount": amount, "points": points})
            for amount, points in steps
        ]

    def _earn_by(self, rule):
        """Let a rule stand in an explanation."""
        entry = self._give_points(7)
        self.env["loyalty.b2b.entry.line"]._insert_lines(
            [
                {
                    "entry_id": entry.id,
                    "part": "line",
                    "rule_ref": rule.id,
                    "rule_root": (rule.root_id or rule).id,
                    "points": 7,
                }
            ]
        )
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestRuleCompile(RulesCommon):
    def _compile(self, **values):
        return self._create_rule(**values)._prepare_engine_rule()

    def test_a_plain_rule_is_plain_for_the_engine(self):
        compiled = self._compile(points=3, amount=10.0)
        self.assertTrue(compiled.is_plain)
        expected = engine.Rule(
            id=compiled.id,
            root=compiled.id,
            version=1,
            sequence=10,
            effect="proportional",
            points=3,
            per=Decimal("10.0"),
        )
        self.assertEqual(compiled, expected)

    def test_every_field_reaches_the_engine(self):
        below = self.env["product.category"].create(
            {"name": "Drills", "parent_id": self.category.id}
        )
        for values, expected in (
            ({"effect": "step", "amount": 12.5}, {"per": Decimal("12.5")}),
            ({"effect": "unit", "units": 2.5}, {"per": Decimal("2.5")}),
            ({"effect": "order", "amount": 7}, {"per": Decimal(1), "points": 1}),
            (
                {"effect": "multiplier", "factor": 1.5},
                {"factor": Decimal("1.5"), "points": 0, "per": Decimal(1)},
            ),
            (
                {"effect": "ladder", "step_ids": self._steps((1000, 90), (500, 40))},
                {"steps": ((500, 40), (1000, 90)), "highest_only": False},
            ),
            (
                {
                    "effect": "ladder",
                    "ladder": "highest",
                    "step_ids": self._steps((500, 40)),
                },
                {"highest_only": True, "points": 0},
            ),
            ({"product_ids": self.product.ids}, {"products": {self.product.id}}),
            (
                {"category_ids": self.category.ids},
                {"categories": {self.category.id, below.id}},
            ),
            ({"product_tag_ids": self.tag.ids}, {"tags": {self.tag.id}}),
            (
                {"product_domain": "[('list_price', '>', 5)]"},
                {"has_product_domain": True},
            ),
            ({"product_domain": "[]"}, {"has_product_domain": False}),
            (
                {"customer_domain": "[('name', 'like', 'A')]"},
                {"has_customer_domain": True},
            ),
            (
                {"customer_tag_ids": self.customer_tag.ids},
                {"customer_tags": {self.customer_tag.id}},
            ),
            ({"country_ids": self.poland.ids}, {"countries": {self.poland.id}}),
            (
                {"pricelist_ids": self.pricelist.ids},
                {"pricelists": {self.pricelist.id}},
            ),
            (
                {"excluded_pricelist_ids": self.pricelist.ids},
                {"excluded_pricelists": {self.pricelist.id}},
            ),
        ):
            self._check_compiled(values, expected)

    def test_every_condition_cap_and_time_reaches_the_engine(self):
        for values, expected in (
            (
                {"channel_web": True, "channel_sales": True},
                {"channels": {"web", "sales"}},
            ),
            (
                {"channel_portal": True, "channel_external": True},
                {"channels": {"portal", "external"}},
            ),
            (
                {"date_start": "2026-03-01", "date_end": "2026-03-31"},
                {"date_start": date(2026, 3, 1), "date_end": date(2026, 3, 31)},
            ),
            ({"period_date": "order"}, {"by_order_date": True}),
            ({"trigger": "first_order"}, {"trigger": "first_order"}),
            ({"trigger": "on_time", "grace_days": 3}, {"grace_days": 3}),
            (
                {
                    "trigger": "goal",
                    "effect": "bonus",
                    "goal_measure": "amount",
                    "goal_target": 50000,
                    "goal_period": "quarter",
                },
                {
                    "trigger": "goal",
                    "goal_measure": "amount",
                    "goal_target": Decimal(50000),
                    "goal_period": "quarter",
                },
            ),
            ({"min_amount": 99.99}, {"min_amount": Decimal("99.99")}),
            ({"min_quantity": 12}, {"min_quantity": Decimal(12)}),
            ({"min_line_amount": 50}, {"min_line_amount": Decimal(50)}),
            ({"min_line_quantity": 3}, {"min_line_quantity": Decimal(3)}),
            ({"max_discount_percent": 20}, {"max_discount": Decimal(20)}),
            ({"max_discount_percent": 0}, {"max_discount": Decimal(0)}),
            ({"min_margin_percent": 15.5}, {"min_margin": Decimal("15.5")}),
            ({"has_min_margin": True}, {"min_margin": Decimal(0)}),
            ({"cap_order": 500}, {"cap_order": 500, "cap": None}),
            (
                {"cap_points": 5 * 10**9, "cap_period": "year"},
                {"cap_points": 5 * 10**9, "cap_period": "year"},
            ),
            ({"effect": "bonus", "points": 300}, {"cap": 300}),
            ({"exclusive_group": "Spring "}, {"exclusive": "Spring"}),
            ({"stop": True}, {"stop": True}),
            ({"expiry_months": 6}, {"expiry_months": 6, "pool": "m6"}),
            ({"expiry": "never"}, {"expiry_months": 0, "pool": "m0"}),
            ({"budget_points": 1000}, {"is_plain": True}),
        ):
            self._check_compiled(values, expected)

    def _check_compiled(self, values, expected):
        with self.subTest(**{str(key): str(value) for key, value in values.items()}):
            compiled = self._compile(**values)
            found = {name: getattr(compiled, name) for name in expected}
            self.assertEqual(found, expected)

    def test_every_attribute_of_the_engine_is_filled_in(self):
        values = set(self.rule._prepare_engine_values())
        attributes = set(engine.Rule.__dataclass_fields__)
        self.assertEqual(attributes - values, set())

    def test_archived_rules_match_nothing_but_are_counted(self):
        line = engine.Line(
            key="aml:1",
            group="move:1",
            base=Decimal(100),
            amount=Decimal(100),
            date=date(2026, 3, 1),
        )
        rows = engine.explain([line], self.program._get_rule_set())
        rule = self._create_rule(effect="step", points=5, amount=10)
        self.assertEqual(len(self.program._get_rule_set().match(line)), 2)
        rule.action_archive()
        ruleset = self.program._get_rule_set()
        self.assertEqual([found.id for found in ruleset.match(line)], self.rule.ids)
        self.assertEqual(ruleset.get(rule.id).points, 5)
        self.assertEqual(engine.group_points(rows, ruleset), 100)

    def test_a_changed_ladder_is_compiled_anew(self):
        rule = self._create_rule(effect="ladder", step_ids=self._steps((500, 40)))
        self.assertEqual(self._get_steps(rule), ((500, 40),))
        rule.step_ids.points = 45
        self.assertEqual(self._get_steps(rule), ((500, 45),))
        rule.step_ids.create({"rule_id": rule.id, "amount": 900, "points": 90})
        self.assertEqual(self._get_steps(rule), ((500, 45), (900, 90)))
        rule.step_ids[0].unlink()
        self.assertEqual(self._get_steps(rule), ((900, 90),))

    def _get_steps(self, rule):
        return self.program._get_rule_set().get(rule.id).steps


@tagged("post_install", "-at_install")
class TestRuleSentence(RulesCommon):
    def _read(self, **values):
        return self._create_rule(**values).sentence

    def test_the_rule_of_the_issue(self):
        self.program.currency_id = self.env.ref("base.PLN")
        sentence = self._read(
            points=3,
            amount=10,
            category_ids=self.category.ids,
            channel_web=True,
            date_start="2026-03-01",
            date_end="2026-03-31",
            cap_points=5000,
        )
        self.assertEqual(
            sentence.replace("\N{NO-BREAK SPACE}", " ").replace("\N{THIN SPACE}", " "),
            "3 points per 10 zł on Tools, orders placed in the web shop,"
            " invoiced Mar 1 – 31, 2026, at most 5,000 points per customer and month",
        )

    def test_each_effect_says_what_it_gives(self):
        tools = {"category_ids": self.category.ids}
        steps = self._steps((500, 50), (1000, 1))
        for values, expected in (
            ({"amount": 12.5}, "1 point per $12.50 on everything"),
            ({"effect": "step", **tools}, "1 point per full $1 on Tools"),
            ({"effect": "unit", "points": 5, **tools}, "5 points per unit of Tools"),
            ({"effect": "unit", "units": 2.5}, "1 point per 2.5 units of any product"),
            ({"effect": "order", "points": 50}, "50 points per order"),
            ({"effect": "order", **tools}, "1 point per order with Tools"),
            (
                {"effect": "ladder", "step_ids": steps, **tools},
                "50 points from $500 and 1 point from $1,000 of Tools per order, every"
                " step reached counts",
            ),
            (
                {"effect": "multiplier", "factor": 1.5, **tools},
                "1.5 times the points of other rules on Tools",
            ),
            ({"effect": "bonus", "points": 300}, "300 points once per customer"),
        ):
            with self.subTest(expected):
                self.assertEqual(self._clean(self._read(**values)), expected)

    @staticmethod
    def _clean(sentence):
        return sentence.replace("$\N{NO-BREAK SPACE}", "$")

    def test_every_condition_appears(self):
        for values, expected in (
            ({"product_tag_ids": self.tag.ids}, "on Novelty"),
            ({"product_ids": self.product.ids}, "on Drill"),
            ({"product_domain": "[('id', '>', 0)]"}, "on selected products"),
            ({"customer_domain": "[('id', '>', 0)]"}, "for selected customers"),
            ({"customer_tag_ids": self.customer_tag.ids}, "for customers tagged Gold"),
            ({"country_ids": self.poland.ids}, "for customers in Poland"),
            ({"pricelist_ids": self.pricelist.ids}, "at prices of Sale"),
            ({"excluded_pricelist_ids": self.pricelist.ids}, "not at prices of Sale"),
            (
                {"channel_portal": True, "channel_sales": True},
                "quotations accepted online or orders taken by a salesperson",
            ),
            ({"channel_external": True}, "orders from an external platform"),
            ({"date_start": "2026-03-01"}, "invoiced from March 1, 2026 on"),
            (
                {"date_end": "2026-03-31", "period_date": "order"},
                "ordered until March 31, 2026",
            ),
            ({"trigger": "first_order"}, "on the customer’s first order only"),
            ({"trigger": "on_time"}, "if the invoice is paid on time"),
            (
                {"trigger": "on_time", "grace_days": 1},
                "at most 1 day after its due date",
            ),
            ({"trigger": "on_time", "grace_days": 3}, "at most 3 days after its due"),
            ({"min_amount": 500}, "orders from $"),
            (
                {"min_quantity": 12, "product_ids": self.product.ids},
                "from 12 units of it per order",
            ),
            ({"min_line_amount": 50}, "order lines from $"),
            ({"min_line_quantity": 3}, "order lines from 3 units"),
            ({"max_discount_percent": 20}, "lines discounted by at most 20%"),
            ({"max_discount_percent": 0}, "lines without a discount"),
            ({"min_margin_percent": 15}, "lines with a margin from 15%"),
            ({"has_min_margin": True}, "lines with a margin from 0%"),
            ({"cap_order": 500}, "at most 500 points per order"),
            (
                {"cap_points": 900, "cap_period": "lifetime"},
                "at most 900 points per customer in all",
            ),
            ({"budget_points": 1000}, "until 1,000 points are given to all customers"),
            ({"exclusive_group": "Spring"}, "only one rule of “Spring” counts"),
            ({"stop": True}, "no other rule counts after it"),
            ({"expiry": "never"}, "these points never expire"),
            ({"expiry_months": 1}, "these points expire after a month"),
            ({"expiry_months": 6}, "these points expire after 6 months"),
        ):
            with self.subTest(expected):
                self.assertIn(expected, self._read(**values))

    def test_goals_read_as_what_is_to_be_done(self):
        goal = {"effect": "bonus", "points": 500, "trigger": "goal"}
        for values, expected in (
            (
                {"goal_target": 12, "goal_period": "quarter"},
                "500 points for 12 orders, within a quarter",
            ),
            (
                {"goal_measure": "amount", "goal_target": 50000},
                "500 points for purchases of $50,000 in all, within a calendar year",
            ),
            (
                {"goal_measure": "months", "goal_target": 4, "goal_period": "lifetime"},
                "500 points for 4 months in a row with an order, once per customer",
            ),
        ):
            with self.subTest(expected):
                self.assertEqual(self._clean(self._read(**goal, **values)), expected)

    def test_many_names_are_counted_instead_of_left_out(self):
        products = self.product
        for number in range(6):
            products |= self._create_goods(f"Item {number}", 1.0)
        self.assertIn("and 2 more", self._read(product_ids=products.ids))

    def test_customers_read_neither_margins_nor_how_they_are_tagged(self):
        portal = new_test_user(self.env, "rules_portal", groups="base.group_portal")
        rule = self._create_rule(
            min_margin_percent=15, customer_tag_ids=self.customer_tag.ids
        )
        sentence = rule.with_user(portal).sudo().sentence
        self.assertIn("not on lines at special conditions", sentence)
        self.assertIn("for selected customers", sentence)
        self.assertNotIn("15", sentence)
        self.assertNotIn("Gold", sentence)

    def test_the_tabs_say_what_is_set(self):
        rule = self._create_rule(min_line_quantity=3, cap_order=5, stop=True)
        self.assertEqual(rule.caption_conditions, "order lines from 3 units")
        self.assertEqual(rule.caption_caps, "2 set")
        self.assertEqual(self.rule.caption_caps, "")


@tagged("post_install", "-at_install")
class TestRuleChecks(RulesCommon):
    BONUS = {"effect": "bonus", "trigger": "goal"}
    BAD = (
        ({"points": 0}, "gives no points"),
        ({"amount": 0}, "an amount. Enter one above zero"),
        ({"amount": -1}, "an amount. Enter one above zero"),
        ({"effect": "unit", "units": 0}, "number of units"),
        ({"effect": "multiplier", "factor": 1}, "multiplies points by 1"),
        ({"effect": "ladder"}, "ladder without steps"),
        ({"cap_order": -1}, "“At most per order” of rule"),
        ({"cap_points": -1}, "“At most per customer” of rule"),
        ({"budget_points": -1}, "“Budget” of rule"),
        ({"expiry_months": -1}, "“Months until expiry” of rule"),
        ({"min_amount": -0.01}, "“Order amount at least” of rule"),
        ({"min_quantity": -1}, "cannot be negative"),
        ({"min_line_amount": -1}, "cannot be negative"),
        ({"min_line_quantity": -1}, "cannot be negative"),
        ({"trigger": "on_time", "grace_days": -1}, "cannot be negative"),
        ({"max_discount_percent": 101}, "from 0 to 100"),
        ({"max_discount_percent": -1}, "from 0 to 100"),
        ({"min_margin_percent": 100.01}, "from 0 to 100"),
        ({"date_start": "2026-03-31", "date_end": "2026-03-30"}, "before it begins"),
        ({"product_domain": "[('list_price', '>'"}, "“Product filter” of rule"),
        ({"product_domain": "[('no_such_field', '=', 1)]"}, "“Product filter” of rule"),
        ({"product_domain": "5"}, "“Product filter” of rule"),
        ({"customer_domain": "[('name', '~~', 1)]"}, "“Customer filter” of rule"),
        ({"expiry": "months"}, "expire after so many months"),
        ({"effect": "multiplier", "trigger": "first_order"}, "cannot give a"),
        ({"effect": "multiplier", "trigger": "on_time"}, "cannot give a"),
        ({"effect": "bonus", "trigger": "on_time"}, "cannot give a"),
        ({"trigger": "goal"}, "gives a fixed bonus"),
        ({**BONUS, "goal_target": 0}, "target above zero"),
        ({**BONUS, "goal_target": 1.5}, "whole number"),
        (
            {
                **BONUS,
                "goal_measure": "months",
                "goal_target": 4,
                "goal_period": "quarter",
            },
            "4 months in a row",
        ),
        ({"trigger": "first_order", "cap_order": 5}, "Empty “At most per order”"),
        ({"trigger": "on_time", "cap_points": 5}, "Empty “At most per customer”"),
        ({"trigger": "first_order", "stop": True}, "Empty “Last rule”"),
        ({"trigger": "on_time", "exclusive_group": "A"}, "Empty “Only one of”"),
        ({"effect": "bonus", "cap_points": 5}, "gives a fixed bonus once"),
        ({"effect": "bonus", "cap_order": 5}, "gives a fixed bonus once"),
    )

    def test_bad_input_gets_a_sentence_and_creates_nothing(self):
        before = self.program.rule_ids
        for values, message in self.BAD:
            with self.subTest(str(values)):
                with self.assertRaisesRegex(ValidationError, message) as caught:
                    self._create_rule(name="Rule A", **values)
                self.assertIn("Rule A", str(caught.exception))
                self.assertEqual(self.program.rule_ids, before)

    def test_bad_input_gets_a_sentence_and_changes_nothing(self):
        names = sorted({name for values, _message in self.BAD for name in values})
        before = self.rule.read(names)
        for values, message in self.BAD:
            with self.subTest(str(values)):
                with (
                    self.assertRaisesRegex(ValidationError, message),
                    self.env.cr.savepoint(),
                ):
                    self.rule.write(values)
                self.assertEqual(self.rule.read(names), before)

    def test_the_boundaries_are_allowed(self):
        for values in (
            {"effect": "multiplier", "factor": 1.01},
            {"max_discount_percent": 0, "min_margin_percent": 100},
            {"date_start": "2026-03-31", "date_end": "2026-03-31"},
            {"cap_order": 0, "cap_points": 0, "budget_points": 0},
            {**self.BONUS, "goal_target": 1, "budget_points": 1, "min_amount": 1},
            {"effect": "bonus", "trigger": "first_order"},
            {"effect": "ladder", "trigger": "on_time", "step_ids": self._steps((1, 1))},
        ):
            with self.subTest(str(values)):
                self.assertTrue(self._create_rule(**values).sentence)

    def test_a_ladder_out_of_order_is_refused(self):
        for steps, ladder, message in (
            (((500, 5), (500, 6)), "each", "two steps from"),
            (((500, 50), (1000, 50)), "highest", "no more than"),
            (((500, 0),), "each", "at least 1 point"),
            (((0, 5),), "each", "amount above zero"),
        ):
            with self.subTest(steps), self.assertRaisesRegex(ValidationError, message):
                self._create_rule(
                    effect="ladder", ladder=ladder, step_ids=self._steps(*steps)
                )

    def test_steps_that_change_places_are_no_mistake_in_between(self):
        rule = self._create_rule(
            effect="ladder", step_ids=self._steps((500, 5), (1000, 9))
        )
        low, high = rule.step_ids
        rule.step_ids = [
            Command.update(low.id, {"amount": 1000}),
            Command.update(high.id, {"amount": 500}),
        ]
        self.assertEqual(rule._prepare_engine_rule().steps, ((500, 9), (1000, 5)))

    def test_a_single_step_cannot_spoil_its_ladder(self):
        rule = self._create_rule(
            effect="ladder", step_ids=self._steps((500, 5), (1000, 9))
        )
        for act, message in (
            (lambda: rule.step_ids[0].write({"amount": 1000}), "two steps"),
            (lambda: rule.step_ids.unlink(), "without steps"),
            (lambda: rule.step_ids[0].write({"points": 0}), "at least 1 point"),
            (
                lambda: rule.step_ids.create(
                    {"rule_id": rule.id, "amount": 5, "points": 0}
                ),
                "at least 1 point",
            ),
        ):
            with (
                self.assertRaisesRegex(ValidationError, message),
                self.env.cr.savepoint(),
            ):
                act()
        steps = ((500, 5), (1000, 9))
        self.assertEqual(rule._prepare_engine_rule().steps, steps)

    def test_a_pricelist_is_not_both_asked_for_and_excluded(self):
        with self.assertRaisesRegex(ValidationError, "Sale"):
            self._create_rule(
                pricelist_ids=self.pricelist.ids,
                excluded_pricelist_ids=self.pricelist.ids,
            )

    def test_the_form_empties_what_a_goal_cannot_have(self):
        with Form(self.rule) as form:
            form.cap_points = 100
            form.stop = True
            form.trigger = "goal"
            form.goal_target = 12
        self.assertEqual(self.rule.effect, "bonus")
        self.assertFalse(self.rule.cap_points)
        self.assertFalse(self.rule.stop)


@tagged("post_install", "-at_install")
class TestRuleVersions(RulesCommon):
    def _open_wizard(self, rule):
        action = rule.action_new_version()
        return Form(self.env[action["res_model"]].with_context(**action["context"]))

    def test_a_rule_that_has_earned_asks_only_from_when(self):
        ladder = self._create_rule(
            effect="ladder",
            step_ids=self._steps((500, 5), (1000, 9)),
            min_line_amount=5,
            customer_tag_ids=self.customer_tag.ids,
        )
        self._earn_by(ladder)
        with self._open_wizard(ladder) as form:
            form.date_start = "2099-01-01"
        action = form.record.action_create_version()
        version = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(version.version, 2)
        self.assertEqual(version.root_id, ladder)
        self.assertEqual(str(version.date_start), "2099-01-01")
        self.assertEqual(str(ladder.date_end), "2098-12-31")
        self.assertEqual(len(ladder.step_ids), 2)
        compiled = version._prepare_engine_rule()
        self.assertEqual(compiled.steps, ((500, 5), (1000, 9)))
        self.assertEqual(compiled.min_line_amount, 5)
        self.assertEqual(compiled.customer_tags, set(self.customer_tag.ids))
        # it has not earned yet: it can be changed
        version.step_ids[0].points = 6
        self.assertFalse(version.is_frozen)

    def test_terms_of_a_rule_that_has_earned_are_frozen(self):
        self._earn_by(self.rule)
        self.assertTrue(self.rule.is_frozen)
        for name in self.rule._get_term_names():
            with (
                self.subTest(name),
                self.assertRaisesRegex(UserError, "New version"),
            ):
                self.rule.write({name: self.rule[name]})

    def test_steps_of_a_rule_that_has_earned_are_frozen(self):
        rule = self._create_rule(effect="ladder", step_ids=self._steps((500, 5)))
        self._earn_by(rule)
        step = rule.step_ids
        for act in (
            lambda: step.write({"points": 6}),
            lambda: step.unlink(),
            lambda: step.create({"rule_id": rule.id, "amount": 900, "points": 9}),
        ):
            with self.assertRaisesRegex(UserError, "New version"):
                act()
        self.assertEqual(rule._prepare_engine_rule().steps, ((500, 5),))

    def test_name_end_order_and_budget_are_no_terms(self):
        self._earn_by(self.rule)
        self.rule.write(
            {
                "name": "Other",
                "date_end": "2099-12-31",
                "sequence": 3,
                "budget_points": 9,
                "active": False,
            }
        )
        self.assertEqual(self.rule.budget_points, 9)

    def test_a_rule_that_is_over_stays_so(self):
        self.rule.date_end = "2026-03-31"
        version = self.rule._create_version(self._day("2026-05-01"))
        self.assertEqual(str(self.rule.date_end), "2026-03-31")
        self.assertFalse(version.date_end)

    def test_a_version_on_top_of_a_newer_one_is_refused(self):
        first = self.rule
        second = first._create_version(self._day("2026-05-01"))
        with self.assertRaisesRegex(UserError, "newer version"):
            first._create_version(self._day("2026-06-01"))
        between = first._create_version(self._day("2026-04-01"))
        self.assertEqual((second.version, between.version), (2, 3))
        self.assertEqual(str(between.date_end), "2026-04-30")
        with self.assertRaisesRegex(UserError, "later day"):
            second._create_version(self._day("2026-05-01"))
        self.assertEqual(first.version_count, 3)

    def test_the_budget_counts_all_versions(self):
        version = self.rule._create_version(self._day("2099-01-01"))
        other = self._create_rule()
        for rule in (self.rule, version, version):
            self._earn_by(rule)
        rules = self.rule | version | other
        self.assertEqual(rules.mapped("budget_used"), [21, 21, 0])


@tagged("post_install", "-at_install")
class TestRuleRights(RulesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ladder = cls._create_rule(effect="ladder", step_ids=cls._steps((500, 5)))
        cls.step = cls.ladder.step_ids

    def test_users_read_rules_and_change_none(self):
        for user in (self.salesperson, self.officer):
            rule, step = self.ladder.with_user(user), self.step.with_user(user)
            self.assertTrue(rule.read(["sentence"])[0]["sentence"])
            self.assertEqual(step.points, 5)
            for act in (
                lambda rule=rule: rule.write({"min_amount": 5}),
                lambda rule=rule: rule.write({"step_ids": self._steps((900, 9))}),
                lambda rule=rule: rule.copy(),
                lambda rule=rule: rule._create_version(self._day("2099-01-01")),
                lambda step=step: step.write({"points": 6}),
                lambda step=step: step.unlink(),
                lambda step=step: step.create(
                    {"rule_id": self.ladder.id, "amount": 900, "points": 9}
                ),
            ):
                with self.assertRaises(AccessError):
                    act()
        self.assertEqual(self.step.points, 5)

    def test_salespeople_do_not_see_what_all_customers_got(self):
        with self.assertRaises(AccessError):
            self.rule.with_user(self.salesperson).read(["budget_used"])
        self.assertEqual(self.rule.with_user(self.officer).budget_used, 0)

    def test_another_company_sees_no_steps(self):
        other = self.setup_other_company()["company"]
        user = new_test_user(
            self.env,
            "rules_other",
            groups="sales_team.group_sale_manager,loyalty_b2b.group_loyalty_b2b_admin",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self.step.with_user(user).search([]))
        with self.assertRaises(AccessError):
            self.step.with_user(user).write({"points": 6})

    def test_a_pricelist_of_another_company_is_refused(self):
        other = self.setup_other_company()["company"]
        pricelist = self.env["product.pricelist"].create(
            {"name": "Elsewhere", "company_id": other.id}
        )
        with self.assertRaisesRegex(UserError, "Elsewhere"):
            self._create_rule(pricelist_ids=pricelist.ids)
