from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .cart_common import CartCommon


@tagged("post_install", "-at_install")
class TestCartUse(CartCommon):
    """In a cart points are chosen; payment holds them."""

    def test_points_are_chosen_and_nothing_is_held(self):
        cart, use = self._create_cart(600)
        self.assertEqual(use.state, "draft")
        self.assertFalse(use.entry_ids)
        self.assertFalse(cart.loyalty_b2b_hold_end)
        self.assertDiscount(cart, 6.0, 1.38)
        self.assertWallet(balance=1000, available=1000)
        self.assertFalse(cart._get_loyalty_b2b_cart_news())

    def test_an_order_that_is_no_cart_holds_at_once(self):
        order = self._create_order([(self.product, 1, 100.0)])
        self.assertEqual(self._use_points(order, 600).state, "reserved")
        self.assertWallet(available=400)

    def test_a_choice_takes_the_place_of_another(self):
        cart, first = self._create_cart(600)
        second = self._use_points(cart, 1000)
        self.assertEqual((first.state, second.state), ("cancelled", "draft"))
        self.assertDiscount(cart, 10.0, 2.3)
        with self.assertRaises(UserError):
            self._use_points(cart, 1001)

    def test_a_choice_gives_back_what_was_held_before(self):
        cart, _use = self._create_cart(600)
        cart._hold_loyalty_b2b_for_payment()
        self._use_points(cart, 700)
        self.assertWallet(balance=1000, available=1000)

    def test_payment_holds_and_confirmation_uses(self):
        cart, use = self._create_cart(600)
        total = cart.amount_total
        transaction = self._start(cart)
        cart._hold_loyalty_b2b_for_payment()
        self.assertEqual(use.state, "reserved")
        self.assertEqual(len(use.entry_ids), 1)
        self.assertWallet(balance=1000, available=400)
        transaction._set_done()
        transaction._post_process()
        self.assertEqual((cart.state, use.state), ("sale", "done"))
        self.assertEqual(cart.amount_total, total)
        self.assertWallet(balance=400, available=400)

    def test_failed_payment_gives_back_and_keeps_the_choice(self):
        cart, use = self._create_cart(600)
        total = cart.amount_total
        transaction = self._start(cart)
        cart._release_loyalty_b2b_payment()
        # it is still under way
        self.assertWallet(available=400)
        transaction._set_error("declined")
        cart._release_loyalty_b2b_payment()
        self.assertEqual(use.state, "draft")
        self.assertEqual(cart.amount_total, total)
        self.assertWallet(balance=1000, available=1000)
        self._start(cart)
        self.assertWallet(available=400)

    def test_time_over_gives_back_and_keeps_the_choice(self):
        with self.on("2024-05-01"):
            cart, use = self._create_cart(600)
            total = cart.amount_total
            transaction = self._start(cart)
        with self.on("2024-05-02"):
            self.wallet._release_overdue()
            self.assertEqual(use.state, "draft")
            self.assertWallet(available=1000)
            self._elsewhere(900)
            transaction._set_done()
            transaction._post_process()
        self.assertEqual((cart.state, use.state), ("sale", "done"))
        self.assertEqual(cart.amount_total, total)
        self.assertWallet(balance=-500)
        self.assertIn("500 points", cart.activity_ids.note)

    def test_another_payment_does_not_prolong_what_expired(self):
        with self.on("2024-05-03"):
            self._give_points(500, date_expiry="2024-05-03")
            cart, use = self._create_cart(1200)
            self._start(cart)
            hold = use._get_holds()
            self._start(cart)
            self.assertEqual(use._get_holds(), hold)
            # begun late in the evening
            use.sudo().date_hold_end = "2024-05-04 12:30:00"
        with self.on("2024-05-04"):
            self.assertFalse(use._is_overdue())
            with self.assertRaises(ValidationError):
                self._start(cart)

    def test_pending_payment_keeps_the_points(self):
        with self.on("2024-05-01"):
            cart, use = self._create_cart(600)
            self._start(cart)._set_pending()
        with self.on("2024-05-20"):
            self.wallet._release_overdue()
        self.assertEqual(use.state, "reserved")
        self.assertWallet(available=400)


@tagged("post_install", "-at_install")
class TestCartChanges(CartCommon):
    """A cart is never paid at another total than the one that was shown."""

    def _assert_stopped(self, cart, text):
        """Check that news tell it and payment stops; return what the update says."""
        self.assertRegex(" ".join(cart._get_loyalty_b2b_cart_news()), text)
        with self.assertRaisesRegex(ValidationError, text), self.env.cr.savepoint():
            cart._hold_loyalty_b2b_for_payment()
        news = cart._update_loyalty_b2b_cart()
        self.assertRegex(" ".join(news), text)
        self.assertFalse(cart._get_loyalty_b2b_cart_news())
        cart._hold_loyalty_b2b_for_payment()

    def test_points_used_elsewhere(self):
        cart, use = self._create_cart(600)
        self._elsewhere(900)
        self._assert_stopped(cart, "600 points .* becomes 100 points")
        self.assertEqual(use.points, 100)
        self.assertWallet(available=0)

    def test_no_points_are_left(self):
        cart, use = self._create_cart(600)
        self._elsewhere(1000)
        self._assert_stopped(cart, "cannot be used any more")
        self.assertEqual(use.state, "cancelled")
        self.assertEqual(cart.amount_total, 123.0)

    def test_fewer_goods(self):
        cart, use = self._create_cart(1000)
        cart.order_line[0].price_unit = 5.0
        self._assert_stopped(cart, "becomes 500 points")
        self.assertEqual((use.points, cart.amount_total), (500, 0.0))

    def test_more_goods_change_nothing(self):
        cart, use = self._create_cart(1000)
        cart.order_line[0].product_uom_qty = 2
        self.assertFalse(cart._get_loyalty_b2b_cart_news())
        cart._hold_loyalty_b2b_for_payment()
        self.assertEqual(use.state, "reserved")
        self.assertFalse(cart.loyalty_b2b_is_outdated)

    def test_another_rate(self):
        cart, use = self._create_cart(1000)
        self.program.rate_ids.amount = 5.0
        self._assert_stopped(cart, "becomes 1,000 points")
        self.assertDiscount(cart, 5.0, 1.15)
        self.assertEqual(use.amount, 5.0)

    def test_paused_programme(self):
        cart, _use = self._create_cart(600)
        self.program.action_pause()
        self._assert_stopped(cart, "cannot be used any more")

    def test_another_address_of_the_company_keeps_the_choice(self):
        cart, use = self._create_cart(600)
        address = self.env["res.partner"].create(
            {"name": "Books", "type": "invoice", "parent_id": self.customer.id}
        )
        cart.partner_invoice_id = address
        self.assertEqual(use.state, "draft")
        self.assertFalse(cart._get_loyalty_b2b_cart_news())
        cart.partner_id = cart.partner_invoice_id = self._create_customer("Other")
        self.assertEqual(use.state, "cancelled")
        self.assertEqual(cart.amount_total, 123.0)

    def test_two_carts_share_the_points(self):
        first, _use = self._create_cart(600)
        second, _use = self._create_cart(600)
        self._start(first)
        self._assert_stopped(second, "becomes 400 points")

    def test_held_points_stay_though_the_programme_pauses(self):
        cart, use = self._create_cart(600)
        transaction = self._start(cart)
        self.program.action_pause()
        self.assertFalse(cart._get_loyalty_b2b_cart_news())
        transaction._set_done()
        transaction._post_process()
        self.assertEqual(use.state, "done")


@tagged("post_install", "-at_install")
class TestCartEnds(CartCommon):
    """What our own people do with a cart."""

    def test_staff_confirm_a_cart(self):
        cart, use = self._create_cart(600)
        cart.with_user(self.salesperson).action_confirm()
        self.assertEqual(use.state, "done")
        self.assertWallet(balance=400, available=400)

    def test_staff_cannot_confirm_without_the_points(self):
        cart, _use = self._create_cart(600)
        self._elsewhere(900)
        with self.assertRaisesRegex(UserError, "were chosen, but not held"):
            cart.with_user(self.salesperson).action_confirm()

    def test_cancelled_and_deleted_carts(self):
        cart, use = self._create_cart(600)
        cart._action_cancel()
        self.assertEqual(use.state, "cancelled")
        self.assertFalse(self._our_lines(cart))
        self.assertFalse(use.entry_ids)
        cart, use = self._create_cart(600)
        cart._hold_loyalty_b2b_for_payment()
        cart.unlink()
        self.assertEqual(use.state, "cancelled")
        self.assertWallet(available=1000)

    def test_staff_remove_and_refresh(self):
        cart, use = self._create_cart(1000)
        cart.order_line[0].price_unit = 5.0
        self.assertTrue(cart.loyalty_b2b_is_outdated)
        cart.with_user(self.salesperson).action_refresh_loyalty_b2b_use()
        self.assertEqual((use.points, use.state), (500, "draft"))
        self.assertFalse(use.entry_ids)
        cart.with_user(self.salesperson).action_remove_loyalty_b2b_use()
        self.assertEqual(use.state, "cancelled")

    def test_ledger_and_choice_agree(self):
        cart, _use = self._create_cart(600)
        self.assertFalse(self.wallet._verify())
        self._start(cart)
        self.assertFalse(self.wallet._verify())
