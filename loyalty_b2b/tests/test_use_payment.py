from odoo.exceptions import UserError
from odoo.tests import tagged

from .use_common import UseCommon


@tagged("post_install", "-at_install")
class TestUsePayment(UseCommon):
    """Paid means confirmed: a payment never fails because of points."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lot = cls._give_points(1000)

    def _order(self, points=1000):
        order = self._create_order(
            [(self.product, 1, 100.0)],
            require_payment=True,
            prepayment_percent=1.0,
        )
        return order, self._use_points(order, points)

    def _claw_back(self):
        self.wallet._book(
            [
                self.wallet._prepare_entry(
                    "reversal",
                    -1000,
                    key="reverse:test:1",
                    reversed_entry_id=self.lot.id,
                    to_settle=True,
                )
            ]
        )

    def test_paid_order_uses_its_points(self):
        order, use = self._order()
        self._pay(order)._post_process()
        self.assertEqual(order.state, "sale")
        self.assertEqual(use.state, "done")
        self.assertWallet(balance=0, available=0)

    def test_points_taken_back_meanwhile_become_a_debt(self):
        """Story 11."""
        order, use = self._order()
        self._claw_back()
        transaction = self._pay(order)
        transaction._post_process()
        self.assertEqual(order.state, "sale")
        self.assertEqual(use.state, "done")
        self.assertTrue(transaction.is_post_processed)
        self.assertWallet(balance=-1000, available=-1000)
        activity = order.activity_ids
        self.assertEqual(activity.user_id, self.salesperson)
        self.assertIn("1,000 points", activity.note)

    def test_released_points_are_taken_anew_as_far_as_they_go(self):
        order, use = self._order()
        self.wallet._release(use._get_holds())
        self.wallet._take("redeem", 400, "test:elsewhere")
        self._pay(order)._post_process()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.amount_total, 110.7)
        self.assertWallet(balance=-400, available=-400)

    def test_overdue_hold_and_changed_order_do_not_stop_a_payment(self):
        with self.on("2024-05-01"):
            order, use = self._order()
        with self.on("2024-06-01"):
            transaction = self._pay(order)
            self.program.action_pause()
            self.wallet.state = "suspended"
            transaction._post_process()
        self.assertEqual(order.state, "sale")
        self.assertEqual(use.state, "done")

    def test_only_a_payment_may_make_a_debt(self):
        order, _use = self._order()
        self._claw_back()
        for claim in (True, "PAID"):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                order.with_context(loyalty_b2b_paid=claim).action_confirm()
