from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .tier_common import LoyaltyB2bTierCommon


@tagged("post_install", "-at_install")
class TestTierCondition(LoyaltyB2bTierCommon):
    """Rules that ask for a level."""

    def test_a_rule_gives_to_its_levels_only(self):
        self._create_rule(points=2, tier_ids=(self.gold | self.platinum).ids)
        expected = {None: 100, self.silver: 100, self.gold: 300, self.platinum: 300}
        for tier, points in expected.items():
            with self.subTest(tier and tier.name):
                self._put_on(tier)
                self.assertEqual(
                    self._points_of(self._create_invoice_of([100.0])), points
                )

    def test_an_order_promises_what_its_invoice_earns(self):
        self._create_rule(points=2, tier_ids=self.gold.ids)
        order = self._create_order([(self.product, 1, 100.0)])
        self.assertEqual(order._get_loyalty_b2b_promise(self.wallet).points, 100)
        self._put_on(self.gold)
        self.assertEqual(order._get_loyalty_b2b_promise(self.wallet).points, 300)
        order.action_confirm()
        self.assertEqual(self.wallet.sudo()._get_portal_expected(), 300)
        move = order._create_invoices()
        move.action_post()
        self.assertEqual(self._points_of(move), 300)

    def test_the_dialog_tries_with_the_level_of_the_customer(self):
        self._create_rule(points=2, tier_ids=self.gold.ids)
        move = self._create_invoice_of([100.0])
        self.assertEqual(move._try_loyalty_b2b(self.program.sudo()).points, 100)
        self._put_on(self.gold)
        self.assertEqual(move._try_loyalty_b2b(self.program.sudo()).points, 300)

    def test_the_sentence_names_the_levels(self):
        rule = self._create_rule(tier_ids=self.gold.ids)
        self.assertIn(", for level Gold", rule.sentence)
        rule.tier_ids |= self.silver
        self.assertIn(", for levels Silver or Gold", rule.sentence)
        self.gold.name = "Sun"
        self.assertIn(", for levels Silver or Sun", rule.sentence)

    def test_levels_go_over_to_a_new_version(self):
        rule = self._create_rule(tier_ids=self.gold.ids)
        version = rule._create_version(self._day("2099-01-01"))
        self.assertEqual(version.tier_ids, self.gold)
        self.assertEqual(version._prepare_engine_rule().tiers, set(self.gold.ids))

    def test_a_level_of_another_programme_is_refused(self):
        other = self._create_program(start=False, name="Other Club")
        foreign = self._create_tier("Bronze", 0, other)
        with self.assertRaisesRegex(
            ValidationError, "Rule Test asks for level Bronze of programme Other Club"
        ):
            self._create_rule(tier_ids=foreign.ids)
        rule = self._create_rule()
        with self.assertRaisesRegex(ValidationError, "its own programme"):
            rule.tier_ids = foreign

    def test_an_archived_level_is_refused(self):
        self.gold.action_archive()
        with self.assertRaisesRegex(ValidationError, "level Gold, which is archived"):
            self._create_rule(tier_ids=self.gold.ids)

    def test_a_level_that_a_rule_asks_for_stays(self):
        rule = self._create_rule(name="Gold week", tier_ids=self.gold.ids)
        for act in (self.gold.action_archive, self.gold.unlink):
            with self.assertRaisesRegex(UserError, "Rule Gold week is for level Gold"):
                act()
        rule.action_archive()
        self.gold.action_archive()
        # archived, it does not become a rule for everybody
        self.assertEqual(rule._prepare_engine_rule().tiers, set(self.gold.ids))

    def test_a_goal_for_a_level_is_shown_to_its_customers(self):
        self._create_rule(
            trigger="goal", effect="bonus", points=5, tier_ids=self.gold.ids
        )
        self.assertEqual(self.wallet._get_goals(), [])
        self._put_on(self.gold)
        self.assertEqual(len(self.wallet._get_goals()), 1)

    def test_the_form_offers_levels(self):
        with Form(self._create_rule()) as form:
            form.tier_ids.add(self.gold)
        self.assertEqual(form.record.tier_ids, self.gold)
        self.assertIn("for level Gold", form.record.caption_conditions)


@tagged("post_install", "-at_install")
class TestTierRule(LoyaltyB2bTierCommon):
    """A level that multiplies points, by a rule of its own."""

    def test_the_level_makes_its_rule(self):
        self.assertFalse(self.gold.rule_id)
        self.gold.factor = 1.5
        rule = self.gold.rule_id
        self.assertEqual(rule.name, "Level Gold")
        self.assertEqual((rule.effect, rule.factor), ("multiplier", 1.5))
        self.assertEqual(rule.tier_ids, self.gold)
        self.assertIn("1.5 times the points", rule.sentence)
        self.assertIn("for level Gold", rule.sentence)

    def test_the_rule_is_renamed_and_archived_with_its_level(self):
        self.gold.factor = 1.5
        rule = self.gold.rule_id
        self.gold.name = "Sun"
        self.assertEqual(rule.name, "Level Sun")
        self.gold.action_archive()
        self.assertFalse(rule.active)
        self.gold.action_unarchive()
        self.assertTrue(rule.active)
        self.gold.factor = 1
        self.assertFalse(rule.active)
        self.assertEqual(self.gold.rule_id, rule)

    def test_the_rule_is_called_by_the_level_in_every_language(self):
        self.env["res.lang"]._activate_lang("pl_PL")
        self.gold.with_context(lang="pl_PL").name = "Złoty"
        self.gold.factor = 1.5
        rule = self.gold.rule_id
        self.assertIn("Gold", rule.name)
        self.assertIn("Złoty", rule.with_context(lang="pl_PL").name)

    def test_a_factor_that_has_not_earned_is_simply_changed(self):
        self.gold.factor = 1.5
        rule = self.gold.rule_id
        self.gold.factor = 2
        self.assertEqual((self.gold.rule_id, rule.factor), (rule, 2))

    def test_a_factor_that_has_earned_makes_a_version_from_today_on(self):
        with self.on("2026-03-10"):
            self.gold.factor = 1.5
            self._put_on(self.gold)
            self._create_invoice_of([100.0])
        with self.on("2026-05-04"):
            old = self.gold.rule_id
            self.gold.factor = 2
            new = self.gold.rule_id
            self.assertEqual((new.version, new.root_id), (2, old))
            self.assertEqual(str(new.date_start), "2026-05-04")
            self.assertEqual(str(old.date_end), "2026-05-03")
            self.assertEqual((old.factor, new.factor), (1.5, 2))
            self.assertEqual((old | new).tier_ids, self.gold)
            move = self._create_invoice_of([100.0])
            self.assertEqual(self._points_of(move), 200)
            # it has earned on its first day: the next one begins on the next
            self.gold.factor = 3
            self.assertEqual(str(self.gold.rule_id.date_start), "2026-05-05")

    def test_nobody_changes_the_rule_but_by_the_level(self):
        self.gold.factor = 1.5
        rule = self.gold.rule_id
        for act in (
            lambda: rule.write({"factor": 9}),
            lambda: rule.write({"name": "Mine"}),
            lambda: rule.write({"date_end": "2030-01-01"}),
            rule.action_archive,
            rule.action_new_version,
            rule.unlink,
        ):
            with self.assertRaisesRegex(UserError, "belongs to level Gold"):
                act()

    def test_a_level_that_has_multiplied_points_is_archived_not_deleted(self):
        self.gold.factor = 1.5
        self._put_on(self.gold)
        self._create_invoice_of([100.0])
        self._put_on(None)
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            self.gold.unlink()

    def test_a_level_that_has_not_earned_is_deleted_with_its_rule(self):
        self.gold.factor = 1.5
        rule = self.gold.rule_id
        self.gold.unlink()
        self.assertFalse(rule.exists())
        self.assertEqual(self._points_of(self._create_invoice_of([100.0])), 100)

    def test_a_level_never_lowers_points(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.gold.write({"factor": 0.5})

    def test_a_rule_that_stops_the_others_does_not_stop_the_level(self):
        self.program.rule_ids.write({"stop": True})
        self.gold.factor = 1.5
        self._put_on(self.gold)
        self.assertEqual(self._points_of(self._create_invoice_of([100.0])), 150)


@tagged("post_install", "-at_install")
class TestTierMultiplierDocuments(LoyaltyB2bTierCommon):
    """What a multiplying level does to real invoices and credit notes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gold.factor = 1.5
        cls._put_on(cls.gold)

    def _entry(self, move):
        return self.env["loyalty.b2b.entry"].search([("move_id", "=", move.id)])

    def test_each_line_explains_the_level_and_the_rows_sum_up(self):
        move = self._create_invoice_of([100.0, 33.0])
        entry = self._entry(move)
        self.assertEqual(entry.points, 199)  # 133 × 1.5 = 199.5
        self.assertEqual(sum(entry.line_ids.mapped("points")), 199)
        by_level = entry.line_ids.filtered(lambda line: line.rule_id.by_tier_id)
        self.assertEqual(len(by_level), 2)
        self.assertEqual(set(by_level.mapped("rate_text")), {"Level Gold: 1.5 ×"})
        self.assertEqual(sum(by_level.mapped("points")), 66)
        # first what it multiplies
        self.assertEqual(
            entry.why_ids.mapped("effect"), ["proportional", "multiplier"] * 2
        )

    def test_a_credit_note_takes_back_at_the_frozen_factor(self):
        move = self._create_invoice_of([100.0, 100.0])
        self._put_on(self.silver)
        self.gold.factor = 3
        credit = self._credit(move, [100.0])
        self.assertEqual(self._points_of(credit), -150)
        rest = self._credit(move, [100.0])
        self.assertEqual(self._points_of(move | credit | rest), 0)

    def test_the_second_invoice_of_an_order_goes_by_the_level_of_its_day(self):
        order = self._create_order([(self.product, 10, 10.0)], confirm=True)
        first = order._create_invoices()
        first.invoice_line_ids.quantity = 4
        first.action_post()
        self._put_on(None)
        second = order._create_invoices()
        second.action_post()
        self.assertEqual(self._points_of(first), 60)
        self.assertEqual(self._points_of(second), 60)

    def test_explanations_name_the_level_the_points_were_booked_on(self):
        entry = self._entry(self._create_invoice_of([100.0]))
        self.gold.name = "Sun"
        line = entry.line_ids.filtered(lambda line: line.rule_id.by_tier_id)
        self.assertEqual(line.rate_text, "Level Gold: 1.5 ×")


@tagged("post_install", "-at_install")
class TestTierCopy(LoyaltyB2bTierCommon):
    """A copied programme has levels of its own."""

    def test_rules_of_a_copy_ask_for_its_own_levels(self):
        self.gold.factor = 1.5
        self._create_rule(name="Both", tier_ids=(self.silver | self.gold).ids)
        copied = self.program.copy()
        self.assertEqual(copied.tier_ids.mapped("name"), ["Silver", "Gold", "Platinum"])
        self.assertFalse(copied.tier_ids & self.program.tier_ids)
        both = copied.rule_ids.filtered(lambda rule: rule.name == "Both")
        self.assertEqual(both.tier_ids, copied.tier_ids[:2])
        self.assertEqual(len(copied.rule_ids), 3)

    def test_a_copied_level_has_one_rule_of_its_own(self):
        self.gold.factor = 1.5
        copied = self.program.copy()
        gold = copied.tier_ids[1]
        self.assertEqual(len(gold.rule_ids), 1)
        self.assertEqual(gold.rule_id.tier_ids, gold)
        self.assertEqual(gold.rule_id.factor, 1.5)
        gold.factor = 2
        self.assertEqual((gold.rule_id.factor, self.gold.rule_id.factor), (2, 1.5))
        rules = copied.rule_ids
        copied.unlink()
        self.assertFalse(rules.exists())

    def test_a_rule_for_archived_levels_is_for_nobody_in_the_copy(self):
        rule = self._create_rule(name="Both", tier_ids=self.gold.ids)
        rule.date_end = "2020-01-01"
        self.gold.action_archive()
        copied = self.program.copy()
        found = copied.with_context(active_test=False).rule_ids
        self.assertFalse(found.filtered(lambda rule: rule.name == "Both").active)

    def test_a_programme_may_be_created_with_levels_that_multiply(self):
        program = self._create_program(
            start=False,
            name="Other",
            tier_ids=[Command.create({"name": "Gold", "threshold": 5, "factor": 1.25})],
        )
        self.assertEqual(program.tier_ids.rule_id.program_id, program)
        self.assertFalse(program.tier_ids.rule_id.date_start)
