from contextlib import ExitStack
from unittest.mock import patch

from odoo.tests import tagged

from .checkout_common import CheckoutCommon


@tagged("post_install", "-at_install")
class TestCheckoutBudget(CheckoutCommon):
    """What points add to cart, cart update and payment page, in queries."""

    CART, UPDATE, PAYMENT = 6, 8, 4

    def _count(self, call):
        """Return the queries of a request by a visitor who is signed in."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        return self.env.cr.sql_log_count - before

    def _switch_off(self):
        """Return the shop without points, as a context."""
        stack = ExitStack()
        orders = type(self.env["sale.order"])
        nothing = self.env["loyalty.b2b.wallet"]
        websites = type(self.env["website"])
        for target, name, value in (
            (orders, "_prepare_loyalty_b2b_shop_block", lambda *args: {}),
            (orders, "_prepare_loyalty_b2b_shop_summary", lambda *args: {}),
            (orders, "_prepare_loyalty_b2b_shop_discounts", lambda *args: []),
            (orders, "_follow_loyalty_b2b_cart", lambda *args: None),
            (orders, "_get_loyalty_b2b_cart_news", lambda *args: []),
            (orders, "_prepare_loyalty_b2b_shop_points", lambda *args: {}),
            (websites, "_get_loyalty_b2b_wallet", lambda *args: nothing),
            (websites, "_get_loyalty_b2b_visit", lambda *args: None),
        ):
            stack.enter_context(patch.object(target, name, value))
        return stack

    def _count_added(self, call):
        self._sign_in(self.boss)
        call()
        added = self._count(call)
        with self._switch_off():
            call()
            plain = self._count(call)
        return added - plain

    def _get(self, url):
        page = self.url_open(url, allow_redirects=False)
        self.assertEqual(page.status_code, 200)

    def _see_cart(self):
        self._get("/shop/cart")

    def _see_payment(self):
        self._get("/shop/payment")

    def _change(self):
        line = self.cart.website_order_line
        self.quantity = 5 - getattr(self, "quantity", 2)
        found = self.make_jsonrpc_request(
            "/shop/cart/update",
            {"line_id": line.id, "product_id": None, "quantity": self.quantity},
        )
        self.assertEqual(found["cart_quantity"], self.quantity)

    def _check_budgets(self, payment=PAYMENT):
        for call, most in (
            (self._see_cart, self.CART),
            (self._see_payment, payment),
            (self._change, self.UPDATE),
        ):
            with self.subTest(call=call.__name__):
                self.assertLessEqual(self._count_added(call), most)

    def test_nothing_chosen(self):
        self._check_budgets()

    def test_points_chosen(self):
        self._post("use", points="1500")
        # one above the budget: what is earned reads a product once more
        self._check_budgets(payment=5)
        self.assertEqual(self.cart._get_loyalty_b2b_redemption().points, 1500)
