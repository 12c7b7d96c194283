from datetime import date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from ..tools import periods
from ..tools.periods import Expiry
from .test_tools_common import ToolsCase, property_settings

DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
YEAR_DAYS = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(
    lambda day: (day.month, day.day)
)
EXPIRIES = st.builds(
    Expiry,
    st.sampled_from(["period", "dates"]),
    st.integers(0, 60),
    st.sampled_from(["month", "quarter", "year"]),
    st.lists(YEAR_DAYS, min_size=1, max_size=12, unique=True).map(tuple),
)


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

    # === WAYS TO EXPIRE === #

    def test_each_way_to_expire_by_hand(self):
        halves, leap = ((6, 30), (12, 31)), ((2, 29),)
        for expiry, available, expected in [
            (Expiry("never", 24), date(2024, 1, 31), None),
            (Expiry("inactivity", 24), date(2024, 1, 31), None),
            (Expiry("months", 0), date(2024, 1, 31), None),
            (Expiry("months", 1), date(2024, 1, 31), date(2024, 2, 29)),
            (Expiry("period", 0, "month"), date(2024, 2, 1), date(2024, 2, 29)),
            (Expiry("period", 0, "month"), date(2024, 2, 29), date(2024, 2, 29)),
            (Expiry("period", 1, "month"), date(2024, 1, 31), date(2024, 2, 29)),
            (Expiry("period", 3, "quarter"), date(2024, 12, 31), date(2025, 3, 31)),
            (Expiry("period", 12, "year"), date(2024, 1, 1), date(2025, 12, 31)),
            (Expiry("dates", 0, dates=halves), date(2024, 6, 30), date(2024, 6, 30)),
            (Expiry("dates", 0, dates=halves), date(2024, 7, 1), date(2024, 12, 31)),
            (Expiry("dates", 6, dates=halves), date(2024, 6, 30), date(2024, 12, 31)),
            (Expiry("dates", 6, dates=halves), date(2024, 7, 1), date(2025, 6, 30)),
            (Expiry("dates", 1, dates=leap), date(2024, 1, 31), date(2024, 2, 29)),
            (Expiry("dates", 1, dates=leap), date(2025, 1, 31), date(2025, 2, 28)),
        ]:
            with self.subTest(expiry=expiry, available=available):
                self.assertEqual(expiry.last_day(available), expected)

    def test_a_way_to_expire_that_makes_no_sense_is_an_error(self):
        for expiry in [
            Expiry("months", -1),
            Expiry("period", -1),
            Expiry("period", 1, "week"),
            Expiry("dates", 1),
            Expiry("some day", 1),
        ]:
            with self.subTest(expiry=expiry), self.assertRaises(ValueError):
                expiry.last_day(date(2024, 1, 31))

    @property_settings(200)
    @given(EXPIRIES, DAYS, DAYS)
    def test_no_way_to_expire_lets_a_later_lot_lapse_earlier(self, expiry, a, b):
        first, last = sorted([a, b])
        self.assertLessEqual(expiry.last_day(first), expiry.last_day(last))

    @property_settings(200)
    @given(EXPIRIES, DAYS)
    def test_points_live_as_long_as_promised_and_little_longer(self, expiry, day):
        last = expiry.last_day(day)
        earliest = periods.add_months(day, expiry.months)
        self.assertGreaterEqual(last, earliest)
        # the next end of a year, or date of the year, is never a year away
        self.assertLess(last, periods.add_months(earliest, 12) + timedelta(days=2))
        if expiry.mode == "dates":
            clipped = {(m, min(d, 28)) if m == 2 else (m, d) for m, d in expiry.dates}
            place = (last.month, min(last.day, 28) if last.month == 2 else last.day)
            self.assertIn(place, clipped)

    def test_dates_of_the_year_are_read(self):
        for text, expected in [
            ("31.12", ((12, 31),)),
            (" 31.12. , 30.6;1.01 29.02", ((1, 1), (2, 29), (6, 30), (12, 31))),
        ]:
            with self.subTest(text=text):
                self.assertEqual(periods.parse_dates(text), expected)

    def test_dates_that_cannot_be_are_refused_with_the_word(self):
        many = ", ".join(f"{day}.01" for day in range(1, 14))
        for text, fault, word in [
            ("31.12, 31.02", "no_such_day", "31.02"),
            ("30.02", "no_such_day", "30.02"),
            ("0.05", "no_such_day", "0.05"),
            ("1.13", "no_such_day", "1.13"),
            ("31.12, 31.12.", "duplicate", "31.12."),
            ("-1.05", "unreadable", "-1.05"),
            ("2024-12-31", "unreadable", "2024-12-31"),
            ("31/12", "unreadable", "31/12"),
            (" ", "none", ""),
            (many, "too_many", "13"),
        ]:
            with self.subTest(text=text):
                with self.assertRaises(periods.DatesError) as caught:
                    periods.parse_dates(text)
                self.assertEqual(caught.exception.fault, fault)
                self.assertEqual(caught.exception.word, word)

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
