from odoo.tests import tagged

from .checkout_common import CheckoutCommon


@tagged("post_install", "-at_install")
class TestCheckoutTour(CheckoutCommon):
    """The block in the cart opens, follows and closes, in a browser."""

    def _walk(self):
        self._give_points(40000)
        self.start_tour("/shop/cart", "loyalty_b2b_cart_points", login=self.boss.login)
        self.assertFalse(self.cart._get_loyalty_b2b_redemption())
        self.assertWallet(available=50000, held=0)

    def test_on_a_desk(self):
        self._walk()

    def test_on_a_phone(self):
        self.browser_size = "390x844"
        self._walk()
