from unittest.mock import patch

from odoo.tests import tagged

from ..booking.documents import DocumentBookings
from ..tools import engine, group
from .common import LoyaltyB2bCommon


@tagged("post_install", "-at_install")
class TestBookingWhole(LoyaltyB2bCommon):
    """A document books all that it earns or, if its data fail, nothing of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Odoo adds the default taxes of other companies, which we may not read
        cls.product.sudo().taxes_id = cls.tax_23
        goods = cls._create_goods("Saw", 100.0, invoice_policy="delivery")
        cls.first = cls._create_order([(goods, 10, 100.0)], confirm=True)
        cls.second = cls._create_order([(cls.product, 3, 100.0)], confirm=True)

    def _invoice_both(self):
        """Invoice 4 of the first order's 10 pieces together with the second order."""
        self.first.order_line.qty_delivered = 4
        return (self.first | self.second)._create_invoices()

    def _fail_when(self, place, name, condition, error=ZeroDivisionError):
        """Let a method fail when a condition of its arguments holds."""
        method = getattr(place, name)

        def fail(*args):
            if condition(*args):
                raise error("odd data")
            return method(*args)

        return patch.object(place, name, fail)

    def _fail_second(self):
        ref = f"order:{self.second.id}"
        return self._fail_when(
            group.Group, "differences", lambda found, *rows: found.ref == ref
        )

    def assertLeft(self, move):
        """Check that a document is posted, books nothing and waits for the job."""
        self.assertEqual(move.state, "posted")
        self.assertFalse(self.wallet.entry_ids.filtered(lambda e: e.move_id == move))
        self.assertTrue(move.loyalty_b2b_to_book)
        self.assertEqual(len(move.activity_ids), 1)

    def assertSound(self, **figures):
        self.assertWallet(**figures)
        self.assertFalse(self.wallet._verify())

    def test_a_group_that_fails_leaves_nothing_of_its_document(self):
        both = self._invoice_both()
        good = self._create_invoice_of([50.0], post=False)
        late = self._create_invoice_of([20.0], post=False)
        with self._fail_second(), self.mute_errors():
            (good | both | late)._post()
        self.assertLeft(both)
        self.assertSound(balance=70)
        self.env["account.move"]._cron_book_loyalty_b2b()
        self.assertEqual(self._points_of(both), 700)
        self.assertFalse(both.loyalty_b2b_to_book)
        self.assertSound(balance=770)

    def test_the_next_document_of_its_order_does_not_count_it(self):
        """Both are in one batch, so that the second one sees the first only there."""
        self.program.rule_ids.write({"effect": "step", "points": 100, "amount": 500.0})
        both = self._invoice_both()
        self.first.order_line.qty_delivered = 10
        rest = self.first._create_invoices()
        with self._fail_second(), self.mute_errors():
            (both | rest)._post()
        self.assertLeft(both)
        self.assertEqual(self._points_of(rest), 100)
        self.env["account.move"]._cron_book_loyalty_b2b()
        self.assertSound(balance=200)

    def test_a_failing_explanation_stops_no_posting(self):
        both = self._invoice_both()
        fail = self._fail_when(engine, "explained", lambda rows, points: points == 300)
        with fail, self.mute_errors():
            both._post()
        self.assertLeft(both)
        self.env["account.move"]._cron_book_loyalty_b2b()
        self.assertSound(balance=700)

    def test_a_programme_that_fails_leaves_nothing_in_the_others(self):
        self.company.loyalty_b2b_several_programs = True
        other = self._create_program(name="Second club")
        wallet = self._enrol(self.customer, program=other)
        fail = self._fail_when(
            group.Group, "differences", lambda found, *rows: found.wallet == wallet.id
        )
        with fail, self.mute_errors():
            invoice = self._create_invoice_of([50.0])
        self.assertLeft(invoice)
        self.env["account.move"]._cron_book_loyalty_b2b()
        self.assertSound(balance=50)
        self.assertEqual(wallet.balance, 50)

    def test_a_failing_credit_note_leaves_the_one_before_it(self):
        """The first is inserted while the second is worked out."""
        invoice = self._create_invoice_of([1000.0])
        first = self._credit(invoice, [400.0], post=False)
        second = self._credit(invoice, [600.0], post=False)
        third = self._credit(invoice, [100.0], post=False)
        fail = self._fail_when(
            DocumentBookings,
            "_draft_explained",
            lambda ledger, found, move_id, rows: move_id == second.id,
        )
        with fail, self.mute_errors():
            (first | second | third)._post()
        self.assertLeft(second)
        self.assertEqual(self._points_of(first | third), -500)
        self.assertSound(balance=500)
        self.env["account.move"]._cron_book_loyalty_b2b()
        self.assertSound(balance=0)

    def _fail_undoing(self):
        return self._fail_when(
            DocumentBookings.__mro__[1], "_annul", lambda ledger, *args: True
        )

    def test_a_reset_that_cannot_be_undone_is_left_to_the_job(self):
        invoice = self._create_invoice_of([300.0])
        with self._fail_undoing(), self.mute_errors():
            invoice.button_draft()
            self.env["account.move"]._cron_book_loyalty_b2b()
        self.assertEqual(invoice.state, "draft")
        self.assertTrue(invoice.loyalty_b2b_to_book)
        self.assertEqual(len(invoice.activity_ids), 1)
        self.assertSound(balance=300)
        self.env["account.move"]._cron_book_loyalty_b2b()
        self.assertFalse(invoice.loyalty_b2b_to_book)
        self.assertSound(balance=0)
        invoice.action_post()
        self.assertSound(balance=300)

    def test_posted_again_before_the_job_it_counts_once(self):
        invoice = self._create_invoice_of([300.0])
        with self._fail_undoing(), self.mute_errors():
            invoice.button_draft()
        invoice.invoice_line_ids.price_unit = 200.0
        invoice.action_post()
        self.assertFalse(invoice.loyalty_b2b_to_book)
        self.assertEqual(self._points_of(invoice), 200)
        self.env["account.move"]._cron_book_loyalty_b2b()
        self.assertSound(balance=200)

    def test_a_reset_of_several_orders_is_undone_in_all_or_none(self):
        both = self._invoice_both()
        both.action_post()
        with self._fail_second(), self.mute_errors():
            both.button_draft()
        self.assertSound(balance=700)
        self.env["account.move"]._cron_book_loyalty_b2b()
        self.assertSound(balance=0)

    def test_a_correction_in_the_batch_of_its_invoice_that_changes_no_points(self):
        """It stands with the entry it corrects, which is not in the ledger yet."""
        self.program.rule_ids.write({"effect": "step", "points": 100, "amount": 250.0})
        invoice = self.second._create_invoices()
        credit = self._create_invoice_of([20.0], post=False, move_type="out_refund")
        credit.invoice_line_ids.sale_line_ids = self.second.order_line
        (invoice | credit)._post()
        self.assertEqual(self._points_of(invoice), 100)
        self.assertSound(balance=100)
        lots = self.wallet.entry_ids.filtered(lambda e: e.move_id == credit)
        self.assertEqual(lots.reversed_entry_id.move_id, invoice)
