from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ..tools.allocation import (
    Debit,
    Lot,
    Short,
    available,
    pick,
    returned_lots,
    settle,
)
from .test_tools_common import ToolsCase, property_settings

DAY = date(2024, 5, 15)


def day(offset):
    """Return a day near DAY."""
    return DAY + timedelta(days=offset)


def lot(booking, points, expiry=None, root=None):
    """Return a lot whose id is its booking."""
    return Lot(booking, points, expiry, booking, root or booking)


def debit(booking, points, reverses=None, offset=0):
    """Return a debit whose id is its booking."""
    return Debit(booking, points, booking, day(offset), reverses)


@st.composite
def lots_of_choice(draw):
    """Return lots as an act of choice finds them."""
    expiries = st.none() | st.integers(-2, 4).map(day)
    opens = draw(st.lists(st.integers(0, 20), max_size=8))
    return [
        Lot(number + 100, points, draw(expiries), booking, number)
        for number, (points, booking) in enumerate(
            zip(opens, draw(st.permutations(range(len(opens)))), strict=True)
        )
    ]


@st.composite
def histories(draw):
    """Return what documents booked, in order: originals, returns and debits."""
    events, today = [], 0
    for booking in range(1, draw(st.integers(1, 14)) + 1):
        today += draw(st.integers(0, 2))
        points = draw(st.integers(1, 12))
        known = [event for event in events if isinstance(event, Lot)]
        old = draw(st.sampled_from([None, *known]))
        if draw(st.booleans()):
            # A return keeps the expiry of the lot it descends from.
            expiry = draw(st.none() | st.integers(today, today + 3).map(day))
            root, expiry = (old.root, old.expiry) if old else (booking, expiry)
            events.append(Lot(booking, points, expiry, booking, root))
        else:
            reverses = old and old.id
            events.append(
                Debit(booking, points, booking, day(today), reverses, old and old.root)
            )
    return events


def naive(events):
    """Settle event by event, as DESIGN §4 says it, on dicts; return the pairs."""
    rest = {event.id: event.open for event in events}
    pairs, past = Counter(), []
    for event in events:
        past.append(event)
        others = [e for e in past if isinstance(e, Lot) != isinstance(event, Lot)]
        ranked = []
        for other in others:
            credit, owed = (event, other) if isinstance(event, Lot) else (other, event)
            own = owed.reverses is not None and owed.root == credit.root
            if own or credit.expiry is None or credit.expiry >= owed.day:
                exact = isinstance(event, Debit) and owed.reverses == credit.id
                ranked.append((not exact, not own, other.booking, credit, owed))
        for _exact, _own, _booking, credit, owed in sorted(ranked, key=lambda r: r[:3]):
            points = min(rest[credit.id], rest[owed.id])
            pairs[owed.id, credit.id] += points
            rest[credit.id] -= points
            rest[owed.id] -= points
    return +pairs, rest


def settle_at(events, moments):
    """Settle after each of the moments and at the end; return pairs and the rest."""
    rest = {event.id: event.open for event in events}
    pairs = Counter()
    for moment in [*moments, len(events)]:
        now = [replace(event, open=rest[event.id]) for event in events[:moment]]
        lots = [e for e in now if isinstance(e, Lot) and e.open]
        debits = [e for e in now if isinstance(e, Debit) and e.open]
        for owed, credit, points in settle(lots, debits):
            pairs[owed, credit] += points
            rest[owed] -= points
            rest[credit] -= points
    return pairs, rest


class TestPick(ToolsCase):
    def test_earliest_expiry_then_oldest_and_no_expiry_last(self):
        lots = [
            lot(1, 5),
            lot(2, 5, day(9)),
            lot(4, 5, day(3)),
            lot(3, 5, day(3)),
            lot(5, 5, day(-1)),
        ]
        self.assertEqual(pick(lots, 18, DAY), [(3, 5), (4, 5), (2, 5), (1, 3)])

    def test_a_lot_counts_on_its_last_day(self):
        self.assertEqual(pick([lot(1, 5, DAY)], 5, DAY), [(1, 5)])

    def test_what_is_missing_is_said(self):
        with self.assertRaises(Short) as caught:
            pick([lot(1, 5), lot(2, 9, day(-1))], 12, DAY)
        self.assertEqual(caught.exception.missing, 7)
        self.assertIsInstance(caught.exception, ValueError)

    def test_nothing_is_picked_for_nothing(self):
        self.assertEqual(pick([lot(1, 5)], 0, DAY), [])
        with self.assertRaises(ValueError):
            pick([lot(1, 5)], -1, DAY)

    @property_settings(250)
    @given(lots_of_choice(), st.integers(0, 60))
    def test_pick_takes_exactly_the_points_or_says_what_is_missing(self, lots, points):
        usable = available(lots, [], DAY)
        try:
            taken = pick(lots, points, DAY)
        except Short as short:
            self.assertEqual(short.missing, points - usable)
            self.assertGreater(short.missing, 0)
            return
        self.assertEqual(sum(part for _lot, part in taken), points)
        by_id = {one.id: one for one in lots}
        for lot_id, part in taken:
            self.assertTrue(0 < part <= by_id[lot_id].open)
            self.assertTrue(not by_id[lot_id].expiry or by_id[lot_id].expiry >= DAY)

    @property_settings(250)
    @given(lots_of_choice(), st.integers(0, 60))
    def test_no_untouched_lot_goes_before_a_touched_one(self, lots, points):
        points = min(points, available(lots, [], DAY))
        taken = dict(pick(lots, points, DAY))
        usable = [one for one in lots if not one.expiry or one.expiry >= DAY]
        rank = {one.id: (one.expiry or date.max, one.booking) for one in usable}
        left = [one.id for one in usable if one.open > taken.get(one.id, 0)]
        for lot_id in left:
            self.assertFalse([t for t in taken if rank[t] > rank[lot_id]])


class TestSettle(ToolsCase):
    def check(self, lots, debits, expected):
        self.assertEqual(settle(lots, debits), expected)

    def test_a_reversal_takes_its_own_lot_first_even_if_it_lapsed(self):
        self.check(
            [lot(1, 10), lot(2, 10, day(-1))],
            [debit(3, 15, reverses=2)],
            [(3, 2, 10), (3, 1, 5)],
        )

    def test_then_what_came_back_of_it_before_other_lots(self):
        self.check(
            [lot(1, 10), lot(2, 3), lot(3, 4, day(-1), root=2)],
            [debit(4, 9, reverses=2)],
            [(4, 2, 3), (4, 3, 4), (4, 1, 2)],
        )

    def test_others_lots_are_not_taken_once_lapsed_on_the_day(self):
        self.check([lot(1, 10, day(-1)), lot(2, 4)], [debit(3, 9)], [(3, 2, 4)])
        self.check([lot(1, 10, DAY)], [debit(3, 9)], [(3, 1, 9)])

    def test_a_debt_is_paid_by_later_credits_its_own_kin_first(self):
        self.check(
            [lot(3, 4, root=1), lot(5, 20)],
            [debit(2, 6), debit(4, 6, reverses=1)],
            [(2, 3, 4), (2, 5, 2), (4, 5, 6)],
        )
        self.check(
            [lot(4, 8, root=1)],
            [debit(2, 6), debit(3, 6, reverses=1)],
            [(3, 4, 6), (2, 4, 2)],
        )

    def test_the_root_is_known_when_the_reversed_lot_is_used_up(self):
        owed = replace(debit(4, 5, reverses=2), root=1)
        lots = [lot(1, 3, day(9)), lot(3, 3, day(-1), root=1)]
        self.check(lots, [owed], [(4, 1, 3), (4, 3, 2)])

    @property_settings(400)
    @given(histories())
    def test_settling_once_is_settling_event_by_event(self, events):
        self.assertEqual(settle_at(events, []), naive(events))

    @property_settings(400)
    @given(histories(), st.data())
    def test_it_does_not_matter_when_settling_ran(self, events, data):
        moments = data.draw(st.lists(st.integers(0, len(events))).map(sorted))
        every = range(1, len(events) + 1)
        self.assertEqual(settle_at(events, moments), settle_at(events, []))
        self.assertEqual(settle_at(events, every), settle_at(events, []))

    @property_settings(400)
    @given(histories(), st.integers(0, 3))
    def test_never_both_open_debts_and_usable_points(self, events, later):
        pairs, rest = settle_at(events, [])
        today = max((e.day for e in events if isinstance(e, Debit)), default=DAY)
        today += timedelta(days=later)
        owed = sum(rest[e.id] for e in events if isinstance(e, Debit))
        lots = [replace(e, open=rest[e.id]) for e in events if isinstance(e, Lot)]
        self.assertFalse(owed and available(lots, [], today))  # I3
        for event in events:  # I2
            paired = sum(points for pair, points in pairs.items() if event.id in pair)
            self.assertTrue(0 <= rest[event.id] == event.open - paired)

    @property_settings(200)
    @given(histories(), st.integers(-3, 30))
    def test_available_is_the_same_before_and_after_without_lapsed_lots(
        self, events, offset
    ):
        events = [replace(e, expiry=None) if isinstance(e, Lot) else e for e in events]
        rest = settle_at(events, [])[1]
        after = [replace(event, open=rest[event.id]) for event in events]
        figures = [
            available(
                [e for e in some if isinstance(e, Lot)],
                [e for e in some if isinstance(e, Debit)],
                day(offset),
            )
            for some in (events, after)
        ]
        self.assertEqual(*figures)  # I1

    @property_settings(100)
    @given(histories(), st.randoms())
    def test_the_order_of_the_arguments_does_not_matter(self, events, random):
        lots = [event for event in events if isinstance(event, Lot)]
        debits = [event for event in events if isinstance(event, Debit)]
        before = settle(lots, debits)
        random.shuffle(lots)
        random.shuffle(debits)
        self.assertEqual(settle(lots, debits), before)


class TestReturnedLots(ToolsCase):
    def test_last_consumed_goes_back_first(self):
        consumed = [(1, 10), (2, 10), (3, 10)]
        for already, points, expected in [
            ({}, 10, [(3, 10)]),
            ({}, 15, [(3, 10), (2, 5)]),
            ({3: 10, 2: 5}, 10, [(2, 5), (1, 5)]),
            ({3: 10, 2: 10, 1: 10}, 5, []),
            ({9: 10}, 0, []),
        ]:
            with self.subTest(already=already, points=points):
                parts = returned_lots(consumed, already, points)
                self.assertEqual(parts, expected)

    def test_a_negative_number_is_an_error(self):
        with self.assertRaises(ValueError):
            returned_lots([(1, 1)], {}, -1)

    @property_settings(200)
    @given(
        st.lists(st.tuples(st.integers(1, 4), st.integers(1, 9)), max_size=6),
        st.lists(st.integers(0, 20), max_size=5),
    )
    def test_returns_never_exceed_what_was_consumed(self, consumed, wishes):
        total = Counter()
        for lot_id, points in consumed:
            total[lot_id] += points
        already = Counter()
        for wish in wishes:
            left = sum(total.values()) - already.total()
            parts = returned_lots(consumed, already, wish)
            self.assertEqual(len(parts), len(dict(parts)))
            self.assertEqual(sum(dict(parts).values()), min(wish, left))
            already.update(dict(parts))
        for lot_id, points in already.items():
            self.assertLessEqual(points, total[lot_id])
