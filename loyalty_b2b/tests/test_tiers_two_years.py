from odoo import Command
from odoo.tests import tagged

from .levels_common import LevelsCommon


@tagged("post_install", "-at_install")
class TestTiersTwoYears(LevelsCommon):
    """Two years of four customers, 2025 and 2026, with what follows early in 2027.

    By turnover of the calendar year: Silver from 10 000, Gold from 30 000, Platinum
    from 60 000. Grace 60 days: the year 2025 ends on 31
    December, its grace on 1 March 2026, the review is on 2 March 2026; likewise 2 March
    2027. Points: 1 for 1.00; Gold ×2, Platinum ×3. Invoices are net of tax.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.tier_ids.unlink()
        with cls.on("2025-01-01"):
            cls.program.tier_ids = [
                Command.create({"name": "Silver", "threshold": 10000}),
                Command.create({"name": "Gold", "threshold": 30000, "factor": 2.0}),
                Command.create({"name": "Platinum", "threshold": 60000, "factor": 3.0}),
            ]
        cls.silver, cls.gold, cls.platinum = cls.program.tier_ids
        names = ("Riser", "Faller", "Returner", "Friend")
        cls.riser, cls.faller, cls.returner, cls.friend = (
            cls._enrol(cls._create_customer(name), date_start="2025-01-01")
            for name in names
        )

    def _buy(self, wallet, day, amount):
        """Invoice, and settle as the job does; return the points it gave."""
        move = self._invoice_on(day, amount, partner=wallet.partner_id, settle=False)
        with self.on(day):
            self._settle_now(wallet)
        return move, self._points_of(move)

    def _give_back(self, wallet, day, move, *amounts):
        note = self._credit_on(day, move, *amounts)
        with self.on(day):
            self._settle_now(wallet)
        return note

    def _nights(self, *days):
        for day in days:
            self._run_on(day)

    def _check_clean(self):
        wallets = self.riser | self.faller | self.returner | self.friend
        self.assertEqual(wallets._verify(), [])

    def test_up_at_once_and_kept_by_what_the_next_year_reaches(self):
        """Riser: 8 000, 4 000, 20 000 in 2025; 35 000 and 30 000 in 2026."""
        _move, points = self._buy(self.riser, "2025-03-10", 8000.0)
        self.assertEqual(points, 8000)
        self.assertLevel(None, None, self.riser)
        # 12 000: Silver at once, which gives no more points
        _move, points = self._buy(self.riser, "2025-06-20", 4000.0)
        self.assertEqual(points, 4000)
        self.assertLevel(self.silver, "2025-12-31", self.riser)
        # 32 000: Gold; the invoice that crosses earns without the factor
        _move, points = self._buy(self.riser, "2025-11-05", 20000.0)
        self.assertEqual(points, 20000)
        self.assertLevel(self.gold, "2025-12-31", self.riser)
        # within the grace Gold holds, and doubles: 35 000 of the new year
        self._nights("2026-01-01", "2026-02-10")
        _move, points = self._buy(self.riser, "2026-02-10", 35000.0)
        self.assertEqual(points, 70000)
        self.assertLevel(self.gold, "2025-12-31", self.riser)
        self._nights("2026-03-01")
        self.assertLevel(self.gold, "2025-12-31", self.riser)
        self._nights("2026-03-02")
        self.assertLevel(self.gold, "2026-12-31", self.riser)
        # 65 000 in 2026: Platinum; still doubled, then three times
        _move, points = self._buy(self.riser, "2026-09-01", 30000.0)
        self.assertEqual(points, 60000)
        self.assertLevel(self.platinum, "2026-12-31", self.riser)
        _move, points = self._buy(self.riser, "2026-12-30", 10.0)
        self.assertEqual(points, 30)
        # 2 March 2027: 65 010 in 2026 is enough for Platinum
        self._nights("2027-03-02")
        self.assertLevel(self.platinum, "2027-12-31", self.riser)
        self.assertHistory(
            ("2025-06-20", "reached", None, "Silver"),
            ("2025-11-05", "reached", "Silver", "Gold"),
            ("2026-03-02", "kept", "Gold", "Gold"),
            ("2026-09-01", "reached", "Gold", "Platinum"),
            ("2027-03-02", "kept", "Platinum", "Platinum"),
            wallet=self.riser,
        )
        measures = self.riser.tier_change_ids.sorted("id").mapped("measure")
        self.assertEqual(measures, [12000, 32000, 35000, 65000, 65010])
        self._check_clean()

    def test_one_level_down_a_year_and_back_up_at_once(self):
        """Faller: 61 000 in 2025, 2 000 in 2026, 30 000 in 2027."""
        self._buy(self.faller, "2025-04-01", 61000.0)
        self.assertLevel(self.platinum, "2025-12-31", self.faller)
        # 2 March 2026: kept by 2025
        self._nights("2026-03-02")
        self.assertLevel(self.platinum, "2026-12-31", self.faller)
        _move, points = self._buy(self.faller, "2026-07-01", 2000.0)
        self.assertEqual(points, 6000)
        found = self._progress_on("2026-12-01", self.faller)
        self.assertEqual(found["keep_missing"], 58000)
        self.assertEqual(found["keep_by"], self._day("2026-12-31"))
        self.assertEqual(found["grace_end"], self._day("2027-03-01"))
        self.assertIsNone(found["next_id"])
        # the last day of the grace, and the day after: 2 000 is not even Silver, but
        # the level falls by one
        self._nights("2027-03-01")
        self.assertLevel(self.platinum, "2026-12-31", self.faller)
        self._nights("2027-03-02")
        self.assertLevel(self.gold, "2027-12-31", self.faller)
        _move, points = self._buy(self.faller, "2027-03-03", 100.0)
        self.assertEqual(points, 200)
        # a run more on the same day, and in the summer, changes nothing
        self._nights("2027-03-02", "2027-08-01")
        self.assertLevel(self.gold, "2027-12-31", self.faller)
        self._nights("2028-02-29", "2028-03-01")
        self.assertLevel(self.silver, "2028-12-31", self.faller)
        self._buy(self.faller, "2028-04-01", 30000.0)
        self.assertLevel(self.gold, "2028-12-31", self.faller)
        self.assertHistory(
            ("2025-04-01", "reached", None, "Platinum"),
            ("2026-03-02", "kept", "Platinum", "Platinum"),
            ("2027-03-02", "lost", "Platinum", "Gold"),
            ("2028-03-01", "lost", "Gold", "Silver"),
            ("2028-04-01", "reached", "Silver", "Gold"),
            wallet=self.faller,
        )
        self._check_clean()

    def test_credit_notes_after_the_end_of_the_year(self):
        """Returner: 31 000 and 1 000 in 2025, of which 5 000 come back in January."""
        large, points = self._buy(self.returner, "2025-12-10", 31000.0)
        self.assertEqual(points, 31000)
        self.assertLevel(self.gold, "2025-12-31", self.returner)
        _small, points = self._buy(self.returner, "2025-12-20", 1000.0)
        self.assertEqual(points, 2000)
        # 20 January: 5 000 of the 31 000 are returned, at the rate they were earned
        # with; they lower 2025 to 27 000, and the level not at once
        note = self._give_back(self.returner, "2026-01-20", large, 5000.0)
        self.assertEqual(self._points_of(note), -5000)
        self.assertLevel(self.gold, "2025-12-31", self.returner)
        found = self._progress_on("2026-01-20", self.returner)
        self.assertEqual((found["measure"], found["keep_missing"]), (0, 3000))
        self.assertEqual(found["keep_by"], self._day("2026-03-01"))
        # 2 March: neither 27 000 nor 0 are Gold
        self._nights("2026-03-02")
        self.assertLevel(self.silver, "2026-12-31", self.returner)
        # 10 000 more return after the review: 2025 is done, Silver is kept in 2026
        self._give_back(self.returner, "2026-03-20", large, 10000.0)
        self._nights("2026-03-21")
        self.assertLevel(self.silver, "2026-12-31", self.returner)
        found = self._progress_on("2026-03-21", self.returner)
        self.assertEqual((found["measure"], found["keep_missing"]), (0, 10000))
        # 9 999.99 in 2026: Silver is lost in 2027, by a cent
        self._buy(self.returner, "2026-06-01", 9999.99)
        self._nights("2027-03-02")
        self.assertLevel(None, None, self.returner)
        self.assertHistory(
            ("2025-12-10", "reached", None, "Gold"),
            ("2026-03-02", "lost", "Gold", "Silver"),
            ("2027-03-02", "lost", "Silver", None),
            wallet=self.returner,
        )
        self._check_clean()

    def test_by_hand_for_half_a_year(self):
        """Friend: Gold by hand from 1 February to 31 July 2025, 12 000 of own."""
        with self.on("2025-02-01"):
            self.friend._set_tier(
                self.gold, "Framework contract", self._day("2025-07-31")
            )
        self.assertLevel(self.gold, None, self.friend)
        _move, points = self._buy(self.friend, "2025-05-01", 12000.0)
        self.assertEqual(points, 24000)
        self.assertLevel(self.gold, "2025-12-31", self.friend)
        self.assertEqual(self.friend.tier_earned_id, self.silver)
        found = self._progress_on("2025-05-02", self.friend)
        self.assertEqual(found["next_id"], self.platinum.id)
        self.assertEqual(found["missing"], 48000)
        # 31 July is the last day
        self._nights("2025-07-31")
        self.assertLevel(self.gold, "2025-12-31", self.friend)
        self._nights("2025-08-01")
        self.assertLevel(self.silver, "2025-12-31", self.friend)
        _move, points = self._buy(self.friend, "2025-08-02", 100.0)
        self.assertEqual(points, 100)
        # by hand again, without an end, within the grace; Silver is kept beneath it by
        # the 12 100 of 2025, and lost in 2027 by the 0 of 2026
        with self.on("2026-02-15"):
            self.friend._set_tier(self.platinum, "Sponsor of the fair")
        self._nights("2026-03-02")
        self.assertLevel(self.platinum, "2026-12-31", self.friend)
        self.assertEqual(self.friend.tier_earned_id, self.silver)
        self._nights("2027-03-02")
        self.assertLevel(self.platinum, None, self.friend)
        self.assertFalse(self.friend.tier_earned_id)
        with self.on("2027-04-01"):
            self.friend._end_manual_tier("The fair is over")
        self.assertLevel(None, None, self.friend)
        self.assertHistory(
            ("2025-02-01", "manual", None, "Gold"),
            ("2025-05-01", "reached", None, "Silver"),
            ("2025-08-01", "manual_end", "Gold", "Silver"),
            ("2026-02-15", "manual", "Silver", "Platinum"),
            ("2026-03-02", "kept", "Silver", "Silver"),
            ("2027-03-02", "lost", "Silver", None),
            ("2027-04-01", "manual_end", "Platinum", None),
            wallet=self.friend,
        )
        self._check_clean()
