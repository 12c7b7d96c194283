from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common import LoyaltyB2bCommon


class BonusCommon(LoyaltyB2bCommon):
    """A programme with 1 point per 1.00 net and a rule that counts later."""

    def _add_rule(self, **values):
        self.program.rule_ids = [Command.create({"name": "Bonus", **values})]
        return self.program.rule_ids.sorted("id")[-1]

    def _settle(self):
        self.env.cr.flush()
        self.wallet._lock()
        self.wallet._settle()
        self.wallet._invalidate_figures()

    def _get_bonuses(self):
        """Return the points that rules which count later gave and took, in order."""
        self._settle()
        entries = self._find_bonuses()
        self.assertSettled()
        return [int(points) for points in entries.mapped("points")]

    def _find_bonuses(self):
        entries = self.wallet.entry_ids.sorted("id")
        return entries.filtered(
            lambda e: (e.group_ref or "").startswith(("bonus:", "goal:"))
        )

    def assertSettled(self):
        """Check that settling again books nothing and every point is explained."""
        before = self.wallet.entry_ids
        before.filtered("group_ref")._write({"to_settle": True})
        self._settle()
        self.wallet.invalidate_recordset()
        self.assertEqual(self.wallet.entry_ids, before)
        self.assertEqual(self.wallet._verify(), [])
        for entry in self._find_bonuses():
            self.assertEqual(sum(entry.line_ids.mapped("points")), entry.points)

    def _pay(self, move, day=None, amount=None):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        values = {"payment_date": day or move.invoice_date}
        payment = wizard.create({**values, **({"amount": amount} if amount else {})})
        result = payment._create_payments()
        self.env.cr.flush()
        return result

    def _undo(self, payment):
        payment.action_draft()
        payment.action_cancel()
        self.env.cr.flush()


@tagged("post_install", "-at_install")
class TestFirstOrder(BonusCommon):
    """A bonus on the first order that stands."""

    def setUp(self):
        super().setUp()
        self.rule = self._add_rule(trigger="first_order", effect="order", points=500)

    def test_the_first_order_and_no_other(self):
        first = self._create_invoice_of([100.0], invoice_date="2026-01-10")
        self.assertEqual(self._get_bonuses(), [500])
        self._create_invoice_of([100.0], invoice_date="2026-01-11")
        self.assertEqual(self._get_bonuses(), [500])
        bonus = self._find_bonuses()
        self.assertEqual(bonus.kind, "bonus")
        self.assertEqual(bonus.move_id, first)
        self.assertEqual(bonus.line_ids.rule_id, self.rule)
        self.assertEqual(str(bonus.date_expiry), "2028-01-10")
        self.assertWallet(balance=700, available=700)

    def test_an_earlier_order_posted_later_becomes_the_first(self):
        self._create_invoice_of([100.0], invoice_date="2026-01-10")
        self.assertEqual(self._get_bonuses(), [500])
        earlier = self._create_invoice_of([10.0], invoice_date="2026-01-09")
        self.assertEqual(self._get_bonuses(), [500, -500, 500])
        self.assertEqual(self._find_bonuses()[-1].move_id, earlier)

    def test_a_credited_first_order_hands_the_bonus_to_the_next(self):
        first = self._create_invoice_of([100.0], invoice_date="2026-01-10")
        self._get_bonuses()
        self._credit(first, [40.0])
        self.assertEqual(self._get_bonuses(), [500])
        self._credit(first, [60.0])
        self.assertEqual(self._get_bonuses(), [500, -500])
        self.assertWallet(balance=0)
        second = self._create_invoice_of([70.0], invoice_date="2026-01-20")
        self.assertEqual(self._get_bonuses(), [500, -500, 500])
        self.assertEqual(self._find_bonuses()[-1].move_id, second)
        self.assertWallet(balance=570)

    def test_of_two_merged_wallets_one_first_order_is_left(self):
        self._create_invoice_of([100.0], invoice_date="2026-01-10")
        other = self._create_customer("Twin")
        twin = self._enrol(other)
        first = self._create_invoice_of(
            [70.0], partner=other, invoice_date="2026-01-09"
        )
        self._get_bonuses()
        twin._lock()
        twin._settle()
        twin._invalidate_figures()
        self.assertEqual(twin.balance, 570)
        self.wallet._merge(twin)
        self.wallet._invalidate_figures()
        self.assertWallet(balance=670)
        self.assertEqual(self._get_bonuses(), [500, 500, -500])
        taken = self._find_bonuses()[-1]
        self.assertNotEqual(taken.reversed_entry_id.move_id, first)

    def test_a_cancelled_first_order_posted_again_has_its_bonus_again(self):
        first = self._create_invoice_of([100.0], invoice_date="2026-01-10")
        self._get_bonuses()
        first.button_draft()
        self.assertEqual(self._get_bonuses(), [500, -500])
        first.action_post()
        self.assertEqual(self._get_bonuses(), [500, -500, 500])
        lot, _taken, again = self._find_bonuses()
        self.assertEqual(again.root_entry_id, lot)
        self.assertEqual(again.date_expiry, lot.date_expiry)

    def test_in_proportion_and_from_a_minimum(self):
        self.rule.write(
            {"effect": "proportional", "points": 2, "amount": 1.0, "min_amount": 50.0}
        )
        first = self._create_invoice_of([60.0, 40.0])
        self.assertEqual(self._get_bonuses(), [200])
        self._credit(first, [40.0])
        self.assertEqual(self._get_bonuses(), [200, -80])
        self._credit(first, [10.01])
        # 49.99 is below the minimum, and still the first order
        self.assertEqual(self._get_bonuses(), [200, -80, -120])
        self._create_invoice_of([100.0])
        self.assertEqual(self._get_bonuses(), [200, -80, -120])

    def test_where_points_wait_for_payment_the_first_paid_order_counts(self):
        self.program.activation = "payment"
        first = self._create_invoice_of([100.0], invoice_date="2026-01-10")
        second = self._create_invoice_of([10.0], invoice_date="2026-01-11")
        self.assertEqual(self._get_bonuses(), [])
        payment = self._pay(second)
        self.assertEqual(self._get_bonuses(), [500])
        self._pay(first)
        self.assertEqual(self._get_bonuses(), [500, -500, 500])
        self._undo(payment)
        self.assertEqual(self._get_bonuses(), [500, -500, 500])
        self.assertEqual(self._find_bonuses()[-1].move_id, first)

    def test_an_undone_payment_is_seen_though_the_order_itself_earned_nothing(self):
        self.program.activation = "payment"
        self.program.rule_ids.filtered(lambda r: r.trigger == "purchase").active = False
        first = self._create_invoice_of([100.0])
        payment = self._pay(first)
        self.assertEqual(self._get_bonuses(), [500])
        self._undo(payment)
        self.assertEqual(self._get_bonuses(), [500, -500])

    def test_an_expired_bonus_is_taken_back_once(self):
        today = fields.Date.today()
        self.program.expiry_months = 1
        first = self._create_invoice_of([100.0], invoice_date=today)
        self.assertEqual(self._get_bonuses(), [500])
        with self.on(today + timedelta(days=60)):
            self.wallet._expire()
            self.assertWallet(balance=0)
            self._credit(first)
            self.assertEqual(self._get_bonuses(), [500, -500])
            self.assertWallet(balance=0, available=0)

    def test_no_bonus_after_leaving(self):
        first = self._create_invoice_of([100.0])
        self.wallet.state = "left"
        self.assertEqual(self._get_bonuses(), [])
        self.wallet.state = "active"
        self._credit(first, [10.0])
        self.assertEqual(self._get_bonuses(), [500])

    def test_a_bonus_booked_for_another_event_is_found(self):
        self._create_invoice_of([100.0])
        self._get_bonuses()
        self.env.cr.execute(
            "UPDATE loyalty_b2b_entry SET key = 'bonus:0:order:1:1' WHERE id = %s",
            [self._find_bonuses().id],
        )
        findings = [finding["invariant"] for finding in self.wallet._verify()]
        self.assertEqual(findings, ["I6"])

    def test_unlinked_credits_look_past_bonuses(self):
        """What a credit note may take is what purchases earned, less what they lost."""
        first = self._create_invoice_of([100.0], invoice_date="2026-01-10")
        self._get_bonuses()
        self._credit(first)
        self._create_invoice_of([70.0], invoice_date="2026-01-20")
        self.assertEqual(self._get_bonuses(), [500, -500, 500])
        self._create_invoice_of(
            [1000.0], move_type="out_refund", invoice_date="2026-01-21"
        )
        self.assertWallet(balance=500)


@tagged("post_install", "-at_install")
class TestPaidOnTime(BonusCommon):
    """A bonus for invoices paid no later than some days after they are due."""

    def setUp(self):
        super().setUp()
        self.rule = self._add_rule(trigger="on_time", points=1, amount=2, grace_days=3)

    def _invoice(self, lines, **values):
        dates = {"invoice_date": "2026-01-10", "invoice_date_due": "2026-01-24"}
        return self._create_invoice_of(
            lines, invoice_payment_term_id=False, **{**dates, **values}
        )

    def test_on_the_last_day_of_grace_and_the_day_after(self):
        for day, points in (("2026-01-24", 50), ("2026-01-27", 50), ("2026-01-28", 0)):
            with self.subTest(day=day):
                invoice = self._invoice([100.0])
                self._pay(invoice, day)
                self.assertEqual(self._points_of(invoice, "bonus"), points)
        self.assertEqual(self._get_bonuses(), [50, 50])
        self.assertEqual(str(self._find_bonuses()[0].date_event), "2026-01-24")

    def test_booked_with_the_payment_and_before_settling(self):
        invoice = self._invoice([100.0])
        self._settle()
        self._pay(invoice)
        bonus = self._find_bonuses()
        self.assertEqual((bonus.points, bonus.move_id), (50, invoice))
        self.assertTrue(bonus.to_settle)
        self.assertWallet(balance=150, available=150)

    def test_the_last_of_several_payments_decides(self):
        for day, points in (("2026-01-27", 50), ("2026-01-28", 0)):
            invoice = self._invoice([100.0])
            self._pay(invoice, "2026-01-20", amount=60.0)
            self.assertEqual(self._points_of(invoice, "bonus"), 0)
            self._pay(invoice, day)
            self.assertEqual(self._points_of(invoice, "bonus"), points)

    def test_a_credit_note_is_no_payment_and_reduces_by_the_rate_frozen(self):
        invoice = self._invoice([100.0])
        self._pay(invoice, "2026-01-20", amount=73.8)
        self._credit(invoice, [40.0], invoice_date="2026-03-01")
        self.env.cr.flush()
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(self._get_bonuses(), [30])
        self.rule._create_version(self._day("2026-03-01"), points=50)
        self._credit(invoice, [15.0], invoice_date="2026-03-02")
        # 45.00 are left of the line: 22.5 points
        self.assertEqual(self._get_bonuses(), [30, -8])

    def test_undone_and_redone_payment_gives_the_same_life(self):
        """Combination (i): activation at payment, on-time bonus, payment undone."""
        self.program.activation = "payment"
        invoice = self._invoice([100.0])
        self.assertWallet(waiting=100, balance=0)
        payment = self._pay(invoice, "2026-01-20")
        self.assertWallet(waiting=0, balance=150, available=150)
        self._undo(payment)
        self.assertEqual(self._get_bonuses(), [50, -50])
        self.assertWallet(waiting=100, balance=0, available=0)
        payment = self._pay(invoice, "2026-01-27")
        self.assertEqual(self._get_bonuses(), [50, -50, 50])
        first, _taken, again = self._find_bonuses()
        self.assertEqual(again.root_entry_id, first)
        self.assertEqual(again.date_expiry, first.date_expiry)
        self.assertWallet(waiting=0, balance=150, available=150)
        self._undo(payment)
        self._pay(invoice, "2026-01-28")
        self.assertEqual(self._get_bonuses(), [50, -50, 50, -50])
        self.assertWallet(waiting=0, balance=100, available=100)

    def test_each_invoice_of_an_order_for_itself(self):
        order = self._create_order([(self.product, 3, 100.0)], confirm=True)
        moves = []
        for quantity in (1, 2):
            move = order._create_invoices()
            move.write({"invoice_payment_term_id": False, "invoice_date": "2026-01-10"})
            move.invoice_date_due = "2026-01-24"
            move.invoice_line_ids.quantity = quantity
            move.action_post()
            moves.append(move)
        self._pay(moves[1], "2026-01-24")
        self.assertEqual(self._get_bonuses(), [100])
        self._pay(moves[0], "2026-01-24")
        self.assertEqual(self._get_bonuses(), [100, 50])
        last = self._find_bonuses()[-1]
        lines = last.line_ids.filtered("points")
        self.assertEqual(lines.move_line_id.move_id, moves[0])
        self._credit(moves[1])
        # the newest points go first, whatever they came from
        self.assertEqual(self._get_bonuses(), [100, 50, -50, -50])

    def test_used_points_are_owed_when_the_payment_is_undone(self):
        invoice = self._invoice([100.0])
        payment = self._pay(invoice)
        self.wallet._consume(self.wallet._hold(150, "hold:1"))
        self._undo(payment)
        self.assertEqual(self._get_bonuses(), [50, -50])
        self.assertWallet(balance=-50, available=-50)


@tagged("post_install", "-at_install")
class TestGoals(BonusCommon):
    """Fixed points once in each period in which a goal is reached."""

    def _add_goal(self, measure="orders", target=3, period="quarter", **values):
        return self._add_rule(
            trigger="goal",
            effect="bonus",
            points=2000,
            goal_measure=measure,
            goal_target=target,
            goal_period=period,
            **values,
        )

    def _buy(self, *days, amount=100.0):
        return [self._create_invoice_of([amount], invoice_date=day) for day in days]

    # === ORDERS === #

    def test_twelve_orders_on_collective_invoices_and_one_credited(self):
        """Combination (e): five orders, then six, then one; one of them credited."""
        self._add_goal(target=12)
        invoices = []
        for day, count in (("2026-01-10", 5), ("2026-02-10", 6), ("2026-03-31", 1)):
            orders = self.env["sale.order"]
            for _number in range(count):
                orders |= self._create_order([(self.product, 1, 100.0)], confirm=True)
            invoice = orders._create_invoices()
            invoice.invoice_date = day
            self.assertEqual(self._get_bonuses(), [])
            invoice.action_post()
            invoices.append(invoice)
        self.assertEqual(self._get_bonuses(), [2000])
        credit = self._credit(invoices[1], [], post=False)
        credit.invoice_line_ids = [
            Command.create(
                {
                    **self._prepare_line(100.0),
                    "sale_line_ids": invoices[1].invoice_line_ids[0].sale_line_ids.ids,
                }
            )
        ]
        credit.action_post()
        self.assertEqual(self._get_bonuses(), [2000, -2000])
        self._buy("2026-04-01")
        self.assertEqual(self._get_bonuses(), [2000, -2000])
        self._buy("2026-03-30")
        self.assertEqual(self._get_bonuses(), [2000, -2000, 2000])
        self.assertWallet(balance=11 * 100 + 200 + 2000)

    def test_a_credit_note_over_a_part_leaves_the_order_standing(self):
        self._add_goal(target=2)
        first, _second = self._buy("2026-01-10", "2026-01-11")
        self._credit(first, [99.99])
        self.assertEqual(self._get_bonuses(), [2000])
        self._credit(first, [0.01])
        self.assertEqual(self._get_bonuses(), [2000, -2000])

    def test_once_in_each_period_and_explained_in_words(self):
        self._add_goal(target=2)
        self._buy("2026-01-01", "2026-03-31", "2026-04-01", "2026-02-01")
        self.assertEqual(self._get_bonuses(), [2000])
        self._buy("2026-06-30")
        self.assertEqual(self._get_bonuses(), [2000, 2000])
        lines = self._find_bonuses().line_ids.sorted("id")
        self.assertEqual(
            lines.mapped("name"),
            [
                "2 of 2 orders, 01/01/2026 to 03/31/2026",
                "2 of 2 orders, 04/01/2026 to 06/30/2026",
            ],
        )

    def test_orders_count_from_a_minimum_and_of_what_the_rule_covers(self):
        nail = self._create_goods("Nail", 1.0)
        self._add_goal(target=1, min_amount=100.0, product_ids=nail.ids)
        self._create_invoice_of([(nail, 1, 99.99), 1000.0])
        self.assertEqual(self._get_bonuses(), [])
        self._create_invoice_of([(nail, 1, 60.0), (nail, 1, 40.0)])
        self.assertEqual(self._get_bonuses(), [2000])

    def test_lines_count_from_a_minimum_of_their_own(self):
        self._add_goal(target=1, min_line_quantity=5)
        self._create_invoice_of([(self.product, 4, 10.0), (self.product, 4, 10.0)])
        self.assertEqual(self._get_bonuses(), [])
        self._create_invoice_of([(self.product, 5, 10.0)])
        self.assertEqual(self._get_bonuses(), [2000])

    def test_an_order_counts_in_the_period_of_its_first_invoice(self):
        self._add_goal(target=1, period="month")
        order = self._create_order([(self.product, 2, 100.0)], confirm=True)
        moves = []
        for day in ("2026-01-31", "2026-02-01"):
            move = order._create_invoices()
            move.invoice_date = day
            move.invoice_line_ids.quantity = 1
            move.action_post()
            moves.append(move)
        self.assertEqual(self._get_bonuses(), [2000])
        self._credit(moves[0])
        self.assertEqual(self._get_bonuses(), [2000])
        self._credit(moves[1])
        self.assertEqual(self._get_bonuses(), [2000, -2000])

    def test_a_new_target_takes_nothing_back(self):
        goal = self._add_goal(target=2, period="year")
        first, _second = self._buy("2026-01-10", "2026-02-10")
        self.assertEqual(self._get_bonuses(), [2000])
        goal._create_version(self._day("2026-03-01"), goal_target=5)
        third = self._buy("2026-03-10")[0]
        self.assertEqual(self._get_bonuses(), [2000])
        self._credit(first)
        self.assertEqual(self._get_bonuses(), [2000])
        self._credit(third)
        self.assertEqual(self._get_bonuses(), [2000, -2000])

    def test_where_points_wait_for_payment_only_paid_orders_count(self):
        self.program.activation = "payment"
        self._add_goal(target=2)
        first, second = self._buy("2026-01-10", "2026-01-11")
        self._pay(first)
        self.assertEqual(self._get_bonuses(), [])
        payment = self._pay(second)
        self.assertEqual(self._get_bonuses(), [2000])
        self._undo(payment)
        self.assertEqual(self._get_bonuses(), [2000, -2000])

    # === AMOUNT === #

    def test_an_amount_below_at_and_above(self):
        self._add_goal("amount", 500.0, "year")
        for amount, expected in ((499.99, []), (0.01, [2000]), (100.0, [2000])):
            with self.subTest(amount=amount):
                self._buy("2026-05-01", amount=amount)
                self.assertEqual(self._get_bonuses(), expected)

    def test_an_amount_is_what_remains_in_the_currency_of_the_programme(self):
        self._add_goal("amount", 500.0, "year")
        euro = self.setup_other_currency("EUR", rates=[("2026-01-01", 0.25)])
        invoice = self._create_invoice_of(
            [150.0], currency_id=euro.id, invoice_date="2026-02-01"
        )
        self.assertEqual(self._get_bonuses(), [2000])
        self._credit(invoice, [25.0])
        self.assertEqual(self._get_bonuses(), [2000])
        self._credit(invoice, [0.01])
        self.assertEqual(self._get_bonuses(), [2000, -2000])

    # === MONTHS === #

    def test_months_in_a_row(self):
        self._add_goal("months", 4, "year")
        self._buy("2025-12-31", "2026-01-31", "2026-02-01", "2026-03-01", "2026-05-01")
        self.assertEqual(self._get_bonuses(), [])
        april = self._buy("2026-04-30")[0]
        self.assertEqual(self._get_bonuses(), [2000])
        self._buy("2026-06-01")
        self._credit(april)
        self.assertEqual(self._get_bonuses(), [2000, -2000])

    # === WHAT PEOPLE READ === #

    def test_progress_in_words(self):
        self._add_goal(target=12)
        self._add_goal("amount", 50000, "year")
        self._add_goal("months", 4, "lifetime")
        with self.on("2026-02-15"):
            self._buy("2026-01-10", "2026-02-10", amount=6250.0)
            goals = self.wallet._get_goals(with_sentence=True)
        self.assertEqual(
            [" ".join(goal["text"].split()) for goal in goals],
            [
                "2 of 12 orders until 31 March: 2,000 points",
                "$ 12,500.00 of $ 50,000.00 bought until 31 December: 2,000 points",
                "2 of 4 months in a row: 2,000 points",
            ],
        )
        self.assertEqual([goal["percent"] for goal in goals], [16, 25, 50])
        self.assertTrue(goals[0]["sentence"].startswith("2,000 points for 12 orders"))
        self.assertFalse(goals[0]["reached"])

    def test_all_goals_in_one_query(self):
        for target in range(1, 6):
            self._add_goal(target=target)
        self._buy(fields.Date.today())
        self.env.flush_all()
        self.wallet._get_goals()
        with self.assertQueryCount(1):
            goals = self.wallet._get_goals()
        self.assertEqual([goal["reached"] for goal in goals], [True] + [False] * 4)

    def test_staff_see_goals_on_the_wallet(self):
        self.assertFalse(self.wallet.goals)
        self._add_goal(target=2, name="Two a quarter")
        self.wallet.invalidate_recordset(["goals"])
        html = self.wallet.with_user(self.salesperson).goals
        self.assertIn("Two a quarter", html)
        self.assertIn("0 of 2 orders", html)

    def test_no_query_where_no_rule_counts_later(self):
        self._buy("2026-01-10")
        self._settle()
        self.env["loyalty.b2b.program"]._get_deferred_program_ids()
        entry_ids = self.wallet.entry_ids.ids
        self.assertEqual(self.wallet._get_goals(), [])
        with self.assertQueryCount(0):
            self.wallet._settle_bonuses(entry_ids)
            self.wallet._book_paid_bonuses([1])
            self.assertEqual(self.wallet._get_goals(), [])
