import itertools
import os
from datetime import timedelta

from freezegun import freeze_time
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import LoyaltyB2bCommon
from .ledger_model import Item, Short, Wallet, returned

# The build always tries the same histories; LOYALTY_B2B_EXAMPLES=1000 tries others.
EXAMPLES = int(os.environ.get("LOYALTY_B2B_EXAMPLES", 0))
# long ago, as the database stamps rows with its own clock
START = fields.Date.to_date("2020-01-15")
POINTS = st.integers(1, 60)
DAYS = st.one_of(st.none(), st.integers(0, 12))
WALLET = st.integers(0, 2)


def get_settings(examples, steps):
    """Return hypothesis' settings: the same histories in every build."""
    return settings(
        max_examples=EXAMPLES or examples,
        stateful_step_count=steps,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        print_blob=False,
        # a failing history is short enough; to shrink it takes minutes
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


class LedgerMachine(RuleBasedStateMachine):
    """Do anything that wallets can do, beside a naive model of them."""

    case = None  # the test that runs it
    histories = used_after_expiry = 0

    def __init__(self):
        super().__init__()
        type(self).histories += 1
        case = self.case
        self.savepoint = case.env.cr.savepoint()
        self.clock = freeze_time(f"{START} 12:00:00")
        self.frozen = self.clock.start()
        self.today = START
        self.wallets = list(case.wallets)
        self.models = [Wallet() for _wallet in self.wallets]
        self.numbers = itertools.count(1)
        self.earned, self.used, self.given = {}, {}, {}
        self.returns, self.lifted = {}, {}

    def teardown(self):
        self.clock.stop()
        self.savepoint.close(rollback=True)
        env = self.case.env
        env.invalidate_all(flush=False)
        env.cr.precommit.data.clear()

    # === HELPERS === #

    def _key(self):
        return f"machine:{next(self.numbers)}"

    def _item(self, entry, points, **values):
        """Return the model's item of a new entry."""
        order = next(self.numbers)
        values.setdefault("root", entry.id if points > 0 else None)
        return Item(
            entry.id,
            points,
            values.pop("open", abs(points)),
            order,
            self.today,
            **values,
        )

    def _expiry(self, days):
        return None if days is None else self.today + timedelta(days=days)

    def _parts(self, entry):
        """Return what an entry really took: (lot, points)."""
        parts = entry.credit_allocation_ids.sorted("id")
        return [(part.credit_id.id, int(part.points)) for part in parts]

    def _choose(self, data, pool):
        return data.draw(st.sampled_from(sorted(pool)))

    def _find(self, entry_id):
        """Return the model and the place of the wallet that has an entry now."""
        for place, model in enumerate(self.models):
            ids = {item.id for item in model.items} | set(model.holds)
            if entry_id in ids | set(model.waiting):
                return model, place
        raise AssertionError(entry_id)

    def _entry(self, entry_id):
        return self.case.env["loyalty.b2b.entry"].sudo().browse(entry_id)

    def _settle(self, wallets):
        wallets._lock()
        wallets._settle()

    # === TIME === #

    @rule(days=st.integers(1, 8))
    def days_pass(self, days):
        """Nothing waits over midnight: the job settles within a minute."""
        self._settle(self.case.wallets)
        self.today += timedelta(days=days)
        self.frozen.move_to(f"{self.today} 12:00:00")
        self.case.wallets._invalidate_figures()

    @rule(place=WALLET)
    def settle(self, place):
        self._settle(self.wallets[place])
        for item in self.models[place].items:
            entry = self._entry(item.id)
            assert entry.points_open == item.open, (entry.key, entry.points_open, item)

    # === DOCUMENTS === #

    @rule(place=WALLET, points=POINTS, days=DAYS)
    def opening(self, place, points, days):
        entry = self.wallets[place]._open_balance(
            points, self._key(), date_expiry=self._expiry(days)
        )
        item = self._item(entry, points, expiry=self._expiry(days))
        self.models[place].add(item)
        self.earned[entry.id] = points

    @rule(place=WALLET, points=POINTS)
    def earn_unpaid(self, place, points):
        wallet = self.wallets[place]
        row = wallet._prepare_entry(
            "earn", points, key=self._key(), state="pending", to_settle=True
        )
        self.models[place].waiting[wallet._book([row]).id] = points

    def _waiting(self):
        return [entry_id for model in self.models for entry_id in model.waiting]

    @precondition(lambda self: self._waiting())
    @rule(data=st.data())
    def pay(self, data):
        entry_id = self._choose(data, self._waiting())
        model, place = self._find(entry_id)
        entry = self._entry(entry_id)
        self.wallets[place]._post_pending(entry)
        points = model.waiting.pop(entry_id)
        assert entry.date_expiry > self.today + timedelta(days=700)
        model.add(self._item(entry, points, expiry=entry.date_expiry))
        self.earned[entry_id] = points

    @precondition(lambda self: self._waiting())
    @rule(data=st.data())
    def never_pay(self, data):
        entry_id = self._choose(data, self._waiting())
        model, place = self._find(entry_id)
        self.wallets[place]._cancel_pending(self._entry(entry_id))
        del model.waiting[entry_id]

    @precondition(lambda self: any(self.earned.values()))
    @rule(data=st.data(), share=st.sampled_from([1, 2, 3]))
    def take_back(self, data, share):
        left = {entry_id for entry_id, points in self.earned.items() if points}
        entry_id = self._choose(data, left)
        model, place = self._find(entry_id)
        points = -(-self.earned[entry_id] // share)
        self.earned[entry_id] -= points
        wallet, lot = self.wallets[place], self._entry(entry_id)
        root = (lot.root_entry_id or lot).id
        lots = [(root, lot.date_expiry, points)]
        row = wallet._prepare_entry(
            "reversal",
            -points,
            key=self._key(),
            reversed_entry_id=entry_id,
            to_settle=True,
        )
        entries = wallet._book([*wallet._prepare_lifted(lots, "taken back"), row])
        self._lift(model, root, points, entries[:-1])
        model.add(self._item(entries[-1:], -points, root=root, reverses=entry_id))

    def _lift(self, model, root, points, entries):
        """Check and count what was given back of what expired of a root's lots."""
        expected = []
        for item in model.items:
            if item.is_expiry and item.taken[0][0].root == root:
                part = min(points, -item.points - self.lifted.get(item.id, 0))
                if part:
                    expected.append((item.id, part, item.taken[0][0].expiry))
                    self.lifted[item.id] = self.lifted.get(item.id, 0) + part
                    points -= part
        real = [
            (entry.reversed_entry_id.id, entry.points, entry.date_expiry)
            for entry in entries
        ]
        assert real == expected, (real, expected)
        for entry in entries:
            item = self._item(
                entry, int(entry.points), root=root, expiry=entry.date_expiry
            )
            model.add(item)

    @rule(place=WALLET, points=POINTS)
    def use_on_credit(self, place, points):
        self._use_on_credit(place, points)

    def _use_on_credit(self, place, points):
        entry = self.wallets[place]._force_redeem(points, self._key())
        item = self._item(entry, -points)
        self.models[place].add(item)
        self.used[entry.id] = (item, points)
        return entry.id

    @precondition(lambda self: any(left for _item, left in self.used.values()))
    @rule(data=st.data(), share=st.sampled_from([1, 2, 3]))
    def give_back(self, data, share):
        pool = {entry_id for entry_id, (_item, left) in self.used.items() if left}
        entry_id = self._choose(data, pool)
        _item, left = self.used[entry_id]
        self._give_back(entry_id, -(-left // share))

    def _give_back(self, entry_id, points):
        item, left = self.used[entry_id]
        self.used[entry_id] = (item, left - points)
        model, place = self._find(entry_id)
        already = self.given.setdefault(entry_id, {})
        expected = returned(item, already, points)
        entries = self.wallets[place]._give_back(
            self._entry(entry_id), points, self._key()
        )
        real = [(entry.root_entry_id.id or None, entry.points) for entry in entries]
        assert real == expected, (real, expected)
        for entry in entries:
            root = entry.root_entry_id
            assert entry.date_expiry == root.date_expiry
            already[root.id] = already.get(root.id, 0) + entry.points
            self.returns[entry.id] = int(entry.points)
            model.add(
                self._item(
                    entry,
                    entry.points,
                    root=root.id or entry.id,
                    expiry=root.date_expiry or None,
                )
            )
        return entries.ids

    @precondition(lambda self: any(self.returns.values()))
    @rule(data=st.data(), share=st.sampled_from([1, 2, 3]))
    def use_again(self, data, share):
        pool = {entry_id for entry_id, left in self.returns.items() if left}
        entry_id = self._choose(data, pool)
        self._use_again(entry_id, -(-self.returns[entry_id] // share))

    @rule(place=WALLET, points=POINTS, days=st.integers(0, 7), share=st.integers(1, 3))
    def use_again_after_expiry(self, place, points, days, share):
        """Used and given back in time, expired, and used again."""
        self.opening(place, points, days)
        returns = self._give_back(self._use_on_credit(place, points), points)
        self.days_pass(8)
        self.expire()
        for entry_id in returns:
            self._use_again(entry_id, -(-self.returns[entry_id] // share))

    def _use_again(self, entry_id, points):
        self.returns[entry_id] -= points
        model, place = self._find(entry_id)
        wallet, lot = self.wallets[place], self._entry(entry_id)
        before = wallet.entry_ids
        entry = wallet._use_again(lot, points, self._key())
        root = (lot.root_entry_id or lot).id
        lifted = wallet.entry_ids - before - entry
        self._lift(model, root, points, lifted.sorted("id"))
        type(self).used_after_expiry += len(lifted)
        item = self._item(entry, -points, root=root, reverses=entry_id)
        model.add(item)
        self.used[entry.id] = (item, points)

    # === ACTS OF CHOICE === #

    @rule(place=WALLET, points=POINTS)
    def hold(self, place, points):
        model = self.models[place]
        draft = Item(0, -points, points, next(self.numbers), self.today)
        try:
            model.take(draft, self.today)
        except Short:
            with self.case.assertRaises(UserError):
                self.wallets[place]._hold(points, self._key())
            return
        entry = self.wallets[place]._hold(points, self._key())
        draft.id = entry.id
        model.holds[entry.id] = draft
        assert self._parts(entry) == [(lot.id, taken) for lot, taken in draft.taken]

    def _holds(self):
        return [entry_id for model in self.models for entry_id in model.holds]

    @precondition(lambda self: self._holds())
    @rule(data=st.data())
    def consume(self, data):
        entry_id = self._choose(data, self._holds())
        model, place = self._find(entry_id)
        self.wallets[place]._consume(self._entry(entry_id))
        item = model.holds.pop(entry_id)
        item.order, item.day = next(self.numbers), self.today
        model.items.append(item)
        self.used[entry_id] = (item, -item.points)

    @precondition(lambda self: self._holds())
    @rule(data=st.data())
    def release(self, data):
        entry_id = self._choose(data, self._holds())
        model, place = self._find(entry_id)
        self.wallets[place]._release(self._entry(entry_id))
        model.release(model.holds[entry_id])

    @rule()
    def expire(self):
        """All wallets at once, as the job does."""
        entries = self.case.wallets._expire()
        real = sorted((e.reversed_entry_id.id, -int(e.points)) for e in entries)
        lapsed = [
            (model, lot)
            for model in set(self.models)
            for lot in model.lots
            if lot.expiry and lot.expiry < self.today
        ]
        assert real == sorted((lot.id, lot.open) for _model, lot in lapsed)
        for entry in entries:
            model, lot = next(
                found for found in lapsed if found[1].id == entry.reversed_entry_id.id
            )
            item = self._item(entry, int(entry.points), is_expiry=True)
            model.items.append(item)
            model.pay(item, lot, lot.open)

    @rule(place=WALLET, points=POINTS, sign=st.sampled_from([1, -1]))
    def adjust(self, place, points, sign):
        entry = self.wallets[place]._adjust(sign * points, self._key(), "counted")
        model = self.models[place]
        item = self._item(
            entry, sign * points, expiry=sign > 0 and entry.date_expiry or None
        )
        if sign > 0:
            model.add(item)
        else:
            usable = model.usable(self.today)
            model.items.append(item)
            model.cover(item, usable)

    @rule(place=WALLET, to=WALLET, points=POINTS)
    def transfer(self, place, to, points):
        source, receiver = self.wallets[place], self.wallets[to]
        model = self.models[place]
        if source == receiver:
            return
        draft = Item(0, -points, points, next(self.numbers), self.today)
        try:
            model.take(draft, self.today)
        except Short:
            with self.case.assertRaises(UserError):
                source._transfer(receiver, points, self._key(), "moved")
            return
        entries = source._transfer(receiver, points, self._key(), "moved")
        draft.id = entries[0].id
        model.items.append(draft)
        moved = [(lot.root, taken, lot.expiry) for lot, taken in draft.taken]
        real = [
            (e.root_entry_id.id, int(e.points), e.date_expiry or None)
            for e in entries[1:]
        ]
        assert real == moved
        for entry, (root, taken, expiry) in zip(entries[1:], moved, strict=True):
            item = self._item(entry, taken, root=root, expiry=expiry)
            self.models[to].add(item)

    @precondition(lambda self: len(set(self.wallets)) == 3)
    @rule()
    def merge(self):
        """The third wallet was a duplicate of the first."""
        self.wallets[0]._merge(self.wallets[2])
        self.models[0].merge(self.models[2])
        self.wallets[2], self.models[2] = self.wallets[0], self.models[0]

    # === WHAT IS ALWAYS TRUE === #

    @invariant()
    def figures_are_those_of_the_model(self):
        """Before settling, too: the model settles at once (I1)."""
        for wallet, model in zip(self.wallets, self.models, strict=True):
            real = {name: wallet[name] for name in model.figures(self.today)}
            assert real == model.figures(self.today), (real, model)

    @invariant()
    def the_ledger_is_sound(self):
        findings = self.case.wallets._verify()
        assert not findings, findings


@tagged("post_install", "-at_install")
class TestLedgerMachine(LoyaltyB2bCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wallets = (
            cls.wallet
            | cls._enrol(cls._create_customer("Inna", "7010001454"))
            | cls._enrol(cls._create_customer("Wisla", "5213003700"))
        )

    def test_the_ledger_agrees_with_a_naive_model(self):
        LedgerMachine.case = self
        run_state_machine_as_test(LedgerMachine, settings=get_settings(20, 40))
        self.assertTrue(LedgerMachine.used_after_expiry)
