from odoo.tests import tagged

from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestShop(ShopCommon):
    """Which wallet a visitor shops for."""

    def _wallet_of(self, user):
        return self.website.with_user(user)._get_loyalty_b2b_wallet()

    def test_visitors_shop_for_their_company(self):
        self.assertEqual(self._wallet_of(self.boss), self.wallet)
        self.assertEqual(self._wallet_of(self.stranger), self.other_wallet)
        self.assertFalse(self._wallet_of(self.outsider))
        self.assertFalse(self._wallet_of(self.website.user_id))

    def test_only_programmes_of_this_website(self):
        self.program.shop_shown = False
        self.assertFalse(self._wallet_of(self.boss))
        self.assertFalse(self.website._get_loyalty_b2b_program())
        self.program.shop_shown = True
        other = self.env["website"].create(
            {"name": "Other", "company_id": self.company.id}
        )
        self.program.website_ids = other
        self.assertFalse(self._wallet_of(self.boss))
        self.assertEqual(other._get_loyalty_b2b_program(), self.program)
        self.assertEqual(
            other.with_user(self.boss)._get_loyalty_b2b_wallet(), self.wallet
        )

    def test_a_cart_is_a_cart_until_it_is_confirmed(self):
        cart = self._create_cart([(self.product, 1, 100.0)])
        self.assertTrue(cart._is_loyalty_b2b_cart())
        self.assertFalse(
            self._create_order([(self.product, 1, 100.0)])._is_loyalty_b2b_cart()
        )
        cart.action_confirm()
        self.assertFalse(cart._is_loyalty_b2b_cart())

    def test_the_shop_opens(self):
        page = self._open("/shop", self.boss)
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.product.name, page.text)
