from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..models.program_tier_screens import BY_DIALOG
from .levels_common import LevelsCommon


@tagged("post_install", "-at_install")
class TestTiers(LevelsCommon):
    """What makes a level rise and fall; each number is worked out by hand."""

    # === UP === #

    def test_a_threshold_reached_exactly_gives_the_level_at_once(self):
        self._invoice_on("2026-03-01", 499.99)
        self.assertLevel(None)
        self._invoice_on("2026-03-02", 0.01)
        self.assertLevel(self.silver, "2026-12-31")
        self.assertEqual(self.wallet.tier_since, self._day("2026-03-02"))
        self.assertHistory(("2026-03-02", "reached", None, "Silver"))
        self.assertEqual(self.wallet.tier_change_ids.measure, 500)

    def test_a_level_may_be_skipped_upwards(self):
        self._invoice_on("2026-03-01", 1000.0)
        self.assertLevel(self.gold, "2026-12-31")
        self.assertHistory(("2026-03-01", "reached", None, "Gold"))

    def test_settling_again_changes_nothing(self):
        self._invoice_on("2026-03-01", 600.0)
        with self.on("2026-03-05"):
            self._settle_now()
        self._run_on("2026-03-05")
        self.assertEqual(self.wallet.tier_since, self._day("2026-03-01"))
        self.assertHistory(("2026-03-01", "reached", None, "Silver"))

    def test_the_nightly_step_repairs_a_rise_that_was_missed(self):
        self._invoice_on("2026-03-01", 600.0, settle=False)
        self.assertLevel(None)
        self._run_on("2026-03-02")
        self.assertLevel(self.silver, "2026-12-31")

    def test_the_invoice_that_crosses_earns_with_the_level_before_it(self):
        """Gold doubles points, from the next invoice on; so does a batch as a whole."""
        self._multiply(self.gold, 2.0)
        crossing = self._invoice_on("2026-03-01", 1000.0, settle=False)
        self.assertEqual(self._points_of(crossing), 1000)
        with self.on("2026-03-01"):
            self._settle_now()
        self.assertEqual(self._points_of(crossing), 1000)
        after = self._invoice_on("2026-03-02", 100.0)
        self.assertEqual(self._points_of(after), 200)

    def test_a_batch_of_invoices_earns_with_the_level_before_it(self):
        self._multiply(self.gold, 2.0)
        with self.on("2026-03-01"):
            moves = self._create_invoice_of([700.0], post=False)
            moves |= self._create_invoice_of([700.0], post=False)
            moves._post()
            self._settle_now()
        self.assertEqual(self._points_of(moves), 1400)
        self.assertLevel(self.gold, "2026-12-31")

    def test_an_order_promises_what_its_invoice_earns(self):
        self._multiply(self.gold, 2.0)
        self._invoice_on("2026-03-01", 1000.0)
        with self.on("2026-03-02"):
            order = self._create_order([(self.product, 1, 100.0)], confirm=True)
            promise = order._get_loyalty_b2b_promise(self.wallet.sudo()).points
            invoice = order._create_invoices()
            invoice.action_post()
        self.assertEqual((promise, self._points_of(invoice)), (200, 200))

    def test_the_level_of_one_programme_counts_in_that_one_only(self):
        self.company.loyalty_b2b_several_programs = True
        other = self._create_program(name="Other")
        self._enrol(self.customer, program=other)
        self._multiply(self.silver.copy({"program_id": other.id, "threshold": 0}), 3.0)
        self._multiply(self.gold, 2.0)
        self._invoice_on("2026-03-01", 1000.0)
        invoice = self._invoice_on("2026-03-02", 100.0)
        points = {e.program_id: e.points for e in self._entries(invoice)}
        self.assertEqual(points, {self.program: 200, other: 100})

    def _multiply(self, tier, factor):
        """Let a level multiply points from New Year on."""
        with self.on("2026-01-01"):
            tier.factor = factor

    def _entries(self, move):
        return self.env["loyalty.b2b.entry"].search([("move_id", "=", move.id)])

    def test_everybody_has_a_level_from_0_from_joining_on_and_for_good(self):
        basic = self.program.tier_ids.create(
            {"name": "Basic", "program_id": self.program.id, "threshold": 0}
        )
        with self.on("2026-03-01"):
            wallet = self._enrol(self._create_customer("Nowa", "7010001454"))
        self.assertLevel(basic, None, wallet)
        self._run_on("2027-06-01")
        self.assertHistory(("2026-03-01", "reached", None, "Basic"), wallet=wallet)

    def test_lower_thresholds_raise_by_the_job_and_higher_ones_lower_nobody(self):
        self._invoice_on("2026-03-01", 600.0)
        with self.on("2026-03-02"):
            self._change_threshold(self.gold, 600)
            self.assertTrue(self.program.tier_changed)
            self.env["loyalty.b2b.wallet"]._cron_settle()
            self.assertFalse(self.program.tier_changed)
        self.assertLevel(self.gold, "2026-12-31")
        with self.on("2026-03-03"):
            self._change_threshold(self.gold, 2000)
            self.env["loyalty.b2b.wallet"]._cron_settle()
        self.assertLevel(self.gold, "2026-12-31")
        self.assertHistory(
            ("2026-03-01", "reached", None, "Silver"),
            ("2026-03-02", "terms", "Silver", "Gold"),
        )

    def test_a_threshold_changed_while_the_job_runs_is_not_lost(self):
        self._invoice_on("2026-03-01", 600.0)
        wallets = self.env["loyalty.b2b.wallet"]
        raise_job = type(wallets)._raise_job

        def change_meanwhile(batch):
            raise_job(batch)
            self._change_threshold(self.gold, 600)

        with self.on("2026-03-02"):
            self._change_threshold(self.gold, 900)
            with patch.object(type(wallets), "_raise_job", change_meanwhile):
                wallets._cron_settle()
            self.assertLevel(self.silver, "2026-12-31")
            self.assertTrue(self.program.tier_changed)
            wallets._cron_settle()
        self.assertLevel(self.gold, "2026-12-31")
        self.assertFalse(self.program.tier_changed)

    def test_a_job_that_is_broken_off_lets_customers_rise_later(self):
        self._invoice_on("2026-03-01", 600.0)
        wallets = type(self.env["loyalty.b2b.wallet"])
        with self.on("2026-03-02"):
            self._change_threshold(self.gold, 600)
            with patch.object(wallets, "_run_batches", return_value=False):
                self.assertFalse(self.program._apply_tier_terms())
            self.assertTrue(self.program.tier_changed)
            with (
                patch.object(wallets, "_run_batches", side_effect=ValueError("broken")),
                patch.object(self.env.cr, "rollback"),
                self.assertRaisesRegex(ValueError, "broken"),
            ):
                self.program._apply_tier_terms()
            self.assertTrue(self.program.tier_changed)

    def _change_threshold(self, tier, threshold):
        tier.with_context(loyalty_b2b_thresholds=BY_DIALOG).threshold = threshold

    # === WHAT COUNTS === #

    def test_turnover_is_the_untaxed_money_of_documents(self):
        """Also where it earns nothing, and after discounts for points; 1000 = 10.00."""
        excluded = self._create_goods("Fuel", 100.0)
        self.program.excluded_product_ids = excluded
        self._invoice_on("2026-03-01", 200.0, (excluded, 2, 50.0))
        self.assertMeasure("2026-03-01", 300)
        self._give_points(1000)
        with self.on("2026-03-02"):
            order = self._create_order([(self.product, 1, 150.0)])
            self._use_points(order, 1000)
            order.action_confirm()
            order._create_invoices().action_post()
        self.assertMeasure("2026-03-02", 300 + 150 - 10)

    def test_turnover_counts_a_line_once_however_many_rules_it_earns_by(self):
        self.program.rule_ids = [
            Command.create({"name": "More", "points": 1, "amount": 1.0}),
            Command.create(
                {"name": "Own life", "points": 1, "amount": 1.0, "expiry_months": 3}
            ),
        ]
        invoice = self._invoice_on("2026-03-01", 100.0)
        self.assertEqual(self._points_of(invoice), 300)
        self.assertMeasure("2026-03-01", 100)
        self._credit_on("2026-03-02", invoice, 30.0)
        self.assertMeasure("2026-03-02", 70)

    def test_turnover_is_in_the_currency_of_the_programme(self):
        euro = self.setup_other_currency("EUR", rates=[("2000-01-01", 0.25)])
        self._invoice_on("2026-03-01", 100.0, currency_id=euro.id)
        self.assertMeasure("2026-03-01", 400)

    def test_points_count_what_was_earned_less_what_was_taken_back(self):
        """Bonuses, openings, corrections and points given back are not earned."""
        self.program.tier_measure = "points"
        self.program.rule_ids = [
            Command.create(
                {
                    "name": "First",
                    "trigger": "first_order",
                    "effect": "order",
                    "points": 5000,
                }
            )
        ]
        self._give_points(3000)
        invoice = self._invoice_on("2026-03-01", 400.0)
        self.assertEqual(sum(self.wallet.entry_ids.mapped("points")), 8400)
        self.assertMeasure("2026-03-01", 400)
        self._credit_on("2026-03-02", invoice, 100.0)
        self.assertMeasure("2026-03-02", 300)
        with self.on("2026-03-02"):
            self.wallet._adjust(700, "test:1", "Complaint")
            self._settle_now()
        self.assertMeasure("2026-03-02", 300)

    def test_orders_are_counted_while_anything_of_them_stands(self):
        """In the period of their first document."""
        self.program.tier_measure = "orders"
        self.silver.threshold, self.gold.threshold = 2, 3
        first = self._invoice_on("2026-03-01", 10.0)
        self._invoice_on("2026-03-01", 20.0)
        self.assertLevel(self.silver, "2026-12-31")
        self.assertMeasure("2026-03-01", 2)
        self._credit_on("2026-03-02", first, 4.0)
        self.assertMeasure("2026-03-02", 2)
        self._credit_on("2026-03-03", first, 6.0)
        self.assertMeasure("2026-03-03", 1)
        with self.on("2025-12-30"):
            order = self._create_order([(self.product, 2, 50.0)], confirm=True)
            invoice = order._create_invoices()
            invoice.invoice_line_ids.quantity = 1
            invoice.action_post()
        with self.on("2026-01-02"):
            order._create_invoices().action_post()
        found = self._query_on("2026-03-03", self.wallet)
        self.assertEqual((found["previous"], found["running"]), (1, 1))

    def test_what_waits_for_payment_counts_once_it_is_paid_in_its_own_year(self):
        """An invoice of December that is paid in January raises within the grace."""
        self.program.activation = "payment"
        invoice = self._invoice_on("2025-12-10", 600.0)
        self.assertMeasure("2025-12-11", 0)
        with self.on("2026-01-20"):
            self._register_payment(invoice)
            self._settle_now()
        self.assertMeasure("2026-01-20", 0)
        self.assertLevel(self.silver, "2025-12-31")
        self.assertHistory(("2026-01-20", "reached", None, "Silver"))

    def test_a_payment_undone_counts_no_more_until_it_is_paid_again(self):
        self.program.activation = "payment"
        invoice = self._invoice_on("2026-02-10", 600.0)
        for amount in (600, 600):
            with self.on("2026-02-20"):
                payment = self._register_payment(invoice)
                self._settle_now()
            self.assertMeasure("2026-02-20", amount)
            with self.on("2026-02-21"):
                payment.action_draft()
                payment.action_cancel()
                self._notice()
                self._settle_now()
            self.assertMeasure("2026-02-21", 0)
        self.assertEqual(self.wallet._verify(), [])

    def test_an_unpaid_invoice_credited_in_part_without_points(self):
        """1 point for each full 100: 1 050 and 1 030 earn 10; 1 030 is paid."""
        self.program.activation = "payment"
        self.program.rule_ids.write({"effect": "step", "amount": 100.0})
        invoice = self._invoice_on("2026-02-10", 1050.0)
        note = self._credit_on("2026-02-11", invoice, 20.0)
        self.assertEqual(self._entries(note).state, "pending")
        self.assertMeasure("2026-02-11", 0)
        with self.on("2026-02-20"):
            self._register_payment(invoice)
            self._settle_now()
        self.assertEqual(self._points_of(invoice | note), 10)
        self.assertMeasure("2026-02-20", 1030)
        self.assertEqual(self.wallet._verify(), [])

    def test_a_reset_invoice_counts_no_more_and_once_when_posted_again(self):
        invoice = self._invoice_on("2026-02-10", 400.0)
        with self.on("2026-02-11"):
            invoice.button_draft()
            self._settle_now()
        self.assertMeasure("2026-02-11", 0)
        with self.on("2026-02-12"):
            invoice.action_post()
            self._settle_now()
        self.assertMeasure("2026-02-12", 400)

    def test_a_credit_note_counts_in_the_year_of_what_it_corrects(self):
        self._check_credit_of_last_year(points=300)

    def test_a_credit_note_that_takes_no_points_does_so_too(self):
        self.program.rule_ids.write({"effect": "step", "amount": 10**6})
        self._check_credit_of_last_year(points=0)

    def _check_credit_of_last_year(self, points):
        """500 in December, 200 of it credited in January, which is undone then."""
        invoice = self._invoice_on("2025-12-10", 500.0)
        note = self._credit_on("2026-01-20", invoice, 200.0)
        self._invoice_on("2026-01-25", 50.0)
        found = self._query_on("2026-01-25", self.wallet)
        self.assertEqual((found["previous"], found["running"]), (300, 50))
        self.assertEqual(self._points_of(invoice | note), points)
        with self.on("2026-01-26"):
            note.button_draft()
        found = self._query_on("2026-01-26", self.wallet)
        self.assertEqual((found["previous"], found["running"]), (500, 50))
        self.assertEqual(self.wallet._verify(), [])

    def test_down_payments_are_no_turnover_of_their_own(self):
        with self.on("2025-12-10"):
            order = self._create_order([(self.product, 10, 100.0)], confirm=True)
            wizard = self.env["sale.advance.payment.inv"].with_context(
                active_ids=order.ids, active_model="sale.order"
            )
            wizard.create(
                {"advance_payment_method": "percentage", "amount": 50}
            ).create_invoices()
            order.invoice_ids.action_post()
        self.assertMeasure("2025-12-10", 0)
        with self.on("2026-01-10"):
            order._create_invoices(final=True).action_post()
        found = self._query_on("2026-01-10", self.wallet)
        self.assertEqual((found["previous"], found["running"]), (0, 1000))

    def test_an_unlinked_credit_note_counts_on_its_own_day(self):
        self._invoice_on("2025-12-10", 500.0)
        self._invoice_on("2026-01-10", 300.0)
        with self.on("2026-01-20"):
            self._create_invoice_of([50.0], move_type="out_refund")
        found = self._query_on("2026-01-20", self.wallet)
        self.assertEqual((found["previous"], found["running"]), (500, 250))

    def _query_on(self, day, wallet):
        with self.on(day):
            return wallet._query_tier_measures(self.program)[0]

    # === PERIODS === #

    def test_a_calendar_year_ends_on_new_year_s_eve(self):
        self._invoice_on("2025-12-31", 499.0)
        self._invoice_on("2026-01-01", 100.0)
        self.assertLevel(None)
        found = self._query_on("2026-01-01", self.wallet)
        self.assertEqual((found["previous"], found["running"]), (499, 100))

    def test_the_last_twelve_months_roll(self):
        """On 10 March 2026 they begin on 11 March 2025."""
        self.program.tier_period = "rolling"
        self._invoice_on("2025-03-10", 400.0)
        self._invoice_on("2026-03-09", 100.0)
        self.assertLevel(self.silver, "2027-03-08")
        self.assertMeasure("2026-03-10", 100)
        found = self._progress_on("2026-03-10")
        self.assertEqual((found["missing"], found["by"]), (900, None))

    def test_a_year_of_membership_begins_with_the_day_of_joining(self):
        self.program.tier_period = "membership"
        self.wallet.date_joined = "2024-03-10"
        self._invoice_on("2026-03-09", 300.0)
        self._invoice_on("2026-03-10", 400.0)
        self.assertLevel(None)
        found = self._query_on("2026-03-10", self.wallet)
        self.assertEqual((found["previous"], found["running"]), (300, 400))
        self.assertEqual(found["end"], self._day("2027-03-09"))

    # === DOWN === #

    def test_a_level_is_kept_to_the_last_day_of_the_grace_and_falls_by_one(self):
        """Gold of 2025; 0 in 2026. 31 December 2026 and 60 days: 1 March 2027."""
        self._invoice_on("2025-05-10", 1200.0)
        self.assertLevel(self.gold, "2025-12-31")
        self._run_on("2026-03-02")
        self.assertLevel(self.gold, "2026-12-31")
        self._run_on("2027-03-01")
        self.assertLevel(self.gold, "2026-12-31")
        self._run_on("2027-03-02")
        self.assertLevel(self.silver, "2027-12-31")
        self._run_on("2028-02-29")
        self.assertLevel(self.silver, "2027-12-31")
        self._run_on("2028-03-01")
        self.assertLevel(None)
        self.assertHistory(
            ("2025-05-10", "reached", None, "Gold"),
            ("2026-03-02", "kept", "Gold", "Gold"),
            ("2027-03-02", "lost", "Gold", "Silver"),
            ("2028-03-01", "lost", "Silver", None),
        )
        self.assertEqual(self.wallet._verify(), [])

    def test_spending_lowers_no_level(self):
        self._invoice_on("2026-05-10", 1200.0)
        with self.on("2026-05-11"):
            self.wallet._consume(self.wallet._hold(1200, "hold:1"))
            self._settle_now()
        self._run_on("2026-06-01")
        self.assertLevel(self.gold, "2026-12-31")
        self.assertMeasure("2026-06-01", 1200)

    def test_a_credit_note_lowers_no_level_before_the_review(self):
        """1 200 less 800, booked within the grace, is Silver's 400 too little."""
        invoice = self._invoice_on("2025-05-10", 1200.0)
        self._credit_on("2026-02-10", invoice, 800.0)
        self.assertLevel(self.gold, "2025-12-31")
        self._run_on("2026-03-02")
        self.assertLevel(self.silver, "2026-12-31")

    def test_a_credit_note_after_the_review_counts_no_more(self):
        invoice = self._invoice_on("2025-05-10", 1200.0)
        self._run_on("2026-03-02")
        self._credit_on("2026-03-03", invoice, 800.0)
        self._run_on("2026-03-04")
        self.assertLevel(self.gold, "2026-12-31")

    def test_what_is_reached_within_the_grace_keeps_the_level(self):
        self._invoice_on("2024-05-10", 1200.0)
        self._run_on("2025-03-02")
        self.assertLevel(self.gold, "2025-12-31")
        self.assertMeasure("2026-01-10", 1000, "keep_missing")
        self._invoice_on("2026-02-10", 1000.0)
        self.assertMeasure("2026-02-10", 0, "keep_missing")
        self._run_on("2026-03-02")
        self.assertLevel(self.gold, "2026-12-31")

    def test_nobody_falls_below_a_level_kept_for_good(self):
        self.silver.is_lasting = True
        self._invoice_on("2024-05-10", 1200.0)
        self._run_on("2025-03-02")
        self._run_on("2026-03-02")
        self.assertLevel(self.silver, None)
        self._run_on("2028-03-02")
        self.assertLevel(self.silver, None)
        self.assertMeasure("2028-03-02", 0, "keep_missing")

    def test_a_level_that_lasts_no_more_is_granted_to_the_end_of_the_period(self):
        self.silver.is_lasting = True
        self._invoice_on("2024-05-10", 600.0)
        self.assertLevel(self.silver, None)
        self.silver.is_lasting = False
        self._run_on("2026-05-10")
        self.assertLevel(self.silver, "2026-12-31")

    def test_of_the_last_twelve_months_those_before_the_review_count(self):
        """Reached on 10 March 2025, until 9 March 2026, looked at on 9 May."""
        self.program.tier_period = "rolling"
        self._invoice_on("2025-03-10", 1200.0)
        self.assertLevel(self.gold, "2026-03-09")
        self._invoice_on("2025-05-10", 500.0)
        self._run_on("2026-05-08")
        self.assertLevel(self.gold, "2026-03-09")
        self._run_on("2026-05-09")
        self.assertLevel(self.silver, "2027-03-09")
        self.assertEqual(self.wallet.tier_change_ids[:1].measure, 500)

    def test_wallets_that_left_are_left_alone(self):
        self._invoice_on("2025-05-10", 1200.0)
        self.wallet.action_leave()
        self._run_on("2028-03-02")
        self.assertLevel(self.gold, "2025-12-31")

    # === THE STEP === #

    def test_run_now_says_how_many_levels_were_looked_at(self):
        self._invoice_on("2025-05-10", 1200.0)
        with self.on("2026-03-02"):
            message = self.program.action_run_daily()["params"]["message"]
        self.assertIn("Levels reviewed, or ended that were set by hand: 1", message)

    def test_settling_costs_one_query_with_levels_and_none_without(self):
        entries = self._invoice_on("2026-03-01", 10.0, settle=False)
        ids = self._entries(entries).ids
        wallets = self.wallet.sudo()
        with self.on("2026-03-01"):
            wallets._settle_tiers(ids)
            with self.assertQueryCount(1):
                wallets._settle_tiers(ids)
            self.program.tier_ids.unlink()
            wallets._settle_tiers(ids)
            with self.assertQueryCount(0):
                wallets._settle_tiers(ids)

    def test_posting_costs_no_query_more_with_levels(self):
        counts = []
        for turn in range(3):
            with self.on("2026-03-01"):
                move = self._create_invoice_of([10.0], post=False)
                self.env.flush_all()
                before = self.cr.sql_log_count
                move._post()
                self.env.flush_all()
                counts.append(self.cr.sql_log_count - before)
            if turn == 1:
                self.program.tier_ids.unlink()
                self.program._get_tier_terms()
        self.assertLessEqual(counts[1], counts[2])

    def test_the_effect_of_other_thresholds_is_told_and_nothing_written(self):
        """600, 1 200 and nothing; Silver from 700, Gold from 1 100, Top from 1 150."""
        others = [
            self._enrol(self._create_customer(name)) for name in ("Inna", "Trzecia")
        ]
        self._invoice_on("2026-03-01", 600.0)
        self._invoice_on("2026-03-01", 1200.0, partner=others[0].partner_id)
        with self.on("2026-03-01"):
            self._settle_now(others[0])
            effect = self.program._query_tier_effect(
                {self.silver.id: 700, self.gold.id: 1100, "top": 1150}
            )
        self.assertEqual(
            effect,
            {
                None: {"now": 1, "rising": 0, "falling": 0, "unchanged": 1},
                self.silver.id: {"now": 1, "rising": 0, "falling": 1, "unchanged": 0},
                self.gold.id: {"now": 1, "rising": 0, "falling": 0, "unchanged": 0},
                "top": {"now": 0, "rising": 1, "falling": 0, "unchanged": 0},
            },
        )
        self.assertLevel(self.silver, "2026-12-31")
        with self.on("2026-03-01"):
            effect = self.program._query_tier_effect({self.gold.id: 500})
        self.assertEqual(effect[self.silver.id]["falling"], 0)
        self.assertEqual(effect[self.gold.id]["rising"], 1)


@tagged("post_install", "-at_install")
class TestTierNotices(LevelsCommon):
    """What customers are told of their level, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.notices = True

    def _get_notices(self):
        notices = self.env["loyalty.b2b.notice"].search(
            [("wallet_id", "=", self.wallet.id)], order="id"
        )
        return [
            (notice.topic, notice.data)
            for notice in notices
            if notice.topic.startswith("tier")
        ]

    def test_a_level_reached_ending_and_lost(self):
        """Gold of 2025; 400 in 2026: 600 are missing from 1 December on."""
        self._invoice_on("2025-05-10", 1200.0)
        self._run_on("2026-03-02")
        self._invoice_on("2026-05-10", 400.0)
        for day in ("2026-11-30", "2026-12-01", "2026-12-02", "2027-03-02"):
            self._run_on(day)
        gold, silver = self.gold.id, self.silver.id
        self.assertEqual(
            self._get_notices(),
            [
                ("tier_reached", {"tier_id": gold, "until": "2025-12-31"}),
                (
                    "tier_ending",
                    {"tier_id": gold, "until": "2026-12-31", "missing": 600.0},
                ),
                ("tier_lost", {"tier_id": gold, "to_id": silver}),
            ],
        )

    def test_a_level_that_last_year_gave_within_the_grace_is_told_without_an_end(self):
        self._invoice_on("2025-12-10", 600.0, settle=False)
        self._run_on("2026-01-02")
        self.assertLevel(self.silver, "2025-12-31")
        self.assertEqual(
            self._get_notices(),
            [("tier_reached", {"tier_id": self.silver.id, "until": None})],
        )

    def test_whose_level_is_safe_is_told_nothing_of_its_end(self):
        self._invoice_on("2026-05-10", 600.0)
        self._run_on("2026-12-10")
        self.assertEqual(
            [topic for topic, _data in self._get_notices()], ["tier_reached"]
        )

    def test_a_level_set_by_hand_is_told_and_the_earned_one_below_it_is_not(self):
        with self.on("2026-03-01"):
            self.wallet._set_tier(self.gold, "Contract", self._day("2026-06-30"))
        self._invoice_on("2026-05-10", 600.0)
        self._run_on("2026-07-01")
        self.assertEqual(
            self._get_notices(),
            [
                (
                    "tier_reached",
                    {"tier_id": self.gold.id, "until": "2026-06-30"},
                ),
                ("tier_lost", {"tier_id": self.gold.id, "to_id": self.silver.id}),
            ],
        )

    def test_what_everybody_has_from_joining_on_is_no_news(self):
        self.silver.threshold = 0
        with self.on("2026-03-01"):
            self._run_on("2026-03-01")
        self.assertLevel(self.silver)
        self.assertEqual(self._get_notices(), [])
