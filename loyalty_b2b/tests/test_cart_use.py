from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged


from .use_common import UseCommon


class CartCommon(UseCommon):
    """Orders with a customer's reference are carts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lot = cls._give_points(1000)
        cls.startClassPatcher(
            patch.object(
                cls.env.registry["sale.order"],
                "_is_loyalty_b2b_cart",
                lambda order: order.origin == "cart" and order.state != "sale",
            )
        )

    @classmethod
    def _create_cart(cls, points=0, price=100.0, **values):
        cart = cls._create_order(
            [(cls.product, 1, price)],
            origin="cart",
            require_payment=True,
            prepayment_percent=1.0,
            **values,
        )
        return cart, cls._use_points(cart, points) if points else None

    def _start(self, cart):
        """Start a payment; return the transaction, a draft."""
        cart._hold_loyalty_b2b_for_payment()
        transaction = self._pay(cart)
        transaction.state = "draft"
        return transaction


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

    def test_payment_holds_and_confirmation_uses(self):
        cart, use = self._create_cart(600)
        total = cart.amount_total
        cart._hold_loyalty_b2b_for_payment()
        cart._hold_loyalty_b2b_for_payment()
        self.assertEqual(use.state, "reserved")
        self.assertEqual(len(use.entry_ids), 1)
        self.assertWallet(balance=1000, available=400)
        self._pay(cart)._post_process()
        self.assertEqual((cart.state, use.state), ("sale", "done"))
        self.assertEqual(cart.amount_total, total)
        self.assertWallet(balance=400, available=400)
