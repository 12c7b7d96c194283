from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .payment_common import PaymentCommon


@tagged("post_install", "-at_install")
class TestChosenWhilePaying(PaymentCommon):
    """Points chosen in a second tab, after a payment without any has started."""

    def setUp(self):
        super().setUp()
        self.cart, _none = self._create_plain()
        self.total = self.cart.amount_total

    @classmethod
    def _create_plain(cls, price=100.0):
        """Return a cart without points, and no choice."""
        cart, use = cls._create_chosen(600, price=price)
        use.sudo()._cancel()
        return cart, use.browse()

    def _choose(self, points=600):
        use = (
            self.cart.with_user(self.boss)
            .sudo()
            ._use_loyalty_b2b_portal_points(self.wallet, self.boss.partner_id, points)
        )
        self.assertLess(self.cart.amount_total, self.total)
        return use.with_env(self.env)

    def _assert_paid_in_full(self, use):
        self.assertEqual((self.cart.state, use.state), ("sale", "cancelled"))
        self.assertEqual(self.cart.amount_total, self.total)
        self.assertFalse(use.line_ids)
        self.assertWallet(balance=1000, available=1000)

    def test_full_price_takes_no_points(self):
        transaction = self._start(self.cart)
        use = self._choose()
        self._simulate(transaction, "done")
        self._assert_paid_in_full(use)

    def test_a_later_payment_held_them(self):
        first = self._start(self.cart)
        use = self._choose()
        self._start(self.cart)
        self.assertEqual(use.state, "reserved")
        first.action_demo_set_done()
        first._post_process()
        self._assert_paid_in_full(use)

    def test_started_while_another_is_awaited(self):
        use = self._choose()
        total = self.cart.amount_total
        first = self._start(self.cart)
        first._set_pending()
        second = self._start(self.cart)
        self.assertEqual(second.sudo().loyalty_b2b_paid["uses"][0]["id"], use.id)
        self.assertEqual(second.sudo().loyalty_b2b_paid["total"], total)

    def test_quotations_of_salespeople_remember_nothing(self):
        order = self._create_order([(self.service, 1, 100.0)])
        self.assertEqual(order._prepare_loyalty_b2b_paid(), {})


@tagged("post_install", "-at_install")
class TestTwoPayments(PaymentCommon):
    """One payment fails while another is still at the bank."""

    def setUp(self):
        super().setUp()
        self.cart, self.use = self._create_chosen(600)
        self.first, self.second = self._start(self.cart), self._start(self.cart)

    def test_the_first_keeps_what_it_holds(self):
        self.second.action_demo_set_error()
        self.assertEqual(self.use.state, "reserved")
        self.assertWallet(available=400)
        self.first.action_demo_set_done()
        self.first._post_process()
        self.assertEqual((self.cart.state, self.use.state), ("sale", "done"))
        self.assertWallet(balance=400, available=400)

    def test_one_given_up_holds_nothing(self):
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = '2024-04-01' WHERE id = %s",
            [self.first.id],
        )
        self.first.invalidate_recordset()
        self.second.action_demo_set_canceled()
        self.assertEqual(self.use.state, "draft")
        self.assertWallet(available=1000)


@tagged("post_install", "-at_install")
class TestNothingToPayRefused(PaymentCommon):
    """A cart that points pay for, and what stands against confirming it."""

    def setUp(self):
        super().setUp()
        self.cart, self.use = self._create_chosen(600, price=10.0)

    def _choose_all(self):
        self.use = self.cart._use_loyalty_b2b_points(1000, self.boss.partner_id)
        self.assertFalse(self.cart.amount_total)

    def _validate(self):
        """Return the address that the shop leads to; '' for a page."""
        self.authenticate(self.boss.login, self.boss.login)
        page = self._open("/shop/payment/validate", self.boss)
        self.env.invalidate_all()
        return page.headers.get("Location", "")

    @mute_logger("odoo.http")
    def test_what_the_shop_has_against_it_is_said(self):
        """Not hidden by a cart that shows nothing of it."""

        def refuse(order):
            raise ValidationError(order.name)

        for is_second in (False, True):
            if is_second:
                self._simulate(self._start(self.cart), "error")
            self._choose_all()
            with (
                self.subTest(is_second),
                patch.object(
                    self.env.registry["sale.order"],
                    "_check_cart_is_ready_to_be_paid",
                    refuse,
                ),
            ):
                self.assertFalse(self._validate())
                self.assertEqual((self.cart.state, self.use.state), ("draft", "draft"))
                self.assertWallet(balance=1000, available=1000)
            self.use = self.cart._use_loyalty_b2b_points(600, self.boss.partner_id)

    def test_not_while_a_payment_is_at_the_bank(self):
        total = self.cart.amount_total
        first = self.use
        transaction = self._start(self.cart)
        self._choose_all()
        self.assertTrue(self._validate().endswith("/shop/cart"))
        self.assertEqual((self.cart.state, self.use.state), ("draft", "draft"))
        self.assertIn("being paid", self.cart.shop_warning)
        transaction.action_demo_set_done()
        transaction._post_process()
        self.assertEqual((self.cart.state, self.cart.amount_total), ("sale", total))
        self.assertEqual((first.state, self.use.state), ("done", "cancelled"))
        self.assertWallet(balance=400, available=400)

    def test_a_payment_given_up_stops_nothing(self):
        transaction = self._start(self.cart)
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = '2024-04-01' WHERE id = %s",
            [transaction.id],
        )
        transaction.invalidate_recordset()
        self._choose_all()
        self.assertTrue(self._validate().endswith("/shop/confirmation"))
        self.assertEqual((self.cart.state, self.use.state), ("sale", "done"))


@tagged("post_install", "-at_install")
class TestOtherCustomer(PaymentCommon):
    """The cart became another customer's before the bank answered."""

    def setUp(self):
        super().setUp()
        self.cart, self.use = self._create_chosen(600)
        self.transaction = self._start(self.cart)

    def _assert_not_put_back(self):
        self.assertNotEqual(self.cart.amount_total, self.transaction.amount)
        self._simulate(self.transaction, "done")
        self.assertEqual((self.cart.state, self.use.state), ("draft", "cancelled"))
        self.assertFalse(self.use.line_ids)
        self.assertWallet(balance=1000, available=1000)

    def test_another_company_pays(self):
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        self.cart.partner_invoice_id = other
        self._assert_not_put_back()

    def test_the_company_has_another_wallet(self):
        """The payer is the same, the wallet chosen from is not his any more."""
        self.use.sudo()._cancel()
        self.patch(
            self.env.registry["loyalty.b2b.redemption"],
            "_is_same_customer",
            lambda use: False,
        )
        self._assert_not_put_back()


@tagged("post_install", "-at_install")
class TestPaidTooLittle(PaymentCommon):
    """The goods changed while the customer paid: somebody is told."""

    def _pay_too_little(self, points, user=None):
        cart, use = self._create_chosen(600)
        if not points:
            use.sudo()._cancel()
        cart.user_id = user
        for _payment in range(2):
            transaction = self._start(cart)
            cart.order_line[0].product_uom_qty *= 10
            self._simulate(transaction, "done")
            self.assertEqual(cart.state, "draft")
        return cart

    def test_the_salesperson_is_told_once(self):
        cart = self._pay_too_little(600, self.sales_all)
        self.assertEqual(cart.activity_ids.user_id, self.sales_all)
        self.assertIn(cart.name, cart.activity_ids.note)
        self.assertIn("not confirmed", cart.activity_ids.note)

    def test_the_account_manager_is_told(self):
        self.wallet.sudo().user_id = self.officer
        cart = self._pay_too_little(600)
        self.assertEqual(cart.activity_ids.user_id, self.officer)

    def test_of_carts_without_points_nobody_is(self):
        self.assertFalse(self._pay_too_little(0, self.sales_all).activity_ids)
