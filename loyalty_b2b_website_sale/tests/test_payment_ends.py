from odoo.tests import tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from .payment_common import PaymentCommon


@tagged("post_install", "-at_install")
class TestPaymentEnds(PaymentCommon):
    """The five ends of a payment, over HTTP."""

    def setUp(self):
        super().setUp()
        self.cart, self.use = self._create_chosen(600)
        self.total = self.cart.amount_total

    def _assert_end(self, state, order_state, **figures):
        self.assertEqual(self.use.state, state)
        self.assertEqual(self.cart.state, order_state)
        self.assertEqual(self.cart.amount_total, self.total)
        self.assertWallet(**figures)

    def test_nothing_is_held_before(self):
        self._assert_end("draft", "draft", balance=1000, available=1000)

    def test_payment_holds(self):
        transaction = self._start(self.cart)
        self.assertEqual(transaction.state, "draft")
        self._assert_end("reserved", "draft", balance=1000, available=400)

    def test_done(self):
        self._simulate(self._start(self.cart), "done")
        self._assert_end("done", "sale", balance=400, available=400)

    def test_pending(self):
        transaction = self._start(self.cart)
        self.use.sudo().date_hold_end = "2024-04-01"
        self._simulate(transaction, "pending")
        self.wallet._release_overdue()
        self._assert_end("reserved", "sent", balance=1000, available=400)
        transaction.action_demo_set_done()
        transaction._post_process()
        self._assert_end("done", "sale", balance=400, available=400)

    def test_pending_and_cancelled_later(self):
        transaction = self._start(self.cart)
        self._simulate(transaction, "pending")
        transaction.action_demo_set_canceled()
        self._assert_end("draft", "sent", balance=1000, available=1000)
        # the customer pays from the portal after all
        again = self._start(self.cart)
        self._assert_end("reserved", "sent", available=400)
        self._simulate(again, "done")
        self._assert_end("done", "sale", balance=400, available=400)

    def test_cancelled(self):
        self._simulate(self._start(self.cart), "cancel")
        self._assert_end("draft", "draft", balance=1000, available=1000)

    def test_error_and_a_second_try(self):
        self._simulate(self._start(self.cart), "error")
        self._assert_end("draft", "draft", balance=1000, available=1000)
        self._simulate(self._start(self.cart), "done")
        self._assert_end("done", "sale", balance=400, available=400)

    def test_late_answer(self):
        """The hold's time is over, and a colleague has used the points."""
        transaction = self._start(self.cart)
        self.use.sudo().date_hold_end = "2024-04-01"
        self.wallet._release_overdue()
        self._assert_end("draft", "draft", balance=1000, available=1000)
        other, _use = self._create_chosen(900, user=self.buyer)
        self._simulate(self._start(other, self.buyer), "done")
        self.assertWallet(balance=100)
        transaction.action_demo_set_done()
        transaction._post_process()
        self._assert_end("done", "sale", balance=-500, available=-500)
        self.assertTrue(transaction.is_post_processed)
        self.assertIn("500 points", self.cart.activity_ids.note)

    def test_error_of_an_earlier_payment_keeps_what_the_later_holds(self):
        first, second = self._start(self.cart), self._start(self.cart)
        first.action_demo_set_error()
        self._assert_end("reserved", "draft", available=400)
        second.action_demo_set_error()
        self._assert_end("draft", "draft", available=1000)

    @mute_logger("odoo.http")
    def test_points_gone_stop_the_payment(self):
        self._elsewhere(900)
        with self.assertRaises(JsonRpcException):
            self._start(self.cart)
        self.assertFalse(self.cart.transaction_ids)
        self._assert_end("draft", "draft", available=100)
        news = self.cart._update_loyalty_b2b_cart()
        self.assertIn("100 points", news[0])
        transaction = self._start(self.cart)
        self.assertEqual(transaction.amount, self.cart.amount_total)
        self.assertGreater(self.cart.amount_total, self.total)

    @mute_logger("odoo.http")
    def test_cart_changed_in_another_tab(self):
        self.cart.order_line[0].price_unit = 5.0
        with self.assertRaises(JsonRpcException):
            self._start(self.cart, amount=self.total)
        with self.assertRaises(JsonRpcException):
            self._start(self.cart)
        self.assertFalse(self.cart.transaction_ids)

    def test_two_colleagues_pay_at_once(self):
        other, use = self._create_chosen(600, user=self.buyer)
        self._start(self.cart)
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self._start(other, self.buyer)
        self.assertEqual(use.state, "draft")
        other._update_loyalty_b2b_cart()
        self._simulate(self._start(other, self.buyer), "done")
        self.assertEqual((use.state, use.points), ("done", 400))
        self.assertWallet(balance=600, available=0)

    def test_staff_confirm_while_the_customer_pays(self):
        transaction = self._start(self.cart)
        self.cart.with_user(self.sales_all).action_confirm()
        self._assert_end("done", "sale", balance=400)
        self._simulate(transaction, "error")
        self._assert_end("done", "sale", balance=400)


@tagged("post_install", "-at_install")
class TestNothingToPay(PaymentCommon):
    """A cart that points pay for is confirmed without a payment."""

    def test_points_are_used(self):
        cart, use = self._create_chosen(1000, price=10.0)
        self.assertFalse(cart.amount_total)
        page = self._open("/shop/payment/validate", self.boss)
        self.assertIn("/shop/confirmation", page.headers["Location"])
        self.env.invalidate_all()
        self.assertEqual((cart.state, use.state), ("sale", "done"))
        self.assertWallet(balance=0, available=0)

    def test_points_pay_after_a_payment_failed(self):
        cart, first = self._create_chosen(600, price=10.0)
        self._simulate(self._start(cart), "error")
        self.assertEqual(first.state, "draft")
        use = cart._use_loyalty_b2b_points(1000, self.boss.partner_id)
        self.assertFalse(cart.amount_total)
        self._open("/shop/payment/validate", self.boss)
        self.env.invalidate_all()
        self.assertEqual((cart.state, use.state), ("sale", "done"))
        self.assertWallet(balance=0, available=0)

    def test_points_gone_lead_back_to_the_cart(self):
        cart, use = self._create_chosen(1000, price=10.0)
        self._elsewhere(900)
        page = self._open("/shop/payment/validate", self.boss)
        self.assertTrue(page.headers["Location"].endswith("/shop/cart"))
        self.env.invalidate_all()
        self.assertEqual((cart.state, use.state), ("draft", "draft"))
        self.assertTrue(cart._get_loyalty_b2b_cart_news())
        self.assertWallet(available=100)


@tagged("post_install", "-at_install")
class TestPaidLate(PaymentCommon):
    """What was paid is what the order gets, though the cart was changed meanwhile."""

    def _pay_late(self, change):
        """Start a payment, change the cart, and hear of the payment then."""
        cart, use = self._create_chosen(600)
        total = cart.amount_total
        transaction = self._start(cart)
        self.use = use
        change(cart)
        self.assertNotEqual(cart.amount_total, total)
        self._simulate(transaction, "done")
        return cart, total

    def test_points_were_gone_and_taken_off(self):
        def change(cart):
            self.use.sudo().date_hold_end = "2024-04-01"
            self.wallet._release_overdue()
            self._elsewhere(1000)
            self.assertTrue(cart._update_loyalty_b2b_cart())
            self.assertEqual(self.use.state, "cancelled")

        cart, total = self._pay_late(change)
        self.assertEqual((cart.state, self.use.state), ("sale", "done"))
        self.assertEqual(cart.amount_total, total)
        self.assertWallet(balance=-600)

    def test_other_points_were_chosen_in_another_tab(self):
        for points in (200, 1000):
            with self.subTest(points):
                cart, total = self._pay_late(
                    lambda cart, points=points: (
                        cart.with_user(self.boss)
                        .sudo()
                        ._use_loyalty_b2b_portal_points(
                            self.wallet, self.boss.partner_id, points
                        )
                    )
                )
                self.assertEqual((cart.state, self.use.state), ("sale", "done"))
                self.assertEqual(cart.amount_total, total)
                self._give_points(600)
        self.assertWallet(balance=1000, available=1000)

    def test_other_goods_are_another_total(self):
        cart, _total = self._pay_late(
            lambda cart: cart.order_line[0].write({"product_uom_qty": 3})
        )
        self.assertEqual((cart.state, self.use.state), ("draft", "reserved"))
