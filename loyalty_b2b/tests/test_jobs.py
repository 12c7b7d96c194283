from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..booking.documents import DocumentBookings
from .common import LoyaltyB2bCommon

JOBS = "odoo.addons.loyalty_b2b.models.wallet_jobs"


@tagged("post_install", "-at_install")
class TestJobs(LoyaltyB2bCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._enrol(cls._create_customer("Inna", "7010001454"))
        cls.wallets = cls.wallet | cls.other
        cls.today = fields.Date.today()
        cls.yesterday = cls.today - timedelta(days=1)
        # a job commits its batches, which a test cannot
        progress = patch.object(
            type(cls.env["ir.cron"]), "_commit_progress", return_value=60.0
        )
        cls.commit_progress = cls.startClassPatcher(progress)

    def _run(self):
        self.env["loyalty.b2b.program"]._cron_daily()

    def _pay(self, move):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        return wizard.create({})._create_payments()

    def assertClean(self):
        self.assertEqual(self.wallets._verify(), [])

    # === EXPIRE === #

    def test_lots_expire_the_day_after_their_last_and_in_all_wallets(self):
        for wallet in self.wallets:
            self._give_points(10, wallet=wallet, date_expiry=self.yesterday)
            self._give_points(20, wallet=wallet, date_expiry=self.today)
        self._run()
        for wallet in self.wallets:
            self.assertWallet(wallet, balance=20, available=20)
        expired = self.wallets.entry_ids.filtered(lambda e: e.kind == "expire")
        self.assertEqual(expired.mapped("points"), [-10, -10])
        self.assertEqual(set(expired.mapped("date_event")), {self.yesterday})
        self.assertClean()

    def test_a_hold_outlives_the_last_day_and_expires_when_released(self):
        self._give_points(10, date_expiry=self.today)
        hold = self.wallet._hold(10, "hold:1")
        with self.on(self.today + timedelta(days=1)):
            self._run()
            self.assertWallet(held=10, balance=10)
            self.wallet._release(hold)
        with self.on(self.today + timedelta(days=2)):
            self._run()
            self.assertWallet(held=0, balance=0, available=0)
            self.assertClean()

    def test_what_is_owed_is_paid_before_the_rest_expires(self):
        self._give_points(10, date_expiry=self.today)
        self.wallet._force_redeem(4, "force:1")
        with self.on(self.today + timedelta(days=1)):
            self._run()
            expired = self.wallet.entry_ids.filtered(lambda e: e.kind == "expire")
            self.assertEqual(expired.points, -6)
            self.assertClean()

    # === ONCE A DAY === #

    def test_the_steps_run_once_a_day_of_the_programme(self):
        self._run()
        self.assertEqual(self.program.date_daily, self.program._today())
        self._give_points(10, date_expiry=self.yesterday)
        self._run()
        self.assertWallet(balance=10)
        with self.on(self.today + timedelta(days=1)):
            self._run()
            self.assertWallet(balance=0)

    def test_a_broken_off_run_is_taken_up(self):
        for wallet in self.wallets:
            self._give_points(10, wallet=wallet, date_expiry=self.yesterday)
        self.commit_progress.return_value = 0.0
        self.addCleanup(setattr, self.commit_progress, "return_value", 60.0)
        with patch(f"{JOBS}.BATCH", 1):
            self._run()
            self.assertFalse(self.program.date_daily)
            self.assertEqual(sum(self.wallets.mapped("balance")), 10)
            self._run()
        self.assertEqual(sum(self.wallets.mapped("balance")), 0)
        self.assertTrue(self.program.date_daily)

    @mute_logger(JOBS)
    def test_a_wallet_that_fails_stops_no_other(self):
        for wallet in self.wallets:
            self._give_points(10, wallet=wallet)
        verb = type(self.wallets)._settle_job

        def fail_once(wallets):
            if self.wallet in wallets:
                raise ValueError("broken")
            return verb(wallets)

        cr = self.env.cr
        with (
            patch.object(type(self.wallets), "_settle_job", fail_once),
            patch.object(cr, "rollback"),
            patch.object(cr, "commit"),
        ):
            self.env["loyalty.b2b.wallet"]._cron_settle()
        self.wallets.entry_ids.invalidate_recordset()
        self.assertTrue(self.wallet.entry_ids.to_settle)
        self.assertFalse(self.other.entry_ids.to_settle)

    # === ENROL === #

    def test_matching_customers_are_enrolled_every_day(self):
        self.program.write(
            {"auto_enrol": True, "enrol_domain": "[('ref', '=', 'gold')]"}
        )
        partner = self._create_customer("Nowa", ref="gold")
        self.env.ref("loyalty_b2b.ir_cron_enrol").sudo().ir_actions_server_id.run()
        self.assertEqual(
            partner, self.program.wallet_ids.partner_id - self.wallets.partner_id
        )

    # === ACTIVATE === #

    def test_payments_that_nobody_told_about_are_found(self):
        self.program.activation = "payment"
        invoice = self._create_invoice_of([100.0])
        payment = self._pay(invoice)
        self.env.flush_all()
        self.env.cr.precommit.data.pop("loyalty_b2b.moves", None)
        self.assertWallet(waiting=100, available=0)
        self._run()
        self.assertWallet(waiting=0, available=100)
        payment.action_draft()
        payment.action_cancel()
        self.env.flush_all()
        self.env.cr.precommit.data.pop("loyalty_b2b.moves", None)
        with self.on(self.today + timedelta(days=1)):
            self._run()
            self.assertWallet(waiting=100, available=0)
            self.assertClean()

    # === DOCUMENTS THAT FAILED === #

    def _fail(self, error):
        return patch.object(DocumentBookings, "add", side_effect=error)

    def test_bad_data_stops_no_posting_and_is_told_once(self):
        with self._fail(ValueError("odd")), self.mute_errors():
            invoice = self._create_invoice_of([100.0])
            self._run()
            self._run()
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(len(invoice.activity_ids), 1)
        self.assertWallet(balance=0)
        self._run()
        self.assertWallet(balance=100)
        self.assertFalse(invoice.loyalty_b2b_to_book)

    def test_a_lost_race_is_not_taken_for_bad_data(self):
        """Odoo posts again; swallowed, the error would break the transaction."""
        invoice = self._create_invoice_of([100.0], post=False)
        lost = SerializationFailure("could not serialize access")
        with self._fail(lost), self.assertRaises(SerializationFailure):
            invoice.action_post()

    # === CLOSING === #

    def _start_closing(self):
        last_use = self.today + timedelta(days=60)
        self.program._start_closing(self.today, last_use)
        return last_use

    def test_customers_have_sixty_days_to_use_their_points(self):
        with self.assertRaisesRegex(UserError, "60 days"):
            self.program._start_closing(self.today, self.today + timedelta(days=59))
        last_use = self._start_closing()
        self.assertEqual(self.program.date_last_use, last_use)

    def test_invoices_after_the_last_day_of_earning_earn_nothing(self):
        self._start_closing()
        self._create_invoice_of([100.0])
        self.assertWallet(balance=100)
        tomorrow = self.today + timedelta(days=1)
        self._create_invoice_of([100.0], invoice_date=tomorrow)
        self.assertWallet(balance=100)
        self.assertFalse(self.wallet._get_use_refusal())

    def test_a_closed_programme_leaves_nothing_open(self):
        self.program.activation = "payment"
        self._create_invoice_of([100.0])
        self._give_points(5000)
        self._give_points(10, date_expiry=None)
        order = self._create_order([(self.product, 1, 100.0)])
        redemption = order._use_loyalty_b2b_points(1000)
        self.other._force_redeem(30, "force:1")
        self.wallet._hold(7, "hold:raw")
        last_use = self._start_closing()
        with self.on(last_use):
            self._run()
            self.assertEqual(self.program.state, "closing")
        with self.on(last_use + timedelta(days=1)):
            self._run()
        self.assertEqual(self.program.state, "closed")
        self.assertEqual(redemption.state, "lapsed")
        self.assertEqual(len(order.order_line), 1)
        for wallet in self.wallets:
            self.assertWallet(wallet, balance=0, available=0, held=0, waiting=0)
        entries = self.wallets.entry_ids
        self.assertFalse(entries.filtered("points_open"))
        said = entries.filtered(lambda e: e.note == "The programme has been closed")
        self.assertEqual(
            sorted(said.mapped("kind")),
            ["adjust", "earn", "expire", "expire", "redeem"],
        )
        self.assertClean()

    def test_what_is_booked_after_closing_is_closed_the_next_day(self):
        last_use = self._start_closing()
        with self.on(last_use + timedelta(days=1)):
            self._run()
        self._give_points(10)
        with self.on(last_use + timedelta(days=2)):
            self._run()
            self.assertWallet(balance=0, available=0)

    def test_only_a_closing_programme_closes(self):
        with self.assertRaisesRegex(UserError, "cannot take this step"):
            self.program._close()

    def test_an_empty_programme_cannot_stop_the_daily_steps(self):
        """Without wallets, rules or rates there is simply nothing to do."""
        self._create_program(
            start=False, name="Empty", rate_ids=[Command.clear()]
        ).sudo().state = "paused"
        self._run()
        self.assertTrue(self.program.date_daily)
