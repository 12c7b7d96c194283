from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ..tools import tiers
from ..tools.periods import add_months
from .test_tools_common import ToolsCase, property_settings

DAYS = st.dates(date(2019, 1, 1), date(2033, 12, 31))
KINDS = ("year", "rolling", "membership")
LEVELS = [tiers.Level(1, Decimal(500)), tiers.Level(2, Decimal(900))]


class TestToolsTiers(ToolsCase):
    """Periods of levels and what a review decides, without a database."""

    def test_a_leap_day_member_begins_each_year_on_the_last_of_february(self):
        joined = date(2024, 2, 29)
        starts = [date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28)]
        for start in (*starts, date(2028, 2, 29)):
            self.assertEqual(tiers.running(start, "membership", joined).start, start)
            before = tiers.running(start - tiers.DAY, "membership", joined)
            self.assertEqual(before.end, start - tiers.DAY)

    def test_the_last_twelve_months_of_a_leap_day(self):
        period = tiers.running(date(2028, 2, 29), "rolling", date(2020, 1, 1))
        self.assertEqual(period, (date(2027, 3, 1), date(2028, 2, 29)))

    @property_settings(300)
    @given(DAYS, DAYS, st.sampled_from(KINDS))
    def test_periods_follow_each_other_without_a_gap(self, day, joined, kind):
        period = tiers.running(day, kind, joined)
        self.assertTrue(period.start <= day <= period.end)
        self.assertIn((period.end - period.start).days, (363, 364, 365))
        if kind != "rolling":
            earlier = tiers.previous(period, kind, joined)
            self.assertEqual(earlier.end + tiers.DAY, period.start)
            self.assertEqual(tiers.running(period.end, kind, joined), period)

    @property_settings(300)
    @given(DAYS, st.integers(1, 1500), st.sampled_from(KINDS), DAYS)
    def test_a_review_grants_to_a_day_that_is_not_over(self, until, days, kind, joined):
        day = until + timedelta(days=days)
        end = tiers.prolonged(until, day, kind, joined)
        self.assertTrue(day <= end <= add_months(day, 12))

    @property_settings(300)
    @given(
        st.integers(0, 2),
        st.none() | DAYS,
        st.tuples(*[st.integers(-100, 1200).map(Decimal)] * 3),
        DAYS,
        st.sampled_from(KINDS),
        st.integers(0, 366),
    )
    def test_a_level_never_falls_by_more_than_one(
        self, held, until, measures, day, kind, grace
    ):
        until = until if held else None
        found = tiers.decide(
            held, until, measures, LEVELS, day, kind, date(2020, 5, 17), grace
        )
        self.assertGreaterEqual(found.rank, held - 1)
        self.assertGreaterEqual(found.rank, min(tiers.rank(measures[0], LEVELS), 2))
        if found.rank < held:
            self.assertGreater(day, until + timedelta(days=grace))
            self.assertLess(tiers.rank(measures[0], LEVELS), held)
        again = tiers.decide(
            found.rank, found.until, measures, LEVELS, day, kind, date(2020, 5, 17), 366
        )
        self.assertGreaterEqual(again.rank, found.rank)
