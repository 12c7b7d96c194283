from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ..tools import invoicing, rounding
from .test_tools_common import ToolsCase, property_settings

WEIGHTS = st.lists(st.integers(-(10**6), 10**6), max_size=8)
TOTALS = st.integers(-(10**12), 10**12)
RATES = st.tuples(
    st.integers(1, 10**5), st.decimals("0.01", "1000", places=2, allow_nan=False)
)


class TestSpread(ToolsCase):
    def test_largest_remainder_by_hand(self):
        for total, weights, expected in [
            (100, [1, 1, 1], [34, 33, 33]),
            (10, [5, 3, 1], [6, 3, 1]),  # 5.56, 3.33, 1.11
            (1, [1, 1], [1, 0]),
            (-1, [1, 1], [-1, 0]),
            (90, [100, -10], [100, -10]),
            (7, [5, -5], [4, 3]),  # their sum is zero: by magnitude
            (7, [0, 0, 0], [7, 0, 0]),
            (0, [0, 3], [0, 0]),
            (0, [], []),
        ]:
            with self.subTest(total=total, weights=weights):
                self.assertEqual(rounding.spread(total, weights), expected)

    def test_nothing_to_spread_over_is_an_error(self):
        self.assertRaisesRegex(ValueError, "over nothing", rounding.spread, 1, [])

    @property_settings(200)
    @given(TOTALS, WEIGHTS)
    def test_parts_sum_to_the_total(self, total, weights):
        if weights or not total:
            self.assertEqual(sum(rounding.spread(total, weights)), total)

    @property_settings(150)
    @given(TOTALS, WEIGHTS.filter(sum))
    def test_parts_are_within_one_of_the_exact(self, total, weights):
        parts = rounding.spread(total, weights)
        for part, weight in zip(parts, weights, strict=True):
            self.assertLess(abs(part - Fraction(weight * total, sum(weights))), 1)

    @property_settings(100)
    @given(TOTALS, WEIGHTS.filter(bool))
    def test_a_credit_mirrors_what_it_credits(self, total, weights):
        credit = rounding.spread(-total, weights)
        self.assertEqual([-part for part in credit], rounding.spread(total, weights))


class TestRoundRows(ToolsCase):
    def test_rounded_rows_by_hand(self):
        half = Fraction(1, 2)
        for exact, total, expected in [
            ([half, half], 1, [1, 0]),
            ([3 * half, 0 * half, 5 * half], 4, [2, 0, 2]),
            ([-half, -half], -1, [-1, 0]),
            ([Fraction(1), Fraction(3)], 100, [25, 75]),
            ([Fraction(10), Fraction(30)], 0, [0, 0]),
            ([], 0, []),
        ]:
            with self.subTest(exact=exact, total=total):
                self.assertEqual(rounding.round_rows(exact, total), expected)

    @property_settings(200)
    @given(
        st.lists(st.fractions(-1000, 1000, max_denominator=1000), min_size=1),
        st.integers(-5000, 5000),
    )
    def test_rows_sum_to_the_total_whatever_they_are(self, exact, total):
        self.assertEqual(sum(rounding.round_rows(exact, total)), total)

    @property_settings(100)
    @given(st.lists(st.fractions(0, 1000, max_denominator=1000), min_size=1))
    def test_rows_are_within_one_when_the_total_is_theirs(self, exact):
        rows = rounding.round_rows(exact, int(sum(exact)))
        for row, part in zip(rows, exact, strict=True):
            self.assertLess(abs(row - part), 1)


class TestMoney(ToolsCase):
    def test_minor_units_round_half_away_from_zero(self):
        for amount, digits, expected in [
            (Decimal("0.005"), 2, 1),
            (Decimal("-0.005"), 2, -1),
            (Decimal("0.0049"), 2, 0),
            (1.005, 2, 101),  # the float is below, what it prints is not
            (Decimal("1234567890123.455"), 2, 123456789012346),
            (2.5, 0, 3),
        ]:
            with self.subTest(amount=amount, digits=digits):
                self.assertEqual(rounding.to_minor(amount, digits), expected)

    def test_what_is_no_amount_is_an_error(self):
        for amount in (float("nan"), float("inf"), Decimal("NaN"), Decimal("-inf")):
            with self.subTest(amount=amount), self.assertRaises(ValueError):
                rounding.to_minor(amount, 2)

    @property_settings(100)
    @given(st.integers(-(10**30), 10**30), st.integers(0, 6))
    def test_minor_units_survive_a_round_trip(self, minor, digits):
        amount = rounding.from_minor(minor, digits)
        self.assertEqual(rounding.to_minor(amount, digits), minor)

    def test_points_and_money_by_hand(self):
        rate = (1000, Decimal("1.00"))
        self.assertEqual(rounding.points_to_money(1009, *rate, 2), Decimal("1.00"))
        self.assertEqual(rounding.points_to_money(-1019, *rate, 2), Decimal("-1.01"))
        self.assertEqual(
            rounding.points_to_money(10**12, 3, 1, 2), Decimal("333333333333.33")
        )
        self.assertEqual(rounding.money_to_points(Decimal("0.01"), *rate), 10)
        self.assertEqual(rounding.money_to_points(1, 1, 3), 1)
        self.assertEqual(rounding.money_to_points(-1, 1, 3), -1)
        self.assertEqual(rounding.money_to_points(0.07, 100, 1.0), 7)

    def test_a_rate_is_above_zero(self):
        for rate in ((0, 1), (1, 0), (-1, 1), (1, Decimal("-0.01"))):
            with self.subTest(rate=rate), self.assertRaisesRegex(ValueError, "rate"):
                rounding.money_to_points(1, *rate)

    @property_settings(150)
    @given(st.integers(0, 10**12), RATES)
    def test_points_never_buy_more_than_they_cost(self, points, rate):
        worth = rounding.points_to_money(points, *rate, 2)
        cost = rounding.money_to_points(worth, *rate)
        self.assertLessEqual(cost, points)
        next_cent = worth + Decimal("0.01")
        self.assertGreater(rounding.money_to_points(next_cent, *rate), points)

    @property_settings(150)
    @given(st.decimals(0, 10**9, places=2, allow_nan=False), RATES)
    def test_a_given_discount_is_covered_by_its_points(self, amount, rate):
        points = rounding.money_to_points(amount, *rate)
        self.assertGreaterEqual(rounding.points_to_money(points, *rate, 2), amount)


class TestSpreadDiscount(ToolsCase):
    def test_discount_by_hand(self):
        for amount, capacities, expected in [
            (100, [100, 50], [67, 33]),
            (150, [100, 50], [100, 50]),
            (1, [1, 1, 1], [1, 0, 0]),
            (10, [-30, 0, 10], [0, 0, 10]),
            (0, [], []),
        ]:
            with self.subTest(amount=amount, capacities=capacities):
                shares = invoicing.spread_discount(amount, capacities)
                self.assertEqual(shares, expected)

    def test_more_than_the_groups_can_bear_is_an_error(self):
        for amount, capacities in [(101, [100, -5]), (1, []), (-1, [10])]:
            with self.subTest(amount=amount), self.assertRaises(ValueError):
                invoicing.spread_discount(amount, capacities)

    @property_settings(200)
    @given(st.data())
    def test_no_group_bears_more_than_its_net(self, data):
        groups = st.lists(st.integers(-100, 10**9), min_size=1, max_size=6)
        capacities = data.draw(groups)
        most = sum(max(0, capacity) for capacity in capacities)
        amount = data.draw(st.integers(0, most))
        shares = invoicing.spread_discount(amount, capacities)
        self.assertEqual(sum(shares), amount)
        for share, capacity in zip(shares, capacities, strict=True):
            self.assertTrue(0 <= share <= max(0, capacity))
