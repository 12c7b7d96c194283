from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .use_common import UseCommon

# When points become available, and whether payments have journal entries.
WAYS = [(a, posted) for a in ("posting", "payment") for posted in (False, True)]


class LifeCommon(UseCommon):
    """1 point per 1.00; payments are real, and the precommit hook runs when asked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a job commits its batches, which a test cannot
        progress = patch.object(
            type(cls.env["ir.cron"]), "_commit_progress", return_value=60.0
        )
        cls.startClassPatcher(progress)

    def _notice(self):
        """Let the wallet see what happened to payments, as before a commit."""
        self.env.flush_all()
        self.env["loyalty.b2b.wallet"]._activate_queued()

    def _pay(self, move, day, amount=None):
        with self.on(day):
            wizard = self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=move.ids
            )
            values = {"payment_date": day} | ({"amount": amount} if amount else {})
            payment = wizard.create(values)._create_payments()
            self._notice()
        return payment

    def _undo(self, payment, day):
        with self.on(day):
            payment.action_draft()
            payment.action_cancel()
            self._notice()

    def _invoice_on(self, day, amounts=(100.0,), **values):
        with self.on(day):
            return self._create_invoice_of(list(amounts), invoice_date=day, **values)

    def _run_on(self, day):
        with self.on(day):
            self.program._run_daily(self.program._today())

    def _lots(self, move, state="posted"):
        entries = self.env["loyalty.b2b.entry"].search([("move_id", "=", move.id)])
        return entries.filtered(lambda e: e.points > 0 and e.state == state)

    def assertOn(self, day, **figures):
        with self.on(day):
            self.assertWallet(**figures)
            self.assertEqual(self.wallet._verify(), [])


@tagged("post_install", "-at_install")
class TestActivation(LifeCommon):
    """Points that wait for their day: N days after the invoice or its payment."""

    def test_points_wait_for_their_day_after_the_invoice(self):
        self.program.activation_days = 14
        invoice = self._invoice_on("2026-01-10")
        self.assertOn("2026-01-10", waiting=100, available=0, balance=0)
        lot = self._lots(invoice, "pending")
        self.assertEqual(lot.date_available, self._day("2026-01-24"))
        self.assertEqual(lot.date_expiry, self._day("2028-01-24"))
        self._run_on("2026-01-23")
        self.assertOn("2026-01-23", waiting=100, available=0)
        self._run_on("2026-01-24")
        self.assertOn("2026-01-24", waiting=0, available=100)
        self.assertEqual(lot.date_expiry, self._day("2028-01-24"))

    def test_a_late_job_takes_nothing_off_the_life_of_points(self):
        self.program.activation_days = 14
        invoice = self._invoice_on("2026-01-10")
        self._run_on("2026-03-01")
        lot = self._lots(invoice)
        self.assertEqual(lot.date_available, self._day("2026-01-24"))
        self.assertEqual(lot.date_expiry, self._day("2028-01-24"))
        self.assertEqual(lot.date_booked, self._day("2026-03-01"))

    def test_an_old_invoice_does_not_wait_for_a_day_that_is_over(self):
        self.program.activation_days = 14
        with self.on("2026-02-01"):
            invoice = self._create_invoice_of([100.0], invoice_date="2026-01-10")
        self.assertOn("2026-02-01", waiting=0, available=100)
        self.assertEqual(self._lots(invoice).date_available, self._day("2026-01-24"))

    def test_what_is_taken_back_of_waiting_points_waits_with_them(self):
        self.program.activation_days = 14
        invoice = self._invoice_on("2026-01-10")
        with self.on("2026-01-12"):
            self._credit(invoice, [30.0])
        self.assertOn("2026-01-12", waiting=70, available=0, balance=0)
        self._run_on("2026-01-24")
        self.assertOn("2026-01-24", waiting=0, available=70, balance=70)

    def test_a_reversal_that_the_job_overtook_is_posted_by_the_next_run(self):
        """A credit note that did not see yet that the lot was posted."""
        self.program.activation_days = 14
        invoice = self._invoice_on("2026-01-10")
        with self.on("2026-01-12"):
            self._credit(invoice, [30.0])
        with self.on("2026-01-24"):
            self.env.cr.execute(
                "UPDATE loyalty_b2b_entry SET state = 'posted', date_booked = %s,"
                " booking = nextval('loyalty_b2b_booking') WHERE id = %s",
                ["2026-01-24", self._lots(invoice, "pending").id],
            )
            self.wallet._invalidate_figures()
        self._run_on("2026-01-24")
        self.assertOn("2026-01-24", waiting=0, available=70)

    def test_a_reset_invoice_takes_its_waiting_points_along(self):
        self.program.activation_days = 14
        invoice = self._invoice_on("2026-01-10")
        with self.on("2026-01-11"):
            invoice.button_draft()
            self.assertWallet(waiting=0)
            invoice.action_post()
        self.assertOn("2026-01-11", waiting=100)
        self._run_on("2026-01-24")
        self.assertOn("2026-01-24", waiting=0, available=100)

    def test_points_wait_for_their_day_after_the_payment(self):
        self.program.write({"activation": "payment", "activation_days": 14})
        invoice = self._invoice_on("2026-01-10")
        self._run_on("2026-02-01")
        self.assertOn("2026-02-01", waiting=100, available=0)
        self.assertFalse(self._lots(invoice, "pending").date_available)
        self._pay(invoice, "2026-02-02")
        self.assertOn("2026-02-02", waiting=100, available=0)
        lot = self._lots(invoice, "pending")
        self.assertEqual(lot.date_available, self._day("2026-02-16"))
        self._run_on("2026-02-15")
        self.assertOn("2026-02-15", waiting=100)
        self._run_on("2026-02-16")
        self.assertOn("2026-02-16", waiting=0, available=100)
        self.assertEqual(lot.date_expiry, self._day("2028-02-16"))

    def test_payment_undone_before_the_day_waits_without_a_date(self):
        self.program.write({"activation": "payment", "activation_days": 14})
        invoice = self._invoice_on("2026-01-10")
        payment = self._pay(invoice, "2026-02-02")
        self._undo(payment, "2026-02-05")
        lot = self._lots(invoice, "pending")
        self.assertFalse(lot.date_available)
        self.assertFalse(lot.date_expiry)
        self._run_on("2026-02-16")
        self.assertOn("2026-02-16", waiting=100, available=0)
        self._pay(invoice, "2026-03-02")
        self.assertEqual(lot.date_available, self._day("2026-03-16"))
        self.assertEqual(lot.date_expiry, self._day("2028-03-16"))

    def test_payment_undone_and_redone_keeps_the_first_last_day(self):
        for days, first in ((0, "2028-02-02"), (14, "2028-02-16")):
            self.program.write({"activation": "payment", "activation_days": days})
            invoice = self._invoice_on("2026-01-10")
            for month in (2, 4, 6):
                payment = self._pay(invoice, f"2026-{month:02}-02")
                self._run_on(f"2026-{month:02}-20")
                with self.subTest(days=days, month=month):
                    lot = self._lots(invoice)[0]
                    self.assertEqual(lot.date_expiry, self._day(first))
                    self.assertOn(f"2026-{month:02}-20", waiting=0, available=100)
                self._undo(payment, f"2026-{month + 1:02}-02")
                self.assertOn(f"2026-{month + 1:02}-02", waiting=100, available=0)
            with self.on("2026-07-03"):
                invoice.button_draft()

    def test_a_payment_undone_silently_does_not_make_points_available(self):
        self.program.write({"activation": "payment", "activation_days": 14})
        invoice = self._invoice_on("2026-01-10")
        payment = self._pay(invoice, "2026-02-02")
        with self.on("2026-02-03"):
            payment.action_draft()
            payment.action_cancel()
            self.env.flush_all()
            self.env.cr.precommit.data.pop("loyalty_b2b.moves", None)
        self._run_on("2026-02-16")
        self.assertOn("2026-02-16", waiting=100, available=0)
        self.assertFalse(self._lots(invoice, "pending").date_available)

    def test_customers_read_from_when_points_can_be_used(self):
        self.program.activation_days = 14
        self._invoice_on("2026-01-10")
        with self.on("2026-01-10"):
            rows, _total, _page = self.wallet._prepare_portal_history()
            self.assertEqual(rows[0]["became"], "available from 01/24/2026")
            figures = self.wallet._prepare_portal_summary()["figures"]
        waiting = next(figure for figure in figures if figure["key"] == "waiting")
        self.assertEqual(waiting["hint"], "available 14 days after the invoice")


@tagged("post_install", "-at_install")
class TestOverdue(LifeCommon):
    """Use of points is on hold while invoices are overdue."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.on("2026-01-01"):
            cls._give_points(5000, date_expiry="2030-01-01")
        cls.program.write(
            {"overdue_hold": True, "overdue_days": 10, "overdue_amount": 100.0}
        )

    def _owe(self, amount, due="2026-02-01", **values):
        product = self._create_goods("Service", amount, tax=self.tax_0)
        return self._invoice_on(
            "2026-01-15",
            [(product, 1, amount)],
            invoice_payment_term_id=False,
            invoice_date_due=due,
            **values,
        )

    def _refusal(self, day="2026-02-12"):
        with self.on(day):
            return self.wallet._get_use_refusal()

    def test_amount_and_days_have_to_be_exceeded(self):
        self._owe(100.0)
        self.assertFalse(self._refusal())
        newer = self._owe(0.01, due="2026-02-02")
        self.assertFalse(self._refusal("2026-02-12"))
        self.assertIn("100.01", self._refusal("2026-02-13"))
        newer.payment_state = "blocked"
        self.assertFalse(self._refusal("2026-02-13"))

    def test_the_reason_names_amount_and_oldest_invoice(self):
        self._owe(70.0, due="2026-02-01")
        oldest = self._owe(40.0, due="2026-01-20")
        refusal = self._refusal()
        self.assertIn("$\N{NO-BREAK SPACE}110.00", refusal)
        self.assertIn(oldest.name, refusal)
        self.assertIn("01/20/2026", refusal)

    def test_what_is_paid_or_credited_does_not_count_and_loose_credits_neither(self):
        invoice = self._owe(300.0)
        with self.on("2026-02-12"):
            # a credit note that is not matched lowers nothing
            loose = self._owe(500.0, move_type="out_refund")
            self.assertEqual(loose.move_type, "out_refund")
        self.assertTrue(self._refusal())
        self._pay(invoice, "2026-02-12", amount=199.0)
        if invoice.payment_state == "partial":
            self.assertIn("101.00", self._refusal())
        self._pay(invoice, "2026-02-12")
        self.assertFalse(self._refusal())

    def test_all_companies_of_the_wallet_count_and_others_do_not(self):
        branch = self._create_customer("Branch")
        stranger = self._create_customer("Stranger")
        self._owe(300.0, partner=stranger)
        self.assertFalse(self._refusal())
        self.env["loyalty.b2b.participant"].create(
            {
                "wallet_id": self.wallet.id,
                "partner_id": branch.id,
                "date_start": "2026-01-01",
            }
        )
        self._owe(300.0, partner=branch)
        self.assertIn("300.00", self._refusal())

    def test_it_stops_quotation_and_confirmation_but_not_what_is_paid(self):
        with self.on("2026-02-01"):
            order = self._create_order([(self.product, 1, 100.0)])
            self._use_points(order, 1000)
            paid = self._create_order([(self.product, 1, 100.0)])
            self._use_points(paid, 1000)
        self._owe(300.0, due="2026-01-20")
        with self.on("2026-02-02"):
            other = self._create_order([(self.product, 1, 100.0)])
            with self.assertRaisesRegex(UserError, "overdue invoices of"):
                self._use_points(other, 1000)
            with self.assertRaisesRegex(UserError, "overdue invoices of"):
                order.action_confirm()
            paid._get_loyalty_b2b_redemption()._confirm(is_paid=True)
            self.assertEqual(paid._get_loyalty_b2b_redemption().state, "done")
            self.assertIn("overdue", self.wallet._get_portal_notice())

    def test_one_query_tells_and_none_where_nobody_asks(self):
        self._owe(300.0)
        with self.on("2026-02-12"):
            self.wallet._get_use_refusal()
            with self.assertQueryCount(1):
                self.assertTrue(self.wallet._get_use_refusal())
            self.program.overdue_hold = False
            self.env.flush_all()
            self.wallet._get_use_refusal()
            with self.assertQueryCount(0):
                self.assertFalse(self.wallet._get_use_refusal())


@tagged("post_install", "-at_install")
class TestPaidLate(LifeCommon):
    """Points of invoices paid late are cancelled, and come back with the payment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.write(
            {
                "cancel_late": True,
                "cancel_late_days": 10,
                "cancel_late_since": "2026-01-01",
            }
        )
        cls.outstanding = cls.env["account.account"].create(
            {
                "name": "Outstanding",
                "code": "OUT1",
                "account_type": "asset_current",
                "reconcile": True,
            }
        )

    def _owe(self, day="2026-01-15", due="2026-02-01", amounts=(100.0,)):
        return self._invoice_on(
            day, amounts, invoice_payment_term_id=False, invoice_date_due=due
        )

    def _set_way(self, activation="posting", posted=True):
        """Set when points become available, and whether payments have entries.

        They have where the company has an account for what the bank has not seen.
        """
        self.program.activation = activation
        journal = self.company_data["default_journal_bank"]
        methods = journal.inbound_payment_method_line_ids
        methods.payment_account_id = self.outstanding if posted else False

    def test_paid_on_the_last_day_is_in_time(self):
        for way in WAYS:
            self._set_way(*way)
            invoice = self._owe()
            self._pay(invoice, "2026-02-11")
            self.assertOn("2026-02-11", available=100, waiting=0)
            with self.on("2026-02-12"):
                self._credit(invoice)

    def test_paid_late_undone_and_redone(self):
        for way in WAYS:
            self._set_way(*way)
            invoice = self._owe()
            waits = way[0] == "payment"
            for turn in ("first", "second"):
                payment = self._pay(invoice, "2026-02-12")
                with self.subTest(way=way, turn=turn):
                    self.assertOn("2026-02-12", available=0, waiting=0, balance=0)
                self._undo(payment, "2026-02-13")
                unpaid = {"available": 0 if waits else 100, "waiting": 100 * waits}
                self.assertOn("2026-02-13", **unpaid)
            self._pay(invoice, "2026-02-10")
            self.assertOn("2026-02-14", available=100, waiting=0)
            notes = self.env["loyalty.b2b.entry"].search(
                [("move_id", "=", invoice.id), ("is_late", "=", True)]
            )
            self.assertEqual(
                {note.note: (note.points > 0) for note in notes},
                {"Paid 11 days late": False, "Not paid late any more": True},
            )
            with self.on("2026-02-20"):
                self._credit(invoice)
            self.assertOn("2026-02-20", available=0, waiting=0)

    def test_the_first_last_day_is_kept(self):
        invoice = self._owe()
        first = self._lots(invoice).date_expiry
        payment = self._pay(invoice, "2026-03-01")
        self._undo(payment, "2026-04-01")
        self.assertEqual(set(self._lots(invoice).mapped("date_expiry")), {first})

    def test_a_late_payment_replaced_at_once_by_one_in_time_changes_nothing(self):
        for way in WAYS:
            self._set_way(*way)
            invoice = self._owe()
            late = self._pay(invoice, "2026-03-01")
            with self.on("2026-03-02"):
                late.action_draft()
                late.action_cancel()
                with patch.object(type(self), "_notice", lambda test: None):
                    self._pay(invoice, "2026-02-01")
                self._notice()
            self.assertOn("2026-03-02", available=100, waiting=0)
            with self.on("2026-03-03"):
                self._credit(invoice)

    def test_the_last_part_of_a_payment_decides(self):
        self._set_way()
        invoice = self._owe()
        self._pay(invoice, "2026-02-01", amount=50.0)
        self.assertOn("2026-02-01", available=100)
        self._pay(invoice, "2026-02-12")
        self.assertOn("2026-02-12", available=0)

    def test_credit_notes_are_no_payment_and_count_rightly_before_and_after(self):
        self._set_way()
        invoice = self._owe()
        with self.on("2026-01-20"):
            self._credit(invoice, [30.0])
        self.assertOn("2026-01-20", available=70)
        payment = self._pay(invoice, "2026-02-12")
        self.assertOn("2026-02-12", available=0, balance=0)
        with self.on("2026-02-13"):
            self._credit(invoice, [20.0])
        self.assertOn("2026-02-13", available=0, balance=0)
        self._undo(payment, "2026-02-14")
        self.assertOn("2026-02-14", available=50)

    def test_late_credit_note_of_the_rest_does_not_make_a_payment_late(self):
        self._set_way()
        invoice = self._owe()
        self._pay(invoice, "2026-01-31", amount=61.5)
        with self.on("2026-03-01"):
            credit = self._credit(invoice, [50.0])
            lines = (invoice | credit).line_ids.filtered(
                lambda line: line.account_id.account_type == "asset_receivable"
            )
            lines.filtered(lambda line: not line.reconciled).reconcile()
            self._notice()
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertOn("2026-03-01", available=50)

    def test_points_that_wait_for_their_day_are_cancelled_too(self):
        self.program.activation_days = 60
        invoice = self._owe()
        payment = self._pay(invoice, "2026-02-12")
        self.assertOn("2026-02-12", waiting=0)
        self._undo(payment, "2026-02-13")
        self.assertOn("2026-02-13", waiting=100)
        self._pay(invoice, "2026-02-09")
        self._run_on("2026-03-16")
        self.assertOn("2026-03-16", waiting=0, available=100)
        self.assertEqual(
            set(self._lots(invoice).mapped("date_expiry")), {self._day("2028-03-16")}
        )

    def test_what_was_cancelled_is_not_promised_again(self):
        with self.on("2026-01-15"):
            order = self._create_order([(self.product, 2, 100.0)], confirm=True)
            invoice = order._create_invoices()
            invoice.invoice_line_ids.quantity = 1
            invoice.write(
                {
                    "invoice_date": "2026-01-15",
                    "invoice_payment_term_id": False,
                    "invoice_date_due": "2026-02-01",
                }
            )
            invoice.action_post()
            self.assertEqual(self.wallet._get_portal_expected(), 100)
        payment = self._pay(invoice, "2026-03-01")
        with self.on("2026-03-01"):
            self.assertEqual(self.wallet._get_portal_expected(), 100)
        rows, _total, _page = self.wallet._prepare_portal_history()
        self.assertIn("paid late", rows[0]["text"])
        self._undo(payment, "2026-03-02")
        with self.on("2026-03-02"):
            self.assertEqual(self.wallet._get_portal_expected(), 100)
        self.assertOn("2026-03-02", available=100)

    def test_used_points_of_a_late_payer_are_owed(self):
        invoice = self._owe(amounts=(1000.0,))
        with self.on("2026-02-01"):
            order = self._create_order([(self.product, 1, 100.0)])
            self._use_points(order, 1000)
            order.action_confirm()
        self._pay(invoice, "2026-02-12")
        self.assertOn("2026-02-12", available=-1000)

    def test_invoices_from_before_and_other_programmes_keep_their_points(self):
        old = self._owe("2025-12-31", "2026-01-14")
        self._pay(old, "2026-06-01")
        self.assertOn("2026-06-01", available=100)
        self.program.cancel_late = False
        other = self._owe()
        self._pay(other, "2026-06-01")
        self.assertOn("2026-06-01", available=200)

    def test_switching_it_on_names_the_day_and_off_gives_nothing_back(self):
        invoice = self._owe()
        payment = self._pay(invoice, "2026-03-01")
        with self.on("2026-03-02"):
            self.program.cancel_late = False
            self.assertFalse(self.program.cancel_late_since)
            self.env["loyalty.b2b.wallet"]._activate(invoice.ids)
            self.assertWallet(available=0)
        # but if it is not paid at all, it is not paid late either
        self._undo(payment, "2026-03-03")
        self.assertOn("2026-03-03", available=100)
        with self.on("2026-03-04"):
            self.program.cancel_late = True
            self.assertEqual(self.program.cancel_late_since, self._day("2026-03-04"))

    def test_an_invoice_reset_and_posted_again_can_be_late_again(self):
        invoice = self._owe(amounts=(100.0, 50.0))
        with self.on("2026-01-16"):
            invoice.button_draft()
            invoice.invoice_line_ids[0].unlink()
            invoice.action_post()
        self.assertOn("2026-01-16", available=50)
        payment = self._pay(invoice, "2026-03-01")
        self.assertOn("2026-03-01", available=0)
        self._undo(payment, "2026-03-02")
        self.assertOn("2026-03-02", available=50)


@tagged("post_install", "-at_install")
class TestExpiryModes(LifeCommon):
    """Until when points can be used."""

    def _expiry_of(self, day="2026-01-31", **values):
        self.program.write(values)
        return self._lots(self._invoice_on(day)).date_expiry

    def test_each_way_to_expire(self):
        dates = {"expiry_mode": "dates", "expiry_dates": "30.06, 31.12"}
        for values, expected in [
            ({"expiry_months": 24}, "2028-01-31"),
            ({"expiry_months": 0}, False),
            ({"expiry_mode": "never", "expiry_months": 24}, False),
            ({"expiry_mode": "period", "expiry_period": "quarter"}, "2028-03-31"),
            ({**dates, "expiry_months": 0}, "2026-06-30"),
            ({**dates, "expiry_months": 6}, "2026-12-31"),
            ({"expiry_mode": "inactivity", "expiry_months": 6}, False),
        ]:
            with self.subTest(**values):
                day = expected and self._day(expected)
                self.assertEqual(self._expiry_of(**values), day)

    def test_each_way_is_said_in_a_sentence(self):
        after = "after they became available"
        dates = {
            "expiry_mode": "dates",
            "expiry_dates": "31.12,1.7",
            "expiry_months": 0,
        }
        for values, sentence in [
            ({"expiry_months": 24}, f"Expire 24 months {after}"),
            ({"expiry_months": 1}, f"Expire 1 month {after}"),
            ({"expiry_months": 0}, "Points never expire"),
            ({"expiry_mode": "period"}, "Expire at the end of the year"),
            (
                {"expiry_period": "month", "expiry_months": 3},
                f"Expire at the end of the month, 3 months {after}",
            ),
            (dates, "Expire on the next 01.07 or 31.12"),
            (
                {"expiry_months": 2},
                "Expire on the first 01.07 or 31.12 at least 2 months"
                " after they became available",
            ),
            (
                {"expiry_mode": "inactivity"},
                "All points expire after 2 months without a purchase or use",
            ),
            ({"expiry_mode": "never"}, "Points never expire"),
        ]:
            with self.subTest(**values):
                self.program.write(values)
                self.assertEqual(self.program.life_text, sentence)
                self.assertTrue(self.program._get_portal_expiry_text().endswith("."))

    def test_dates_that_make_no_sense_are_refused_in_words(self):
        for dates, message in [
            ("31.12, 31.02", "expire on 31.02, as there is no such day"),
            ("31.12, 31.12", "the date 31.12 is there twice"),
            ("soon", "“soon” is no date"),
            ("", "enter the dates"),
            (
                ", ".join(f"{day}.01" for day in range(1, 14)),
                "12 dates a year, not on 13",
            ),
        ]:
            with (
                self.subTest(dates=dates),
                self.assertRaisesRegex(ValidationError, message),
                self.cr.savepoint(),
            ):
                self.program.write({"expiry_mode": "dates", "expiry_dates": dates})

    @mute_logger("odoo.sql_db")
    def test_numbers_that_make_no_sense_are_refused(self):
        for values in [
            {"expiry_months": -1},
            {"expiry_months": 1201},
            {"expiry_mode": "inactivity", "expiry_months": 0},
            {"activation_days": -1},
            {"overdue_days": -1},
            {"overdue_amount": -0.01},
            {"cancel_late_days": -1},
        ]:
            with (
                self.subTest(**values),
                self.assertRaises(CheckViolation),
                self.cr.savepoint(),
            ):
                self.program.write(values)
                self.env.flush_all()
            self.env.invalidate_all()

    # === LIVES OF RULES === #

    def test_one_invoice_with_two_lives_half_and_then_all_credited(self):
        short = self._create_goods("Offer", 100.0)
        self.program.rule_ids = [
            Command.create(
                {
                    "name": "Offer",
                    "points": 2,
                    "amount": 1.0,
                    "product_ids": [Command.link(short.id)],
                    "expiry": "months",
                    "expiry_months": 3,
                }
            )
        ]
        lines = [(self.product, 1, 100.0), (short, 1, 100.0)]
        invoice = self._invoice_on("2026-01-31", lines)

        def left():
            lots = self._lots(invoice)
            with self.on("2026-02-02"):
                self.wallet._lock()
                self.wallet._settle()
                self.assertEqual(self.wallet._verify(), [])
            return {str(lot.date_expiry): int(lot.points_open) for lot in lots}

        self.assertEqual(left(), {"2028-01-31": 200, "2026-04-30": 200})
        with self.on("2026-02-01"):
            half = [(self.product, 1, 50.0), (short, 1, 50.0)]
            self._credit(invoice, half)
        self.assertEqual(left(), {"2028-01-31": 100, "2026-04-30": 100})
        with self.on("2026-02-02"):
            self._credit(invoice, half)
        self.assertEqual(left(), {"2028-01-31": 0, "2026-04-30": 0})
        self.assertOn("2026-02-02", balance=0)

    def test_lots_with_a_short_life_lapse_first_and_alone(self):
        self.program.rule_ids.write({"expiry": "months", "expiry_months": 3})
        self.program.rule_ids = [
            Command.create({"name": "Base", "points": 1, "amount": 1.0})
        ]
        self._invoice_on("2026-01-31")
        self.assertOn("2026-04-30", available=200)
        self._run_on("2026-05-01")
        self.assertOn("2026-05-01", available=100, balance=100)

    # === INACTIVITY === #

    def _start_inactivity(self):
        self.program.write({"expiry_mode": "inactivity", "expiry_months": 6})
        self.wallet.date_joined = "2025-01-01"

    def test_all_lapses_after_months_without_a_purchase_or_use(self):
        self._start_inactivity()
        self._invoice_on("2026-01-10")
        self._invoice_on("2026-02-28")
        self._run_on("2026-08-28")
        self.assertOn("2026-08-28", available=200)
        self._run_on("2026-08-29")
        self.assertOn("2026-08-29", available=0, balance=0)
        expired = self.wallet.entry_ids.filtered(lambda e: e.kind == "expire")
        self.assertEqual(
            set(expired.mapped("note")), {"No purchase or use of points for 6 months"}
        )

    def test_use_keeps_points_alive_and_what_is_given_back_does_not(self):
        self._start_inactivity()
        self._invoice_on("2026-01-10", [3000.0])
        with self.on("2026-03-10"):
            order = self._create_order([(self.product, 1, 100.0)])
            self._use_points(order, 1000)
            order.action_confirm()
        with self.on("2026-06-10"):
            order._action_cancel()
            self.assertWallet(available=3000)
        self._run_on("2026-09-10")
        self.assertOn("2026-09-10", available=3000)
        self._run_on("2026-09-11")
        self.assertOn("2026-09-11", available=0)

    def test_a_job_that_has_not_run_lets_nobody_use_lapsed_points(self):
        self._start_inactivity()
        self._invoice_on("2026-01-10", [3000.0])
        with self.on("2026-07-10"):
            hold = self.wallet._hold(10, "hold:in-time")
            self.wallet._release(hold)
        with self.on("2026-07-11"):
            with self.assertRaisesRegex(UserError, "0 points available"):
                self.wallet._hold(10, "hold:late")
            other = self._enrol(self._create_customer("Other", "7010001454"))
            with self.assertRaisesRegex(UserError, "0 points available"):
                self.wallet._transfer(other, 10, "transfer:late", "Moved")

    def test_customers_are_told_until_when_to_buy(self):
        self._start_inactivity()
        self._invoice_on("2026-01-10")
        with self.on("2026-02-01"):
            self.wallet.invalidate_recordset()
            self.assertEqual(self.wallet.next_expiry_date, self._day("2026-07-10"))
            self.assertEqual(self.wallet.next_expiry_points, 100)
            figures = self.wallet._prepare_portal_summary()["figures"]
        hint = next(f["hint"] for f in figures if f["key"] == "expiring")
        self.assertEqual(hint, "expire after 07/10/2026 unless you buy or use points")


@tagged("post_install", "-at_install")
class TestRunNow(LifeCommon):
    def test_administrators_run_the_daily_steps_and_read_what_they_did(self):
        with self.on("2026-01-10"):
            self._give_points(10, date_expiry="2026-01-09")
            self.program.activation_days = 5
        self._invoice_on("2026-01-05")
        with self.on("2026-01-10"):
            action = self.program.action_run_daily()
            self.assertWallet(available=100, balance=100)
        message = action["params"]["message"]
        self.assertIn("Wallets with expired points: 1", message)
        self.assertEqual(self.program.date_daily, self._day("2026-01-10"))
        with self.on("2026-01-10"):
            again = self.program.action_run_daily()
        self.assertEqual(again["params"]["message"], "There was nothing to do.")

    def test_what_is_left_is_said_and_the_job_goes_on(self):
        self._give_points(10, date_expiry="2026-01-09")
        other = self._enrol(self._create_customer("Other", "7010001454"))
        self._give_points(10, wallet=other, date_expiry="2026-01-09")
        jobs = "odoo.addons.loyalty_b2b.models"
        with (
            patch(f"{jobs}.wallet_jobs.BATCH", 1),
            patch(f"{jobs}.program_jobs.RUN_SECONDS", -1),
            self.on("2026-01-10"),
        ):
            params = self.program.action_run_daily()["params"]
        self.assertIn("Wallets with expired points: 1 done, 1 left", params["message"])
        self.assertIn("hourly job goes on", params["message"])
        self.assertFalse(self.program.date_daily)
        self._run_on("2026-01-10")
        self.assertEqual(sum((self.wallet | other).mapped("balance")), 0)
        self.assertEqual(self.program.date_daily, self._day("2026-01-10"))

    def test_others_may_not(self):
        for user in (self.officer, self.sales_all):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.program.with_user(user).action_run_daily()
