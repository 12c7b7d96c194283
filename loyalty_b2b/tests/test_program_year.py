from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .test_program_steps import ProgramStepsCommon


@tagged("post_install", "-at_install")
class TestProgramYear(ProgramStepsCommon):
    """A year of a programme: announced, run, paused, resumed, closed.

    1 point per 1.00 net, 1 000 points = 10.00, points live for 6 months.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.sudo().write({"state": "closed"})
        cls.year = cls._create_program(
            start=False, name="The year", expiry_months=6, notices=False
        )

    def _settle(self):
        self.env.flush_all()
        self.env["loyalty.b2b.wallet"].sudo()._cron_settle()

    def _night(self):
        """Run the jobs of a day."""
        self.env["loyalty.b2b.program"]._cron_daily()
        self.env["loyalty.b2b.program"]._cron_book_missed()
        self._settle()

    def _until(self, day, last):
        """Run the jobs of each week up to a day."""
        day, last = self._day(day), self._day(last)
        while day <= last:
            with self.on(day):
                self._night()
            day += timedelta(days=7)

    def assertStands(self, wallet, **figures):
        """Check the figures, and that the ledger has no fault."""
        self._settle()
        self.assertWallet(wallet, **figures)
        faults = self.env["loyalty.b2b.wallet"].sudo()._verify()
        self.assertFalse(faults)

    def _buy(self, amount, points=0):
        """Order, use points and invoice, as on the frozen day."""
        order = self._create_order([(self.product, 1, amount)])
        if points:
            self._use_points(order, points)
        order.action_confirm()
        return self._invoice(order)

    def test_a_year_of_a_programme(self):
        year = self.year
        # 10 January: announced for 1 February; the customer joins before the start
        with self.on("2026-01-10"):
            self._take("announce", year, date_start="2026-02-01")
            wallet = self._enrol(self.customer, year, date_start="2026-01-10")
            self._create_invoice_of([900.0])
            self._night()
            self.assertEqual(year.state, "announced")
            self.assertStands(wallet, balance=0, available=0)

        # 1 February: the job starts it; invoices of January give nothing
        with self.on("2026-02-01"):
            self._night()
            self.assertEqual(year.state, "running")
            self._create_invoice_of([500.0], invoice_date="2026-01-31")
            february = self._create_invoice_of([1000.0])
            self.assertStands(wallet, balance=1000, available=1000)

        # 1 March: 300 points take 3.00 off an order of 200.00; 197.00 earn
        with self.on("2026-03-01"):
            march = self._buy(200.0, points=300)
            self.assertEqual(march.amount_untaxed, 197.0)
            # 1 000 − 300 + 197
            self.assertStands(wallet, balance=897, available=897)
            lot = wallet.entry_ids.filtered(lambda e: e.move_id == march)
            self.assertEqual(str(lot.filtered("date_expiry").date_expiry), "2026-09-01")

        # 15 March: 100.00 of February come back
        with self.on("2026-03-15"):
            self._credit(february, [100.0], invoice_date="2026-03-15")
            self.assertStands(wallet, balance=797, available=797)

        # 1 April: paused while a quotation holds 200 points
        with self.on("2026-04-01"):
            held = self._create_order([(self.product, 1, 100.0)])
            self._use_points(held, 200)
            self._take("pause", year)
            self.assertStands(wallet, balance=797, available=597, held=200)

        # in the pause: an invoice, a part of it credited, the held order confirmed,
        # and one of February's credited
        with self.on("2026-04-05"):
            held.action_confirm()
            self.assertEqual(held.state, "sale")
            self.assertStands(wallet, balance=597, available=597, held=0)
        with self.on("2026-04-10"):
            missed = self._create_invoice_of([400.0])
            self._credit(missed, [50.0], invoice_date="2026-04-10")
            self._credit(february, [60.0], invoice_date="2026-04-10")
            # only what was earned before the pause is taken back
            self.assertStands(wallet, balance=537, available=537)
            self.assertEqual(year.missed_count, 2)

        # 1 May: resumed; 400 − 50 are booked as of April
        with self.on("2026-05-01"):
            self._take("resume", year)
            self._night()
            self.assertStands(wallet, balance=887, available=887)
            lot = wallet.entry_ids.filtered(lambda e: e.move_id == missed)
            self.assertEqual(str(lot.date_event), "2026-04-10")
            self.assertEqual(str(lot.date_expiry), "2026-10-10")
            self._night()
            self.assertStands(wallet, balance=887, available=887)
            self.assertFalse(year.missed_count)

        # the discount of the held order was 2.00: invoiced in May, 98.00 earn
        with self.on("2026-05-15"):
            self._invoice(held)
            self.assertStands(wallet, balance=985, available=985)

        # 1 August is the last day of February's lot: 1 000 − 300 − 200 used − 160
        # credited = 340 are left and expire the day after
        with self.on("2026-08-01"):
            self._night()
            self.assertStands(wallet, balance=985, available=985)
        with self.on("2026-08-02"):
            self._night()
            # 197 of March, 350 of April, 98 of May
            self.assertStands(wallet, balance=645, available=645)

        # 20 August: closing, the last day of earning is 31 August
        with self.on("2026-08-20"):
            self._take(
                "close",
                year,
                date_last_earning="2026-08-31",
                date_last_use="2026-10-30",
            )
            self.assertEqual(year.state, "closing")
            self.assertStands(wallet, balance=645, available=645)
        with self.on("2026-08-31"):
            self._create_invoice_of([120.0])
        with self.on("2026-09-05"):
            self._create_invoice_of([5000.0])
            self._night()
            # + 120; March's 197 expired on 1 September
            self.assertStands(wallet, balance=568, available=568)

        # 1 October: 500 points take 5.00 off; nothing is earned any more
        with self.on("2026-10-01"):
            self._buy(100.0, points=500)
            self.assertStands(wallet, balance=68, available=68)

        # 30 October is the last day of use; the day after it is closed
        with self.on("2026-10-30"):
            self._night()
            self.assertEqual(year.state, "closing")
            self.assertStands(wallet, balance=68, available=68)
        with self.on("2026-10-31"):
            self._night()
            self.assertEqual(year.state, "closed")
            self.assertEqual(str(year.date_closed), "2026-10-31")
            self.assertStands(wallet, balance=0, available=0)
        self.assertFalse(wallet.entry_ids.filtered("points_open"))
        self._check_kinds(wallet)

    def _check_kinds(self, wallet):
        """Compare what came in and went out in the year with what was worked out."""
        groups = self.env["loyalty.b2b.entry"]._read_group(
            [("wallet_id", "=", wallet.id), ("state", "=", "posted")],
            ["kind"],
            ["points:sum"],
        )
        self.assertEqual(
            {kind: int(points) for kind, points in groups},
            {
                # 1 000 + 197 + 400 + 98 + 120
                "earn": 1815,
                # 100 and 60 of February, 50 of April
                "reversal": -210,
                # 300, 200 and 500
                "redeem": -1000,
                # 340 in August, 197 in September, 68 at the end
                "expire": -605,
            },
        )

    def test_a_quiet_year_runs_by_its_jobs_alone(self):
        """Announced once, everything else happens by itself."""
        year = self.year
        with self.on("2026-01-10"):
            self._take("announce", year, date_start="2026-02-02")
            wallet = self._enrol(self.customer, year, date_start="2026-01-10")
        self._until("2026-01-12", "2026-02-09")
        self.assertEqual(str(year.date_running), "2026-02-02")
        with self.on("2026-02-10"):
            self._create_invoice_of([100.0])
        self._until("2026-02-16", "2026-08-10")
        self.assertStands(wallet, balance=100)
        # 10 August was the last day; the next run takes the points off
        with self.on(fields.Date.add(self._day("2026-08-10"), days=7)):
            self._night()
            self.assertStands(wallet, balance=0, available=0)
