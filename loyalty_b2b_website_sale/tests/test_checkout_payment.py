from odoo.tests import tagged

from .checkout_common import CheckoutCommon


@tagged("post_install", "-at_install")
class TestCheckoutPayment(CheckoutCommon):
    """The payment page: what is chosen, and what keeps it from being paid."""

    def _points(self, page):
        found = page.xpath("//section[@id='loyalty_b2b_payment']")
        return self._text(found[0]) if found else ""

    def _form(self, page):
        return page.xpath("//form[@id='o_payment_form']")

    # === PAYMENT PAGE === #

    def test_the_payment_page_shows_the_choice(self):
        page = self._pay_page()
        self.assertIn("No points used yet Use points", self._points(page))
        self._choose()
        page = self._pay_page()
        self.assertIn("1,500 points used", self._points(page))
        self.assertIn("Change", self._points(page))
        self.assertFalse(page.xpath("//form[@name='loyalty_update']"))

    def test_a_wish_that_waits_is_named(self):
        self._create_cart([(self.service, 1, 100.0)], user=self.buyer)
        self._post("use", self.buyer, points="2000")
        text = self._points(self._pay_page(self.buyer))
        self.assertIn("Jan Boss has not answered yet about 2,000 points", text)

    def test_nothing_is_paid_until_the_points_are_updated(self):
        self._choose(10000)
        self.assertAlmostEqual(self.cart.amount_untaxed, 0.0)
        self.wallet._take("redeem", 4000, "test:elsewhere", order_name="S1")
        page = self._pay_page()
        self.assertFalse(self._form(page))
        self.assertIn("Your points have to be updated", self._text(page))
        self.assertAlmostEqual(self.cart.amount_untaxed, 0.0)
        done = self._post("update", back="payment")
        self.assertTrue(done.headers["Location"].endswith("/shop/payment"))
        self.assertAlmostEqual(self.cart.amount_untaxed, 40.0)
        page = self._pay_page()
        self.assertNotIn("Your points have to be updated", self._text(page))
        self.assertIn("6,000 points used", self._points(page))

    def test_who_may_not_see_points_any_more_can_update_his_cart(self):
        self._choose()
        self.wallet.state = "suspended"
        page = self._pay_page()
        self.assertIn("Your points have to be updated", self._text(page))
        self._post("update", back="payment")
        self.assertFalse(self.cart._get_loyalty_b2b_redemption())
        self.assertNotIn("have to be updated", self._text(self._pay_page()))

    def test_the_cart_says_what_has_to_be_updated(self):
        self._choose(10000)
        self.wallet._take("redeem", 4000, "test:elsewhere", order_name="S1")
        page = self._page()
        self.assertTrue(page.xpath("//div[@name='loyalty_cart_news']//form"))
        self.assertEqual(self.cart._get_loyalty_b2b_redemption().points, 10000)
        self._post("update")
        page = self._page()
        self.assertFalse(page.xpath("//div[@name='loyalty_cart_news']"))
        # once, at the top of the cart
        self.assertIn("becomes", self._text(page))
        self.assertNotIn("becomes", self._text(self._page()))

    # === TAKING OVER === #

    def _take_over(self, user):
        """Go on with the boss's cart by its link."""
        token = self.cart._portal_ensure_token()
        url = f"/shop/cart?id={self.cart.id}&access_token={token}"
        return self._open(f"{url}&revive_method=squash", user)

    def test_who_may_not_use_points_does_not_get_them_with_a_cart(self):
        self.wallet._grant(self.buyer.partner_id, "sees")
        use = self._choose()
        self._take_over(self.buyer)
        text = self._text(self._tree(self.url_open("/shop/cart").text))
        self.assertEqual(self.cart.partner_id, self.buyer.partner_id)
        self.assertEqual(use.state, "cancelled")
        self.assertIn("You may not use the points", text)
        self.assertAlmostEqual(self.cart.amount_untaxed, 100.0)

    def test_who_may_use_points_takes_a_cart_over_with_them(self):
        self.wallet._grant(self.buyer.partner_id, "uses")
        use = self._choose()
        self._take_over(self.buyer)
        self.url_open("/shop/cart")
        self.assertEqual(self.cart.partner_id, self.buyer.partner_id)
        self.assertEqual(use.state, "draft")

    # === PORTAL === #

    def test_points_of_a_cart_are_chosen_in_the_shop_only(self):
        self._choose()
        url = f"/my/orders/{self.cart.id}"
        self.assertNotIn("loyalty_use_points", self._open(url, self.boss).text)
        # sent as a quotation, it is one
        self.cart.action_quotation_sent()
        self.assertIn("1,500 points", self._open(url, self.boss).text)
        self.assertIn("loyalty_use_points", self._open(url, self.boss).text)
