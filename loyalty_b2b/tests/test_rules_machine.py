from collections import defaultdict

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from odoo import Command
from odoo.tests import tagged

from ..booking.caps import get_period
from ..tools import engine
from .common import LoyaltyB2bCommon
from .test_ledger_machine import get_settings
from .test_oracle import AMOUNTS, UNSETTLED, DocumentMachine
from .test_oracle import TestOracle as Oracle

POINTS = st.integers(1, 50)
MONEY = st.integers(1, 500).map(float)
EFFECTS = st.one_of(
    st.fixed_dictionaries({"points": POINTS, "amount": MONEY}),
    st.fixed_dictionaries(
        {"effect": st.just("step"), "points": POINTS, "amount": MONEY}
    ),
    st.fixed_dictionaries({"effect": st.just("unit"), "points": POINTS}),
    st.fixed_dictionaries({"effect": st.just("order"), "points": POINTS}),
    st.fixed_dictionaries({"effect": st.just("bonus"), "points": POINTS}),
    st.fixed_dictionaries(
        {"effect": st.just("multiplier"), "factor": st.sampled_from([1.5, 2.0])}
    ),
    st.fixed_dictionaries(
        {"effect": st.just("ladder"), "ladder": st.sampled_from(["each", "highest"])}
    ),
)
LIMITS = st.fixed_dictionaries(
    {},
    optional={
        "min_amount": MONEY,
        "min_line_amount": MONEY,
        "stop": st.booleans(),
        "exclusive_group": st.sampled_from(["a", False]),
        "expiry_months": st.sampled_from([3, 6]),
    },
)
CAPS = st.fixed_dictionaries(
    {},
    optional={
        "cap_order": st.integers(1, 200),
        "cap_points": st.integers(1, 500),
        "cap_period": st.sampled_from(["day", "month", "lifetime"]),
    },
)
LADDER = [
    Command.create({"amount": 100, "points": 10}),
    Command.create({"amount": 300, "points": 50}),
]


@st.composite
def rules(draw):
    """Return values of one to four rules."""
    result = []
    for number in range(draw(st.integers(1, 4))):
        values = {**draw(EFFECTS), **draw(LIMITS)}
        if values.get("effect") != "bonus":
            values |= draw(CAPS)
        if values.get("effect") == "ladder":
            values["step_ids"] = LADDER
        result.append({"name": f"Rule {number}", "sequence": number, **values})
    return result


class RulesMachine(DocumentMachine):
    """Any order of documents under any rules: the one formula says what stands."""

    @initialize(activation=st.sampled_from(["posting", "payment"]), values=rules())
    def start(self, activation, values):
        program = self.case.program
        program.activation = activation
        program.rule_ids = [Command.clear(), *map(Command.create, values)]
        self.case._give_points(20000)
        self.is_capped = bool(program._get_rule_set().capped)

    @rule(amounts=AMOUNTS, data=st.data())
    def order_in_parts(self, amounts, data):
        """Deliver and invoice an order in parts, alone or with another one."""
        case = self.case
        goods = case.delivered
        orders = self.env["sale.order"]
        for _number in range(data.draw(st.integers(1, 2))):
            orders |= case._create_order([(goods, 4, a) for a in amounts])
        promised = {o: o._get_loyalty_b2b_expected_points(case.program) for o in orders}
        orders.action_confirm()
        for delivered in sorted({data.draw(st.integers(1, 4)), 4}):
            orders.order_line.qty_delivered = delivered
            move = orders._create_invoices()
            move.action_post()
            self.moves |= move
        for order in orders if not self.is_capped else ():
            assert self._stands(f"order:{order.id}") == promised[order], order

    def _stands(self, ref):
        entries = self.case.wallet.entry_ids
        return sum(
            entry.points
            for entry in entries
            if entry.group_ref == ref and entry.state != "cancelled"
        )

    @invariant()
    def earned_and_not_taken_back_is_the_rate_times_the_net(self):
        """The same by the formula: what is booked is what the rows come to."""
        self.env.cr.flush()
        wallet = self.case.wallet
        ruleset = self.case.program._get_rule_set()
        refs = set(wallet.entry_ids.mapped("group_ref")) - {False}
        groups = wallet._load_groups(refs=refs)
        used = defaultdict(int)
        for found in groups.values():
            if found.counts:
                counted = engine.count(found.rows, ruleset)
                assert not found.differences(counted), found.ref
            for row in found.rows:
                if row.part == "cap":
                    period = get_period(ruleset.get(row.rule), row.day)
                    used[row.root, period] += row.given
        counters = self.env["loyalty.b2b.counter"].search(
            [("wallet_id", "=", wallet.id)]
        )
        for counter in counters:
            place = (counter.rule_root, counter.date_start)
            assert counter.points == used.pop(place, 0), place
            cap = self.env["loyalty.b2b.rule"].browse(counter.rule_root)
            most = cap.points if cap.effect == "bonus" else cap.cap_points
            assert 0 <= counter.points <= most, place
        assert not any(used.values()), used


@tagged("post_install", "-at_install")
class TestRulesMachine(LoyaltyB2bCommon):
    _pay = Oracle._pay

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.sudo().taxes_id = cls.tax_23
        cls.delivered = cls._create_goods("Pump", 50.0, invoice_policy="delivery")
        cls.delivered.sudo().taxes_id = cls.tax_23

    def test_any_sequence_of_documents_under_any_rules(self):
        RulesMachine.case = self
        with self.patch_with(UNSETTLED, new=10**8):
            run_state_machine_as_test(RulesMachine, settings=get_settings(10, 8))


# collected once, where it belongs
del Oracle
