from datetime import date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from ..tools import periods
from .test_tools_common import ToolsCase, property_settings

DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


class TestPeriods(ToolsCase):
    def test_month_ends_clip(self):
        for day, months, expected in [
            (date(2024, 1, 31), 1, date(2024, 2, 29)),
            (date(2025, 1, 31), 1, date(2025, 2, 28)),
            (date(2025, 2, 28), 1, date(2025, 3, 28)),
            (date(2024, 12, 15), 1, date(2025, 1, 15)),
            (date(2024, 2, 29), 12, date(2025, 2, 28)),
            (date(2024, 2, 29), -12, date(2023, 2, 28)),
            (date(2024, 5, 31), 0, date(2024, 5, 31)),
        ]:
            with self.subTest(day=day, months=months):
                self.assertEqual(periods.add_months(day, months), expected)

    def test_a_year_out_of_range_is_an_error(self):
        with self.assertRaises(OverflowError):
            periods.add_months(date(9999, 12, 1), 1)

    @property_settings(150)
    @given(DAYS, st.integers(-600, 600))
    def test_adding_months_moves_the_month_exactly(self, day, months):
        moved = periods.add_months(day, months)
        distance = (moved.year - day.year) * 12 + moved.month - day.month
        self.assertEqual(distance, months)
        clipped = (moved + timedelta(days=1)).day == 1
        self.assertTrue(moved.day == day.day or moved.day < day.day and clipped)

    @property_settings(100)
    @given(DAYS, DAYS, st.integers(0, 60))
    def test_what_becomes_available_later_never_lapses_earlier(self, a, b, months):
        first, last = sorted([a, b])
        self.assertLessEqual(
            periods.lot_expiry(first, months) or date.min,
            periods.lot_expiry(last, months) or date.min,
        )

    def test_a_lot_is_usable_on_its_last_day(self):
        expiry = periods.lot_expiry(date(2024, 1, 31), 1)
        self.assertFalse(periods.is_lapsed(expiry, date(2024, 2, 29)))
        self.assertTrue(periods.is_lapsed(expiry, date(2024, 3, 1)))

    def test_a_life_of_zero_months_never_ends(self):
        self.assertIsNone(periods.lot_expiry(date(2024, 1, 31), 0))
        self.assertFalse(periods.is_lapsed(None, date.max))
        with self.assertRaises(ValueError):
            periods.lot_expiry(date(2024, 1, 31), -1)

    def test_the_day_is_that_of_the_zone(self):
        for moment, zone, expected in [
            (datetime(2024, 6, 30, 22, 0), "Europe/Warsaw", date(2024, 7, 1)),
            (datetime(2024, 6, 30, 21, 59), "Europe/Warsaw", date(2024, 6, 30)),
            (datetime(2024, 12, 31, 22, 59), "Europe/Warsaw", date(2024, 12, 31)),
            (datetime(2024, 1, 1, 4, 59), "America/New_York", date(2023, 12, 31)),
            (datetime(2024, 1, 1, 4, 59), "", date(2024, 1, 1)),
        ]:
            with self.subTest(moment=moment, zone=zone):
                self.assertEqual(periods.local_day(moment, zone), expected)

    def test_an_aware_moment_keeps_its_own_zone(self):
        moment = datetime(2024, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))
        self.assertEqual(periods.local_day(moment, "UTC"), date(2023, 12, 31))

    def test_an_unknown_zone_is_an_error(self):
        for zone in ("Mars/Olympus", "../etc/passwd"):
            with self.subTest(zone=zone), self.assertRaisesRegex(ValueError, "zone"):
                periods.local_day(datetime(2024, 1, 1), zone)
