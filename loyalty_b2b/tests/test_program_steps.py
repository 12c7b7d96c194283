from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..booking.documents import DocumentBookings
from .test_program_new import ProgramNewCommon
from .use_common import UseCommon


class ProgramStepsCommon(ProgramNewCommon, UseCommon):
    """A running programme, one in draft, and two administrators."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._create_admin("second_admin")
        cls.today = cls.program._today()

    def _ask(self, step, program=None, user=None):
        """Press a button; return the dialog."""
        program = (program or self.program).with_user(user or self.admin)
        action = program.with_context(loyalty_b2b_ask=step).action_step()
        dialog = self.env[action["res_model"]].with_user(user or self.admin)
        return dialog.with_context(**action["context"]).create({})

    def _take(self, step, program=None, user=None, **values):
        dialog = self._ask(step, program, user)
        dialog.write(values)
        dialog.action_apply()
        return dialog

    def _run_missed(self):
        """Book what was missed, as the job does within minutes."""
        self.env["loyalty.b2b.program"]._cron_book_missed()
        self.env["loyalty.b2b.wallet"].sudo()._cron_settle()
        self.env["loyalty.b2b.wallet"].invalidate_model()


@tagged("post_install", "-at_install")
class TestProgramSteps(ProgramStepsCommon):
    # === WHAT THE DIALOGS SAY AND DO === #

    def test_announcing_says_for_whom_and_from_when(self):
        program = self._create_program(start=False, date_start="2099-01-01")
        self._enrol(self.customer, program)
        dialog = self._ask("announce", program)
        for words in ("1 customer takes part", "01/01/2099"):
            self.assertIn(words, dialog.plan)
        dialog.action_apply()
        self.assertEqual(program.state, "announced")
        self.assertEqual(program.date_announced, self.today)
        self.assertIn("01/01/2099", program.life_now)

    def test_an_announcement_is_of_a_day_to_come(self):
        program = self._create_program(start=False)
        with self.assertRaisesRegex(UserError, "later day"):
            self._take("announce", program, date_start=self.today)
        program.date_start = self.today
        self.assertFalse(self._ask("announce", program).date_start)
        self._take("announce", program)
        self.assertIn("until you press Start", program.life_now)
        program._cron_start()
        self.assertEqual(program.state, "announced")

    def test_announcing_tells_those_who_take_part_once(self):
        program = self._create_program(start=False, notices=True)
        wallet = self._enrol(self.customer, program)
        self._take("announce", program, date_start="2099-01-01")
        domain = [("wallet_id", "=", wallet.id), ("topic", "=", "announced")]
        self.assertEqual(self.env["loyalty.b2b.notice"].search_count(domain), 1)
        program._tell_announced()
        self.assertEqual(self.env["loyalty.b2b.notice"].search_count(domain), 1)

    def test_customers_who_match_are_enrolled_and_told_before_the_start(self):
        program = self._create_program(
            start=False,
            notices=True,
            auto_enrol=True,
            enrol_domain=f"[('id', '=', {self.customer.id})]",
        )
        self.assertIn("1 customer matches", program.life_now)
        self._take("announce", program, date_start="2099-01-01")
        program._cron_enrol()
        wallet = program.wallet_ids
        self.assertEqual(wallet.partner_id, self.customer)
        notice = self.env["loyalty.b2b.notice"].search(
            [("wallet_id", "=", wallet.id), ("topic", "=", "announced")]
        )
        self.assertEqual(notice.data["date_start"], "2099-01-01")

    def test_starting_says_the_rules_and_begins_today(self):
        program = self._create_program(start=False)
        dialog = self._ask("start", program)
        for words in (program.rule_ids.sentence, program.rate_text, "From now on"):
            self.assertIn(words, dialog.plan)
        dialog.action_apply()
        self.assertEqual(program.state, "running")
        self.assertEqual(program.date_start, self.today)
        self.assertEqual(program.date_running, self.today)

    def test_starting_on_a_later_day_announces_it(self):
        program = self._create_program(start=False)
        day = fields.Date.add(self.today, days=5)
        self._take("start", program, date_start=day)
        self.assertEqual((program.state, program.date_start), ("announced", day))
        program._cron_start()
        self.assertEqual(program.state, "announced")
        with self.on(day):
            program._cron_start()
        self.assertEqual((program.state, program.date_running), ("running", day))

    def test_what_cannot_start_on_its_day_waits_with_an_activity(self):
        program = self._create_program(start=False, date_start="2026-01-02")
        with self.on("2026-01-01"):
            self._take("announce", program)
        program.rule_ids.unlink()
        with self.on("2026-01-02"):
            program._cron_start()
        self.assertEqual(program.state, "announced")
        self.assertIn("earning rule", program.life_now)
        self.assertIn("earning rule", program.activity_ids[:1].note)

    def test_a_draft_without_rules_says_so_and_does_not_start(self):
        program = self._create_program(start=False, rule_ids=[])
        self.assertIn("needs an earning rule", program.life_now)
        with self.assertRaisesRegex(UserError, "earning rule"):
            self._take("start", program)

    def test_pausing_says_what_quotations_hold_and_breaks_nothing(self):
        self._give_points(1000)
        order = self._create_order([(self.product, 2, 100.0)])
        self._use_points(order, 400)
        dialog = self._ask("pause")
        for words in (
            "1 customer takes part",
            "1 quotation holds 400 points",
            "Nothing is written now",
        ):
            self.assertIn(words, dialog.plan)
        dialog.action_apply()
        self.assertEqual(self.program.state, "paused")
        self.assertIn("Paused since", self.program.life_now)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertWallet(balance=600)

    def test_closing_says_both_days_and_tells_customers(self):
        self.program.notices = True
        self._give_points(1000)
        dialog = self._ask("close")
        worth = self.currency.format(10.0)
        self.assertIn(f"They have 1,000 points, worth {worth}", dialog.plan)
        last = fields.Date.add(self.today, days=60)
        self.assertEqual(dialog.date_last_use, last)
        dialog.action_apply()
        self.assertEqual(self.program.state, "closing")
        notice = self.env["loyalty.b2b.notice"].search([("topic", "=", "closing")])
        self.assertEqual(notice.wallet_id, self.wallet)
        self.assertEqual(notice.data["date_last_use"], str(last))
        self.assertIn("points can be used until", self.program.life_now)

    def test_running_says_since_when_for_whom_and_what_comes_next(self):
        self.assertIn("Running since", self.program.life_now)
        self.assertIn("1 customer takes part", self.program.life_now)
        self._give_points(10, date_expiry="2099-12-31")
        self.program.invalidate_recordset(["life_now"])
        self.assertIn("points expire after 12/31/2099", self.program.life_now)

    def test_each_step_is_taken_in_its_states_only(self):
        for step in ("announce", "start", "resume"):
            with self.subTest(step=step), self.assertRaises(UserError):
                self._take(step)

    # === RIGHTS === #

    def test_only_administrators_take_steps(self):
        dialog = self._ask("pause")
        for user in (self.salesperson, self.officer):
            with self.subTest(user=user.login):
                for name in ("action_pause", "action_close", "action_book_missed"):
                    with self.assertRaises(AccessError):
                        getattr(self.program.with_user(user), name)()
                with self.assertRaises(AccessError):
                    self._ask("pause", user=user)
                with self.assertRaises(AccessError):
                    dialog.with_user(user).action_apply()
        self.assertEqual(self.program.state, "running")

    def test_everybody_with_the_menu_reads_what_happens_now(self):
        self.company.loyalty_b2b_start_by_two = True
        asked = self._create_program(start=False)
        asked.with_user(self.admin).action_start()
        for user in (self.salesperson, self.officer):
            with self.subTest(user=user.login):
                program = self.program.with_user(user)
                self.assertIn("Running since", program.life_now)
                self.assertIn(self.admin.name, asked.with_user(user).life_now)

    def test_the_state_is_no_field_to_write_or_import(self):
        program = self.program.with_user(self.admin)
        for vals in (
            {"state": "closed"},
            {"date_running": "2020-01-01"},
            {"start_asked_uid": self.second.id},
            {"start_agreed_uid": self.second.id},
        ):
            with self.subTest(vals=vals):
                with self.assertRaises(AccessError):
                    program.write(vals)
                with self.assertRaises(AccessError):
                    program.with_context(loyalty_b2b_step=True).write(vals)
                with self.assertRaises(AccessError):
                    program.create({"name": "X", **vals})

    # === A SECOND PERSON === #

    def _create_shared(self, **values):
        self.company.loyalty_b2b_start_by_two = True
        return self._create_program(start=False, **values)

    def test_one_asks_and_another_starts(self):
        program = self._create_shared()
        dialog = self._ask("start", program)
        self.assertTrue(dialog.is_request)
        self.assertIn(self.second.name, dialog.plan)
        dialog.action_apply()
        self.assertEqual(program.state, "draft")
        self.assertIn(self.second, program.activity_ids.user_id)
        self.assertNotIn(self.admin, program.activity_ids.user_id)
        self.assertIn(self.admin.name, program.life_now)
        self.assertFalse(self._ask("start", program, self.second).is_request)
        self._take("start", program, self.second)
        self.assertEqual(program.state, "running")
        self.assertEqual(program.start_agreed_uid, self.second)
        self.assertFalse(program.activity_ids)

    def test_the_same_person_is_refused_in_the_dialog_and_by_rpc(self):
        program = self._create_shared()
        program.with_user(self.admin).action_start()
        dialog = self._ask("start", program)
        self.assertTrue(dialog.is_stopped)
        self.assertIn("You asked for the start", dialog.plan)
        with self.assertRaisesRegex(UserError, "asked to start"):
            dialog.action_apply()
        with self.assertRaisesRegex(UserError, "asked to start"):
            program.with_user(self.admin).action_start()
        self.assertEqual(program.state, "draft")

    def test_changed_terms_withdraw_the_request(self):
        changes = {
            "rule": lambda p: p.rule_ids.write({"points": 2}),
            "new rule": lambda p: p.rule_ids.copy(),
            "rate": lambda p: p.rate_ids.write({"amount": 99}),
            "no rate": lambda p: p.rate_ids.unlink(),
            "expiry": lambda p: p.write({"expiry_months": 1}),
            "day": lambda p: p.write({"date_start": "2099-01-01"}),
        }
        for name, change in changes.items():
            with self.subTest(change=name):
                program = self._create_shared(name=name)
                program.with_user(self.admin).action_start()
                self.assertEqual(program.start_asked_uid, self.admin)
                change(program.with_user(self.admin))
                self.assertFalse(program.start_asked_uid)
                self.assertFalse(program.activity_ids)

    def test_what_is_no_term_leaves_the_request(self):
        program = self._create_shared()
        program.with_user(self.admin).action_start()
        program.with_user(self.admin).write({"slogan": "Hi", "expiry_months": 24})
        self.assertEqual(program.start_asked_uid, self.admin)

    def test_a_planned_start_waits_for_the_second_person(self):
        day = fields.Date.add(self.today, days=5)
        program = self._create_shared()
        self._take("announce", program, date_start=day)
        self.assertEqual(program.start_asked_uid, self.admin)
        with self.on(day):
            program._cron_start()
            self.assertEqual(program.state, "announced")
        self._take("start", program, self.second)
        self.assertEqual((program.state, program.date_start), ("announced", day))
        with self.on(day):
            program._cron_start()
        self.assertEqual(program.state, "running")

    def test_alone_nobody_starts(self):
        program = self._create_shared()
        path = "odoo.addons.loyalty_b2b.models.program_second.LoyaltyB2bProgram"
        alone = self.patch_with(f"{path}._get_starters", return_value=self.admin)
        with alone:
            self.assertIn("there is none", self._ask("start", program).plan)
            with self.assertRaisesRegex(UserError, "second administrator"):
                program.with_user(self.admin).action_start()

    # === RESUMING === #

    def test_resuming_books_exactly_what_was_missed_once(self):
        before = self._create_invoice_of([100.0])
        self._take("pause")
        late = self._create_invoice_of([50.0], invoice_date=self.today)
        self._credit(late, [20.0])
        self._credit(before, [30.0])
        draft = self._create_invoice_of([1000.0])
        draft.button_draft()
        self.assertWallet(balance=70)
        dialog = self._ask("resume")
        self.assertIn("2 invoices and credit notes were posted", dialog.plan)
        self.assertIn("what posting it would have written", dialog.plan)
        dialog.action_apply()
        self.assertEqual(self.program.state, "running")
        self._run_missed()
        # 100 − 30 of before, 50 − 20 of the pause
        self.assertWallet(balance=100)
        lot = self.wallet.entry_ids.filtered(lambda e: e.move_id == late)
        self.assertEqual(lot.mapped("points"), [50])
        self.assertEqual(lot.date_event, self.today)
        self.program.with_user(self.admin).action_book_missed()
        self._run_missed()
        self.assertWallet(balance=100)
        self.assertFalse(self.program.missed_count)

    def test_who_does_not_want_it_can_have_it_later(self):
        self._take("pause")
        invoice = self._create_invoice_of([50.0])
        self._take("resume", book_missed=False)
        self._run_missed()
        self.assertWallet(balance=0)
        self.assertIn("1 document", self.program.life_now)
        # a credit note follows the invoice that is not booked yet
        self._credit(invoice, [10.0])
        self.assertWallet(balance=0)
        self.program.with_user(self.admin).action_book_missed()
        self._run_missed()
        self.assertWallet(balance=40)

    def test_a_credit_note_of_an_order_follows_its_invoice_without_a_link(self):
        self._take("pause")
        order = self._create_order([(self.product, 3, 100.0)], confirm=True)
        self._invoice(order)
        self._take("resume", book_missed=False)
        order.order_line.product_uom_qty = 2
        refund = self._invoice(order, final=True)
        self.assertEqual(refund.move_type, "out_refund")
        self.assertFalse(refund.reversed_entry_id)
        self.assertEqual(self.program.missed_count, 2)
        self.program.with_user(self.admin).action_book_missed()
        self._run_missed()
        self.assertWallet(balance=200)

    def test_what_was_posted_again_is_not_booked_twice(self):
        self._take("pause")
        invoice = self._create_invoice_of([50.0])
        self._take("resume")
        invoice.button_draft()
        invoice.action_post()
        self.assertWallet(balance=50)
        self._run_missed()
        self.assertWallet(balance=50)

    def test_an_invoice_posted_again_in_the_pause_earns_anew_at_its_end(self):
        invoice = self._create_invoice_of([50.0])
        self._take("pause")
        invoice.button_draft()
        invoice.action_post()
        self.assertWallet(balance=0)
        self._take("resume")
        self._run_missed()
        self.assertWallet(balance=50)

    def test_invoices_from_before_joining_still_give_nothing(self):
        stranger = self._create_customer("New", "1111111111")
        self._take("pause")
        self._create_invoice_of([500.0], partner=stranger)
        yesterday = fields.Date.subtract(self.today, days=1)
        wallet = self._enrol(stranger, date_start=str(self.today))
        self._create_invoice_of([70.0], partner=stranger, invoice_date=yesterday)
        self._create_invoice_of([80.0], partner=stranger)
        self._take("resume")
        self._run_missed()
        self.assertWallet(wallet, balance=80)

    def test_orders_of_before_and_during_the_pause_count_together(self):
        self.program.rule_ids.write({"effect": "step", "points": 10, "amount": 100.0})
        order = self._create_order([(self.product, 3, 60.0)], confirm=True)
        for turn in range(3):
            if turn == 1:
                self._take("pause")
            invoice = order._create_invoices(final=True)
            invoice.invoice_line_ids.quantity = 1
            invoice.action_post()
        self.assertWallet(balance=0)
        self._take("resume")
        self._run_missed()
        # one full 100 of 180
        self.assertWallet(balance=10)

    def test_paid_meanwhile_is_available_at_once(self):
        self.program.activation = "payment"
        self._take("pause")
        invoice = self._create_invoice_of([50.0])
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()
        self._take("resume")
        self._run_missed()
        self.assertWallet(balance=50, available=50, waiting=0)

    def test_caps_count_what_is_booked_afterwards(self):
        self.program.rule_ids.write({"cap_points": 120, "cap_period": "month"})
        self._create_invoice_of([100.0])
        self._take("pause")
        self._create_invoice_of([50.0])
        self._take("resume")
        self._run_missed()
        self.assertWallet(balance=120)

    def test_another_programme_of_the_company_does_not_earn_twice(self):
        other = self._create_program(name="Other")
        wallet = self._enrol(self.customer, other)
        self._take("pause")
        self._create_invoice_of([50.0])
        self._take("resume")
        self._run_missed()
        self.assertWallet(balance=50)
        self.assertWallet(wallet, balance=50)

    def test_what_cannot_be_worked_out_stays_for_the_next_run(self):
        self._take("pause")
        self._create_invoice_of([50.0])
        self._take("resume")
        path = "odoo.addons.loyalty_b2b.booking.documents.DocumentBookings._earn"
        broken = self.patch_with(path, side_effect=ValueError)
        with broken, self.assertLogs("odoo.addons.loyalty_b2b.booking.missed"):
            self._run_missed()
        self.assertEqual(self.program.missed_count, 1)
        self._run_missed()
        self.assertWallet(balance=50)

    def _get_missed(self):
        missed = self.env["loyalty.b2b.missed"].sudo()
        return missed.search([("program_id", "=", self.program.id)]).move_id

    def _run_missed_failing(self, failing):
        """Book what was missed while the data of one document are bad."""
        earn = DocumentBookings._earn

        def fail(bookings, document, *args):
            if document.id == failing.id:
                raise ValueError("odd data")
            return earn(bookings, document, *args)

        logs = self.assertLogs("odoo.addons.loyalty_b2b.booking.missed")
        with patch.object(DocumentBookings, "_earn", fail), logs:
            self._run_missed()

    def test_a_credit_note_waits_for_its_invoice_that_fails(self):
        self._take("pause")
        invoice = self._create_invoice_of([50.0])
        credit = self._credit(invoice, [20.0])
        self._create_invoice_of([7.0])
        self._take("resume")
        self._run_missed_failing(invoice)
        self.assertWallet(balance=7)
        self.assertEqual(self._get_missed(), invoice | credit)
        self._run_missed()
        self.assertWallet(balance=37)
        self.assertFalse(self.program.missed_count)

    def test_a_credit_note_of_an_order_waits_for_its_invoice_that_fails(self):
        self._take("pause")
        order = self._create_order([(self.product, 3, 100.0)], confirm=True)
        invoice = self._invoice(order)
        order.order_line.product_uom_qty = 2
        refund = self._invoice(order, final=True)
        self.assertFalse(refund.reversed_entry_id)
        self._take("resume")
        self._run_missed_failing(invoice)
        self.assertWallet(balance=0)
        self.assertEqual(self._get_missed(), invoice | refund)
        self._run_missed()
        self.assertWallet(balance=200)
        self.assertFalse(self.program.missed_count)

    def test_a_credit_note_waits_though_others_are_worked_out_between(self):
        """The invoice and its credit note are in different parts of the run."""
        self._take("pause")
        invoice = self._create_invoice_of([50.0])
        self._credit(invoice, [20.0])
        self._take("resume")
        path = "odoo.addons.loyalty_b2b.models.wallet_missed.CHUNK"
        with patch(path, 1):
            self._run_missed_failing(invoice)
            self.assertEqual(self.program.missed_count, 2)
            self._run_missed()
        self.assertWallet(balance=30)

    def test_closing_after_a_pause_books_it_too(self):
        self._take("pause")
        self._create_invoice_of([50.0])
        dialog = self._ask("close")
        self.assertIn("1 invoice or credit note was posted", dialog.plan)
        dialog.action_apply()
        self._run_missed()
        self.assertWallet(balance=50)

    def test_missed_documents_are_hidden_from_those_without_a_right(self):
        self._take("pause")
        self._create_invoice_of([50.0])
        for user in (self.salesperson, self.officer):
            with self.assertRaises(AccessError):
                self.env["loyalty.b2b.missed"].with_user(user).search([])
        missed = self.env["loyalty.b2b.missed"].with_user(self.admin)
        self.assertEqual(len(missed.search([])), 1)
        with self.assertRaises(AccessError):
            missed.search([]).unlink()

    def test_the_dialog_follows_the_choice_to_book_or_not(self):
        self._take("pause")
        self._create_invoice_of([50.0])
        action = (
            self.program.with_user(self.admin)
            .with_context(loyalty_b2b_ask="resume")
            .action_step()
        )
        dialog = self.env[action["res_model"]].with_user(self.admin)
        with Form(dialog.with_context(**action["context"])) as form:
            self.assertIn("They are booked within some minutes", form.plan)
            form.book_missed = False
            self.assertIn("They give nothing now", form.plan)
