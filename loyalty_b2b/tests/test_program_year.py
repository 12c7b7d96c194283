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

    def assertStands(self, **figures):
        """Check the wallet's figures, and that *Verify ledger* finds no fault."""
        self._settle()
        self.assertWallet(**figures)
        self.assertEqual(self.wallet.sudo()._verify(), [])

    def _lot_of(self, move):
        return self.wallet.entry_ids.filtered(
            lambda e: e.move_id == move and e.kind == "earn"
        )

    def _buy(self, amount, points=0):
        """Order, use points and invoice, as on the frozen day."""
        order = self._create_order([(self.product, 1, amount)])
        if points:
            self._use_points(order, points)
        order.action_confirm()
        return self._invoice(order)

    def test_a_year_of_a_programme(self):
        with self.on("2026-01-10"):
            self._take("announce", self.year, date_start="2026-02-01")
            self.wallet = self._enrol(self.customer, self.year, date_start="2026-01-10")
        self._begin()
        self._earn_and_use()
        self._pause()
        self._resume()
        self._expire()
        self._close()
        self.assertFalse(self.wallet.entry_ids.filtered("points_open"))
        self._check_kinds(self.wallet)

    def _begin(self):
        """Announced on 10 January for 1 February, when the job starts it."""
        with self.on("2026-01-11"):
            self._create_invoice_of([900.0])
            self._night()
            self.assertEqual(self.year.state, "announced")
            self.assertStands(balance=0, available=0)
        with self.on("2026-02-01"):
            self._night()
            self.assertEqual(self.year.state, "running")
            # invoices of January give nothing
            self._create_invoice_of([500.0], invoice_date="2026-01-31")
            self.february = self._create_invoice_of([1000.0])
            self.assertStands(balance=1000, available=1000)

    def _earn_and_use(self):
        """300 points take 3.00 off 200.00, 197.00 earn; 100.00 come back."""
        with self.on("2026-03-01"):
            march = self._buy(200.0, points=300)
            self.assertEqual(march.amount_untaxed, 197.0)
            # 1 000 − 300 + 197
            self.assertStands(balance=897, available=897)
            self.assertEqual(str(self._lot_of(march).date_expiry), "2026-09-01")
        with self.on("2026-03-15"):
            self._credit(self.february, [100.0], invoice_date="2026-03-15")
            self.assertStands(balance=797, available=797)

    def _pause(self):
        """Paused while a quotation holds 200 points, which is then confirmed."""
        with self.on("2026-04-01"):
            self.held = self._create_order([(self.product, 1, 100.0)])
            self._use_points(self.held, 200)
            self._take("pause", self.year)
            self.assertStands(balance=797, available=597, held=200)
        with self.on("2026-04-05"):
            self.held.action_confirm()
            self.assertEqual(self.held.state, "sale")
            self.assertStands(balance=597, available=597, held=0)
        with self.on("2026-04-10"):
            self.april = self._create_invoice_of([400.0])
            self._credit(self.april, [50.0], invoice_date="2026-04-10")
            self._credit(self.february, [60.0], invoice_date="2026-04-10")
            # only what was earned before the pause is taken back
            self.assertStands(balance=537, available=537)
            self.assertEqual(self.year.missed_count, 2)

    def _resume(self):
        """400 − 50 are booked as of April; the held order is invoiced at 98.00."""
        with self.on("2026-05-01"):
            self._take("resume", self.year)
            for _turn in ("book", "nothing is left to book"):
                self._night()
                self.assertStands(balance=887, available=887)
            lot = self._lot_of(self.april)
            self.assertEqual(str(lot.date_event), "2026-04-10")
            self.assertEqual(str(lot.date_expiry), "2026-10-10")
            self.assertFalse(self.year.missed_count)
        with self.on("2026-05-15"):
            self._invoice(self.held)
            self.assertStands(balance=985, available=985)

    def _expire(self):
        """Of February 1 000 − 300 − 200 used − 160 credited = 340 are left."""
        with self.on("2026-08-01"):
            self._night()
            self.assertStands(balance=985, available=985)
        with self.on("2026-08-02"):
            self._night()
            # 197 of March, 350 of April, 98 of May
            self.assertStands(balance=645, available=645)

    def _close(self):
        """Closing from 20 August, earning to the 31st, use to 30 October."""
        dates = {"date_last_earning": "2026-08-31", "date_last_use": "2026-10-30"}
        with self.on("2026-08-20"):
            self._take("close", self.year, **dates)
            self.assertStands(balance=645, available=645)
        with self.on("2026-08-31"):
            self._create_invoice_of([120.0])
        with self.on("2026-09-05"):
            self._create_invoice_of([5000.0])
            self._night()
            # + 120; the 197 of March expired on 1 September
            self.assertStands(balance=568, available=568)
        with self.on("2026-10-01"):
            # 5.00 off, and nothing is earned any more
            self._buy(100.0, points=500)
            self.assertStands(balance=68, available=68)
        with self.on("2026-10-30"):
            self._night()
            self.assertEqual(self.year.state, "closing")
            self.assertStands(balance=68, available=68)
        with self.on("2026-10-31"):
            self._night()
            self.assertEqual(self.year.state, "closed")
            self.assertEqual(str(self.year.date_closed), "2026-10-31")
            self.assertStands(balance=0, available=0)

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
            self.wallet = self._enrol(self.customer, year, date_start="2026-01-10")
        self._until("2026-01-12", "2026-02-09")
        self.assertEqual(str(year.date_running), "2026-02-02")
        with self.on("2026-02-10"):
            self._create_invoice_of([100.0])
        self._until("2026-02-16", "2026-08-10")
        self.assertStands(balance=100)
        # 10 August was the last day; the next run takes the points off
        with self.on(fields.Date.add(self._day("2026-08-10"), days=7)):
            self._night()
            self.assertStands(balance=0, available=0)
