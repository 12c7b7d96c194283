from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from freezegun import freeze_time
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

from .common import LoyaltyB2bCommon
from .test_ledger_machine import get_settings

AMOUNTS = st.lists(
    st.decimals("0.10", "400.00", places=2).map(float), min_size=1, max_size=3
)
UNSETTLED = "odoo.addons.loyalty_b2b.models.wallet_verify.UNSETTLED_MINUTES"
SHARES = st.sampled_from([1, 2, 3])


class DocumentMachine(RuleBasedStateMachine):
    """Any order of documents, beside the one sum that their points must come to (I11).

    One flat rule: 3 points per 7.00 net, rounded down for each group of documents that
    are counted together. A point is worth 0.01.
    """

    case = None
    histories = 0

    def __init__(self):
        super().__init__()
        type(self).histories += 1
        self.env = self.case.env
        self.savepoint = self.env.cr.savepoint()
        self.today = date(2026, 1, 15)
        self.clock = freeze_time(f"{self.today} 12:00:00")
        self.frozen = self.clock.start()
        self.moves = self.env["account.move"]
        self.orders = self.env["sale.order"]
        self.payments = {}

    def teardown(self):
        self.clock.stop()
        self.savepoint.close(rollback=True)
        self.env.invalidate_all(flush=False)
        self.env.registry.clear_cache()
        self.env.cr.precommit.clear()

    # === HELPERS === #

    def _choose(self, data, condition):
        pool = self.moves.filtered(condition)
        return data.draw(st.sampled_from(pool.ids)) if pool else None

    def _pick(self, data, condition):
        return self.env["account.move"].browse(self._choose(data, condition) or ())

    def _invoices(self):
        return self.moves.filtered(
            lambda m: m.state == "posted" and m.move_type == "out_invoice"
        )

    # === DOCUMENTS === #

    @initialize(activation=st.sampled_from(["posting", "payment"]))
    def start(self, activation):
        self.case.program.activation = activation
        self.case._give_points(20000)

    @rule(amounts=AMOUNTS)
    def invoice(self, amounts):
        self.moves |= self.case._create_invoice_of(amounts)

    @rule(amounts=AMOUNTS, share=SHARES)
    def order(self, amounts, share):
        """Sell with a discount for points, if the order can bear one."""
        case = self.case
        order = case._create_order([(case.product, 1, a) for a in amounts])
        points = int(sum(amounts) * 100) // share // 2
        if 0 < points <= case.wallet.available:
            order._use_loyalty_b2b_points(points)
        if case.wallet.available < 0:
            order.action_remove_loyalty_b2b_use()
        order.action_confirm()
        self.orders |= order
        move = order._create_invoices()
        move.action_post()
        self.moves |= move

    @precondition(lambda self: self._invoices())
    @rule(data=st.data(), share=SHARES)
    def credit(self, data, share):
        """Credit what is left of an invoice, or a part of each of its lines."""
        invoice = self._pick(data, lambda m: m in self._invoices())
        earlier = invoice.reversal_move_ids
        if earlier.filtered(lambda m: m.state == "draft"):
            return
        credit = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        lines = zip(credit.invoice_line_ids, invoice.invoice_line_ids, strict=True)
        for place, (line, original) in enumerate(lines):
            gone = sum(m.invoice_line_ids[place].price_subtotal for m in earlier)
            line.price_unit = round((original.price_subtotal - gone) / share, 2)
        if credit.amount_total <= 0:
            credit.with_context(force_delete=True).unlink()
            return
        credit.action_post()
        self.moves |= credit

    def _is_whole(self, move):
        return (
            move in self._invoices() - self._paid()
            and not move.reversal_move_ids
            and move.invoice_line_ids.loyalty_b2b_redemption_id
        )

    @precondition(lambda self: self.moves.filtered(self._is_whole))
    @rule(data=st.data(), expires=st.booleans())
    def invoice_again(self, data, expires):
        """*Reverse and create invoice*; the points given back may expire between."""
        invoice = self._pick(data, self._is_whole)
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard = wizard.create({"journal_id": invoice.journal_id.id})
        draft = self.env["account.move"].browse(wizard.modify_moves()["res_id"])
        self.moves |= invoice.reversal_move_ids | draft
        if expires:
            self.points_expire()
        draft.action_post()

    def _is_reset(self, move):
        """Tell whether an accountant may reset it: nothing of it is credited."""
        return move.state == "posted" and not move.reversal_move_ids.filtered(
            lambda m: m.state == "posted"
        )

    @precondition(lambda self: self.moves)
    @rule(data=st.data())
    def reset(self, data):
        move = self._pick(data, self._is_reset)
        move.button_draft()
        self.payments.pop(move, None)

    def _is_draft(self, move):
        origin = move.reversed_entry_id
        return move.state == "draft" and (not origin or origin.state == "posted")

    @precondition(lambda self: self.moves.filtered(self._is_draft))
    @rule(data=st.data())
    def post_again(self, data):
        self._pick(data, self._is_draft).action_post()

    @precondition(lambda self: self._invoices() - self._paid())
    @rule(data=st.data())
    def pay(self, data):
        unpaid = self._invoices() - self._paid()
        move = self._pick(data, lambda m: m in unpaid and m.amount_residual > 0)
        if move:
            self.payments[move] = self.case._pay(move)

    def _paid(self):
        return self.moves.browse([move.id for move in self.payments])

    @precondition(lambda self: self.payments)
    @rule(data=st.data())
    def undo_payment(self, data):
        move = self._pick(data, lambda m: m in self._paid())
        payment = self.payments.pop(move)
        payment.action_draft()
        payment.action_cancel()

    @rule()
    def points_expire(self):
        """All there are: none is usable for as long as two and a half years."""
        self.settle()
        self.today += timedelta(days=900)
        self.frozen.move_to(f"{self.today} 12:00:00")
        self.case.wallet._expire()

    @rule()
    def settle(self):
        wallet = self.case.wallet
        names = ("balance", "available", "held", "waiting")
        before = [wallet[name] for name in names]
        wallet._lock()
        wallet._settle()
        wallet._invalidate_figures()
        assert [wallet[name] for name in names] == before
        self._check_debts()

    def _check_debts(self):
        """Nobody owes for points that have expired: they would be lost twice."""
        entries = self.case.wallet.entry_ids
        expired = defaultdict(int)
        for entry in entries:
            origin = entry.reversed_entry_id
            if entry.kind == "expire":
                expired[origin.root_entry_id or origin] -= entry.points
            elif origin.kind == "expire":
                expired[entry.root_entry_id] -= entry.points
        for entry in entries:
            origin = entry.reversed_entry_id
            if origin and entry.points < 0 and entry.points_open:
                assert not expired[origin.root_entry_id or origin], entry.key

    # === WHAT IS ALWAYS TRUE === #

    def _sum_groups(self):
        """Return group → Σ net of its posted documents, discounts for points too."""
        nets = defaultdict(Decimal)
        for move in self.moves.filtered(lambda m: m.state == "posted"):
            for line in move.invoice_line_ids:
                order = line.sale_line_ids.order_id
                origin = move.reversed_entry_id or move
                ref = f"order:{order.id}" if order else f"move:{origin.id}"
                nets[ref] += Decimal(f"{-line.balance:.2f}")
        return nets

    @invariant()
    def earned_and_not_taken_back_is_the_rate_times_the_net(self):
        self.env.cr.flush()
        nets = self._sum_groups()
        stands = defaultdict(int)
        for entry in self.case.wallet.entry_ids:
            if entry.group_ref and entry.state != "cancelled":
                stands[entry.group_ref] += entry.points
        for ref in set(nets) | set(stands):
            expected = max(0, int(nets[ref] * 3 // 7))
            assert stands[ref] == expected, (ref, nets[ref], stands[ref])

    @invariant()
    def used_and_not_returned_is_the_worth_of_the_discounts_that_stand(self):
        for redemption in self.orders.order_line.loyalty_b2b_redemption_id:
            lines = self.moves.invoice_line_ids.filtered(
                lambda line, r=redemption: (
                    r in line.sale_line_ids.loyalty_b2b_redemption_id
                )
            )
            posted = lines.filtered(lambda line: line.move_id.state == "posted")
            worth = round(sum(posted.mapped("balance")) * 100)
            if not posted.filtered(lambda line: line.move_type == "out_invoice"):
                worth = int(redemption.points)  # promised by the order
            used = redemption._get_standing_points()
            assert used == worth, (redemption, used, worth)

    @invariant()
    def points_and_payments_agree(self):
        if self.case.program.activation == "payment":
            assert not self.case.program._query_disagreeing(10)

    @invariant()
    def the_ledger_is_sound(self):
        findings = self.case.wallet._verify()
        assert not findings, findings


@tagged("post_install", "-at_install")
class TestOracle(LoyaltyB2bCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Odoo adds the default taxes of other companies, which we may not read
        cls.product.sudo().taxes_id = cls.tax_23
        cls.program.rule_ids = [
            Command.clear(),
            Command.create({"name": "Flat", "points": 3, "amount": 7.0}),
        ]

    def _pay(self, move):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        return wizard.create({})._create_payments()

    def test_any_sequence_of_documents_gives_what_their_sum_is_worth(self):
        DocumentMachine.case = self
        # the database stamps rows with its own clock, which does not leap
        with self.patch_with(UNSETTLED, new=10**8):
            run_state_machine_as_test(DocumentMachine, settings=get_settings(8, 12))
