from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import LoyaltyB2bCommon

LAST = date(2026, 12, 31)


@tagged("post_install", "-at_install")
class TestExpiryNotice(LoyaltyB2bCommon):
    """No points end of whose end nobody was told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.on("2026-06-01"):
            cls.program.notices = True
        cls.customer.email = "office@wisla.example"
        cls.progress = patch.object(
            type(cls.env["ir.cron"]), "_commit_progress", return_value=60.0
        )
        cls.startClassPatcher(cls.progress)

    def _run_day(self, day, deliver=True):
        """Run the daily steps of a day; its mails arrive, or come back."""
        with self.on(day):
            self.program._run_daily(self.program._today())
            digests = (
                self.env["loyalty.b2b.digest"]
                .sudo()
                .search(
                    [("program_id", "=", self.program.id), ("state", "=", "queued")]
                )
            )
            if deliver:
                digests._mark_sent()
            else:
                for digest in digests:
                    digest._mark_failed("No such mailbox")

    def _get_expiring(self):
        return self.env["loyalty.b2b.notice"].search(
            [("wallet_id", "=", self.wallet.id), ("topic", "=", "expiring")], order="id"
        )

    def _get_days(self):
        return [(n.date_due, n.date_last) for n in self._get_expiring()]

    def _get_prolonged(self):
        return self.wallet.entry_ids.filtered(lambda e: e.key.startswith("prolong:"))

    def _get_expired(self):
        return self.wallet.entry_ids.filtered(lambda e: e.kind == "expire")

    def assertClean(self):
        self.assertEqual(self.wallet._verify(), [])

    def _give(self, points, last=LAST, day="2026-06-01"):
        with self.on(day):
            lot = self._give_points(points, date_expiry=last)
            self.wallet._cron_settle()
        return lot

    # === TELLING === #

    def test_customers_are_told_60_and_14_days_ahead_once_each(self):
        self._give(100)
        # 31 December less 60 days is 1 November, less 14 days 17 December
        for day in ("2026-10-31", "2026-11-01", "2026-11-02", "2026-12-16"):
            self._run_day(day)
        self.assertEqual(self._get_days(), [(date(2026, 11, 1), LAST)])
        for day in ("2026-12-17", "2026-12-18", "2026-12-31"):
            self._run_day(day)
        self.assertEqual(
            self._get_days(), [(date(2026, 11, 1), LAST), (date(2026, 12, 17), LAST)]
        )
        self.assertEqual(set(self._get_expiring().mapped("state")), {"sent"})
        self._run_day("2027-01-01")
        self.assertEqual(self._get_expired().mapped("points"), [-100])
        self.assertFalse(self._get_prolonged())
        self.assertClean()

    def test_days_are_the_programmes_own(self):
        self.program.write({"notice_days_first": 30, "notice_days_second": 7})
        self._give(100)
        for day in ("2026-11-30", "2026-12-01", "2026-12-23", "2026-12-24"):
            self._run_day(day)
        self.assertEqual(
            self._get_days(), [(date(2026, 12, 1), LAST), (date(2026, 12, 24), LAST)]
        )

    def test_a_run_that_comes_late_still_tells(self):
        self._give(100)
        self._run_day("2026-11-20")
        self._run_day("2026-12-20")
        self.assertEqual(
            self._get_days(), [(date(2026, 11, 20), LAST), (date(2026, 12, 20), LAST)]
        )

    def test_points_that_live_shorter_are_announced_at_once(self):
        self._run_day("2026-12-20")
        self._give(100, day="2026-12-21")
        self._run_day("2026-12-22")
        self._run_day("2026-12-23")
        self.assertEqual(self._get_days(), [(date(2026, 12, 22), LAST)])

    def test_what_comes_in_later_with_the_same_last_day_is_announced_too(self):
        self._give(100)
        self._run_day("2026-11-01")
        self._give(50, day="2026-11-10")
        self._run_day("2026-11-11")
        self._run_day("2026-11-12")
        self.assertEqual(
            self._get_days(), [(date(2026, 11, 1), LAST), (date(2026, 11, 11), LAST)]
        )

    def test_what_was_used_by_then_is_not_announced(self):
        self._give(100)
        with self.on("2026-10-01"):
            self.wallet._take("redeem", 100, "use:1")
        self._run_day("2026-11-01")
        self.assertFalse(self._get_expiring())

    # === NOT TOLD === #

    def test_without_notice_points_do_not_expire_but_live_on(self):
        lot = self._give(100)
        self._run_day("2026-11-01", deliver=False)
        for day in ("2026-11-02", "2026-11-03", "2026-12-17", "2026-12-18"):
            self._run_day(day, deliver=False)
        self.assertEqual(set(self._get_expiring().mapped("state")), {"failed"})
        self._run_day("2027-01-01")
        out, moved = self._get_prolonged().sorted("id")
        self.assertEqual((out.kind, out.points, out.points_open), ("transfer", -100, 0))
        self.assertEqual((moved.kind, moved.points), ("transfer", 100))
        self.assertEqual(moved.date_expiry, date(2027, 1, 15))
        self.assertEqual(moved.root_entry_id, lot)
        self.assertEqual(moved.origin, lot.origin)
        self.assertIn("No notice had been sent: usable until", moved.note)
        self.assertFalse(self._get_expired())
        with self.on("2027-01-01"):
            self.assertWallet(balance=100, available=100)
            self.assertClean()

    def test_prolonged_points_are_announced_at_once_and_then_expire(self):
        self._give(100)
        self._run_day("2027-01-01")
        self.assertEqual(self._get_days(), [(date(2027, 1, 1), date(2027, 1, 15))])
        self._run_day("2027-01-15")
        self.assertFalse(self._get_expired())
        self._run_day("2027-01-16")
        self.assertEqual(self._get_expired().mapped("points"), [-100])
        with self.on("2027-01-16"):
            self.assertWallet(balance=0, available=0)
            self.assertClean()

    def test_nobody_told_of_prolonged_points_prolongs_them_again(self):
        self._give(100)
        self._run_day("2027-01-01", deliver=False)
        self._run_day("2027-01-16")
        self.assertEqual(len(self._get_prolonged()), 4)
        with self.on("2027-01-16"):
            self.assertWallet(balance=100, available=100)
            self.assertClean()

    def _give_told(self, points, last):
        """Give points on 30 December of whose end people are told the day after."""
        self._give(points, last=last, day="2026-12-30")
        with self.on("2026-12-31"):
            self.wallet._announce_expiry()
            told = self._get_expiring().filtered(lambda n: n.date_last == last)
            self.env["loyalty.b2b.digest"]._mark_told_notices(told.sudo(), "sent")

    def test_prolonged_points_are_news_though_others_end_on_the_same_day(self):
        self._give(100)
        end = date(2027, 1, 15)
        self._give_told(50, end)
        for day in ("2027-01-01", "2027-01-02", "2027-01-03"):
            self._run_day(day)
        self.assertEqual(sorted(self._get_prolonged().mapped("points")), [-100, 100])
        told = self._get_expiring()[-1]
        # on 1 January the others were called to mind, before any were prolonged
        self.assertEqual((told.date_due, told.date_last), (date(2027, 1, 2), end))
        self.assertEqual(told.data["points"], 150)
        self._run_day("2027-01-16")
        self.assertEqual(sum(self._get_expired().mapped("points")), -150)
        self.assertClean()

    def test_prolonged_points_nobody_told_of_outlive_others_of_the_day(self):
        self._give(100)
        self._give_told(50, date(2027, 1, 15))
        self._run_day("2027-01-01", deliver=False)
        with self.on("2027-01-02"):
            used = self.wallet._take("redeem", 150, "use:1")
            self.wallet._give_back(used, 150, "back:1")
        self._run_day("2027-01-16")
        self.assertEqual(sum(self._get_expired().mapped("points")), -50)
        with self.on("2027-01-16"):
            self.assertWallet(balance=100, available=100)
            self.assertClean()

    def test_a_message_that_left_after_the_last_day_is_no_notice(self):
        self._give(100)
        with self.on("2026-12-30"):
            self.program._run_daily(self.program._today())
        with self.on("2027-01-02"):
            self.env["loyalty.b2b.digest"].sudo().search(
                [("wallet_id", "=", self.wallet.id)]
            )._mark_sent()
            self.program._run_daily(self.program._today())
            self.assertWallet(balance=100, available=100)

    def test_only_what_was_not_announced_lives_on(self):
        self._give(100)
        self._run_day("2026-12-20")
        self._give(50, day="2026-12-31")
        self._run_day("2027-01-01")
        self.assertEqual(self._get_expired().mapped("points"), [-100])
        self.assertEqual(sorted(self._get_prolonged().mapped("points")), [-50, 50])
        self.assertClean()

    def test_points_given_back_after_the_notice_were_announced(self):
        self._give(100)
        with self.on("2026-10-01"):
            used = self.wallet._take("redeem", 60, "use:1")
        self._run_day("2026-11-01")
        with self.on("2026-12-20"):
            self.wallet._give_back(used, 60, "back:1")
        self._run_day("2027-01-01")
        self.assertEqual(sum(self._get_expired().mapped("points")), -100)
        self.assertFalse(self._get_prolonged())
        self.assertClean()

    def test_a_credit_note_takes_the_prolonged_points_first(self):
        self.program.expiry_months = 1
        with self.on("2026-06-01"):
            first = self._create_invoice_of([100.0])
            self.wallet._cron_settle()
        self._run_day("2026-07-02")
        with self.on("2026-07-02"):
            self._give_points(70, date_expiry=date(2027, 12, 31))
            moved = self._get_prolonged().filtered(lambda e: e.points > 0)
            self.assertEqual(moved.points_open, 100)
            self._credit(first, [40.0], invoice_date="2026-07-02")
            self.assertWallet(balance=130, available=130)
            self.assertEqual(moved.points_open, 60)
            self.assertClean()

    def test_what_prolonged_points_paid_can_be_given_back(self):
        self._give(100)
        self._run_day("2027-01-01")
        with self.on("2027-01-02"):
            used = self.wallet._take("redeem", 30, "use:1")
            self.wallet._give_back(used, 30, "back:1")
            self.assertWallet(balance=100, available=100)
            self.assertClean()

    def test_verify_finds_points_that_live_longer_for_no_reason(self):
        lot = self._give(100)
        self._run_day("2027-01-01")
        moved = self._get_prolonged().filtered(lambda e: e.points > 0)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE loyalty_b2b_entry SET date_expiry = '2027-01-15', key = 'forged'"
            " WHERE id = %s",
            [moved.id],
        )
        self.env.invalidate_all()
        found = self.wallet._verify()
        self.assertEqual(
            [(f["invariant"], f["entry_id"]) for f in found], [("I10", moved.id)]
        )
        self.assertTrue(lot)

    # === SWITCHED OFF, LEFT, CLOSING === #

    def test_without_messages_points_expire_as_before(self):
        self.program.notices = False
        self._give(100)
        self._run_day("2027-01-01")
        self.assertEqual(self._get_expired().mapped("points"), [-100])
        self.assertFalse(self._get_expiring())

    def test_who_left_is_told_nothing_and_loses_the_points(self):
        self._give(100)
        self.wallet.state = "left"
        self._run_day("2026-12-01")
        self._run_day("2027-01-01")
        self.assertFalse(self._get_expiring())
        self.assertEqual(self._get_expired().mapped("points"), [-100])

    def test_nothing_outlives_a_programme_that_closes_down(self):
        self._give(100)
        with self.on("2026-09-01"):
            self.program._start_closing(date(2026, 10, 1), date(2027, 1, 5))
        self._run_day("2027-01-01", deliver=False)
        moved = self._get_prolonged().filtered(lambda e: e.points > 0)
        self.assertEqual(moved.date_expiry, date(2027, 1, 5))

    def test_the_last_day_of_use_of_a_programme_is_called_to_mind(self):
        with self.on("2026-09-01"):
            self.program._start_closing(date(2026, 10, 1), LAST)
        for day in ("2026-12-16", "2026-12-17", "2026-12-18"):
            self._run_day(day)
        closing = self.env["loyalty.b2b.notice"].search(
            [("wallet_id", "=", self.wallet.id), ("key", "=", f"last:{LAST}")]
        )
        self.assertEqual(closing.date_due, date(2026, 12, 17))

    # === INACTIVITY === #

    def _make_idle(self):
        self.program.write({"expiry_mode": "inactivity", "expiry_months": 6})
        with self.on("2026-01-10"):
            self._give_points(100)
            self.wallet._cron_settle()

    def test_inactive_customers_are_told_60_and_14_days_ahead(self):
        self._make_idle()
        # six months after 10 January: 10 July; 60 days before: 11 May, 14: 26 June
        for day in ("2026-05-10", "2026-05-11", "2026-05-12", "2026-06-26"):
            self._run_day(day)
        end = date(2026, 7, 10)
        self.assertEqual(
            self._get_days(), [(date(2026, 5, 11), end), (date(2026, 6, 26), end)]
        )
        self._run_day("2026-07-10")
        self.assertFalse(self._get_expired())
        self._run_day("2026-07-11")
        self.assertEqual(self._get_expired().mapped("points"), [-100])
        self.assertEqual(len(self._get_expiring()), 2)

    def test_inactive_customers_nobody_told_keep_and_can_use_their_points(self):
        self._make_idle()
        self._run_day("2026-07-20")
        self.assertEqual(self._get_days(), [(date(2026, 7, 20), date(2026, 8, 3))])
        with self.on("2026-08-01"):
            self.wallet._take("redeem", 10, "use:1")
        self._run_day("2026-08-04")
        self.assertFalse(self._get_expired())

    def test_inactive_customers_told_late_lose_their_points_two_weeks_later(self):
        self._make_idle()
        for day in ("2026-07-20", "2026-08-03"):
            self._run_day(day)
        self.assertFalse(self._get_expired())
        self._run_day("2026-08-04")
        self.assertEqual(self._get_expired().mapped("points"), [-100])
        self.assertClean()

    def test_inactive_customers_whose_message_came_back_are_told_anew(self):
        self._make_idle()
        self._run_day("2026-07-20", deliver=False)
        for day in ("2026-07-21", "2026-07-22"):
            self._run_day(day, deliver=False)
        self._run_day("2026-08-04")
        self.assertFalse(self._get_expired())
        self.assertEqual(self._get_days()[-1], (date(2026, 8, 4), date(2026, 8, 18)))

    # === MERGED, MOVED === #

    def test_what_a_merged_wallet_was_told_counts(self):
        other = self._enrol(
            self._create_customer("Inna", "7010001454", email="inna@inna.example")
        )
        with self.on("2026-06-01"):
            self._give_points(40, wallet=other, date_expiry=LAST)
        self._run_day("2026-11-01")
        with self.on("2026-11-05"):
            self.wallet._merge(other)
        self._run_day("2027-01-01")
        self.assertFalse(self._get_prolonged())
        self.assertEqual(self._get_expired().mapped("points"), [-40])

    def test_points_moved_from_another_wallet_are_news(self):
        other = self._enrol(self._create_customer("Inna", "7010001454"))
        with self.on("2026-06-01"):
            self._give_points(40, wallet=other, date_expiry=LAST)
        self._give(10)
        self._run_day("2026-11-01")
        with self.on("2026-12-31"):
            other._transfer(self.wallet, 40, "move:1", "One group")
        self._run_day("2027-01-01")
        self.assertEqual(sorted(self._get_prolonged().mapped("points")), [-40, 40])
        self.assertEqual(self._get_expired().mapped("points"), [-10])
        self.assertClean()

    def test_portal_readers_count_as_told(self):
        reader = new_test_user(
            self.env,
            "loyalty_reader",
            groups="base.group_portal",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        reader.partner_id.write(
            {"parent_id": self.customer.id, "loyalty_b2b_channel": "portal"}
        )
        self._give(100)
        self._run_day("2026-11-01")
        self.assertEqual(self._get_expiring().state, "shown")
        self._run_day("2027-01-01")
        self.assertEqual(self._get_expired().mapped("points"), [-100])
