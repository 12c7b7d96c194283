from collections import defaultdict
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from odoo import Command
from odoo.tests import tagged

from .order_reward_common import OrderRewardCommon
from .test_ledger_machine import get_settings

AMOUNTS = st.lists(
    st.decimals("60.00", "400.00", places=2).map(float), min_size=1, max_size=3
)
KINDS = st.lists(
    st.sampled_from(["discount", "percent", "product", "symbolic", "priced"]),
    max_size=3,
    unique=True,
)
SHARES = st.sampled_from([1, 2, 3])


class RewardMachine(RuleBasedStateMachine):
    """Any documents of orders with rewards, beside what they must come to (I11).

    One flat rule: 3 points per 7.00 net. Sales less the discounts of rewards earn, and
    goods for points do not.
    """

    case = None

    def __init__(self):
        super().__init__()
        self.env = self.case.env
        self.savepoint = self.env.cr.savepoint()
        self.moves = self.env["account.move"]
        self.uses = self.env["loyalty.b2b.redemption"].sudo()

    def teardown(self):
        self.savepoint.close(rollback=True)
        self.env.invalidate_all(flush=False)
        self.env.registry.clear_cache()
        self.env.cr.precommit.clear()

    @initialize(tax=st.sampled_from(["net", "gross"]))
    def start(self, tax):
        self.case.program.rate_tax = tax

    @rule(amounts=AMOUNTS, kinds=KINDS, points=st.integers(0, 1000))
    def order(self, amounts, kinds, points):
        case = self.case
        goods = (case.product, case.book)
        order = case._create_order(
            [(goods[n % 2], 1, a) for n, a in enumerate(amounts)]
        )
        for kind in kinds:
            case._add(order, case.rewards[kind])
        if points:
            order._use_loyalty_b2b_points(points)
        order.action_confirm()
        self.uses |= order._get_loyalty_b2b_uses()
        move = order._create_invoices()
        move.action_post()
        self.moves |= move

    def _pick(self, data, condition):
        pool = self.moves.filtered(condition)
        ids = data.draw(st.sampled_from(pool.ids)) if pool else ()
        return self.env["account.move"].browse(ids)

    @precondition(lambda self: self.moves)
    @rule(data=st.data(), share=SHARES)
    def credit(self, data, share):
        """Credit a part of the money of each line, and of the quantity of free ones."""
        invoice = self._pick(
            data, lambda m: m.state == "posted" and m.move_type == "out_invoice"
        )
        if not invoice or invoice.reversal_move_ids.filtered(
            lambda m: m.state == "draft"
        ):
            return
        earlier = invoice.reversal_move_ids
        credit = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        lines = zip(credit.invoice_line_ids, invoice.invoice_line_ids, strict=True)
        for place, (line, original) in enumerate(lines):
            gone = [m.invoice_line_ids[place] for m in earlier]
            if original.price_subtotal:
                left = original.price_subtotal - sum(one.price_subtotal for one in gone)
                line.price_unit = round(left / share, 2)
            else:
                left = original.quantity - sum(one.quantity for one in gone)
                line.quantity = left if share == 1 else 0
        if credit.amount_total <= 0:
            credit.with_context(force_delete=True).unlink()
            return
        credit.action_post()
        self.moves |= credit

    @precondition(lambda self: self.moves)
    @rule(data=st.data())
    def reset_and_post(self, data):
        move = self._pick(
            data,
            lambda m: (
                m.state == "posted"
                and not m.reversal_move_ids.filtered(lambda r: r.state == "posted")
            ),
        )
        if move:
            move.button_draft()
            self.check_points()
            move.action_post()

    def _is_goods(self, line):
        return line.loyalty_b2b_redemption_id.reward_kind == "product"

    @invariant()
    def check_earned(self):
        self.env.cr.flush()
        nets, stands = defaultdict(Decimal), defaultdict(int)
        for line in self.moves.filtered(lambda m: m.state == "posted").invoice_line_ids:
            if not self._is_goods(line):
                order = line.sale_line_ids.order_id
                nets[f"order:{order.id}"] += Decimal(f"{-line.balance:.2f}")
        for entry in self.case.wallet.entry_ids:
            if entry.group_ref and entry.state != "cancelled":
                stands[entry.group_ref] += entry.points
        for ref in set(nets) | set(stands):
            expected = max(0, int(nets[ref] * 3 // 7))
            assert stands[ref] == expected, (ref, nets[ref], stands[ref])

    @invariant()
    def check_points(self):
        """Used and not returned: the share of money, or of pieces, that stands."""
        for use in self.uses:
            lines = self.moves.invoice_line_ids.filtered(
                lambda line, u=use: line.loyalty_b2b_redemption_id == u
            )
            posted = lines.filtered(lambda line: line.parent_state == "posted")
            sold = posted.filtered(lambda line: line.move_type == "out_invoice")
            name = (
                "price_subtotal" if sum(sold.mapped("price_subtotal")) else "quantity"
            )
            whole = sum(sold.mapped(name))
            back = sum((posted - sold).mapped(name))
            share = 1 - back / whole if whole else 1
            used = use._get_standing_points()
            assert abs(used - int(use.points) * share) < 1.001, (use, used, share)

    @invariant()
    def check_ledger(self):
        findings = self.case.wallet._verify()
        assert not findings, findings


@tagged("post_install", "-at_install")
class TestOrderRewardsOracle(OrderRewardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._give_points(10**6)
        for product, tax in ((cls.product, cls.tax_23), (cls.book, cls.tax_8)):
            product.sudo().taxes_id = tax
        cls.lamp.sudo().taxes_id = cls.tax_23
        cls.program.rule_ids = [
            Command.clear(),
            Command.create({"name": "Flat", "points": 3, "amount": 7.0}),
        ]
        cls.rewards = {
            kind: cls._create_reward(kind)
            for kind in ("discount", "percent", "product")
        }
        cls.rewards["symbolic"] = cls._create_reward(
            "product", free_mode="symbolic", symbolic_price=1.0
        )
        cls.rewards["priced"] = cls._create_reward("product", price_amount=33.33)

    def test_any_sequence_of_documents_gives_what_their_sum_is_worth(self):
        RewardMachine.case = self
        unsettled = "odoo.addons.loyalty_b2b.models.wallet_verify.UNSETTLED_MINUTES"
        with self.patch_with(unsettled, new=10**8):
            run_state_machine_as_test(RewardMachine, settings=get_settings(5, 6))
