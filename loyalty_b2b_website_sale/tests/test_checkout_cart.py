from odoo.tests import JsonRpcException, tagged

from .checkout_common import KEY, CheckoutCommon


@tagged("post_install", "-at_install")
class TestCheckoutCart(CheckoutCommon):
    """Choosing points on the cart's page."""

    # === WHO SEES WHAT === #

    def test_who_may_uses_who_may_not_asks(self):
        self.assertEqual(self._block(), "Use pointsUse points")
        text = self._block(query="?points=1")
        self.assertIn("10,000 points available", text)
        self.assertIn("Use the most", text)
        self._create_cart([(self.service, 1, 100.0)], user=self.buyer)
        asks = self._page(self.buyer, "?points=1").xpath(
            "//button[contains(@class, 'o_loyalty_b2b_use_submit_ask')]"
        )[0]
        self.assertEqual(self._text(asks), "Ask Jan Boss")
        self.assertNotIn("d-none", asks.get("class"))

    def test_others_see_nothing_of_points(self):
        for user in (self.outsider, self.salesperson):
            self._create_cart([(self.service, 1, 100.0)], user=user)
            self.assertEqual(self._block(user, "?points=1"), "")
        self._create_cart([(self.service, 1, 100.0)], user=self.buyer)
        self.assertTrue(self._block(self.buyer))
        self.wallet._grant(self.buyer.partner_id, "collects")
        self.assertEqual(self._block(self.buyer), "")
        page = self._open("/shop/cart?points=1")
        self.assertNotIn("loyalty_b2b_use", page.text)

    def test_a_programme_of_another_website_is_not_used(self):
        self.program.shop_shown = False
        self.assertEqual(self._block(), "")
        self._post("use", points="1500")
        self.assertFalse(self.cart._get_loyalty_b2b_redemption())

    def test_looking_writes_nothing(self):
        self._block()
        self._block(query="?points=1")
        self._rpc("preview", points=500)
        self._rpc("block")
        self.assertFalse(self.wallet.redemption_ids)
        self.assertWallet(available=10000, held=0)

    def test_no_cart_no_points(self):
        self.cart.unlink()
        self.assertEqual(self._block(query="?points=1"), "")
        self.assertEqual(self._rpc("preview", points=5), {})
        self.assertEqual(self._rpc("block"), "")
        for verb in ("use", "remove", "withdraw", "update", "reward/add"):
            self.assertEqual(self._post(verb, points="5").status_code, 303)
        self.assertFalse(self.wallet.redemption_ids)

    # === PREVIEW === #

    def test_preview_shows_the_total_that_comes_of_it(self):
        found = self._rpc("preview", points=2000)
        self.assertEqual(found["total"], self.currency.format(98.4))
        self.assertEqual(found["amount"], self.currency.format(20.0))
        self._post("use", points="2000")
        self.assertAlmostEqual(self.cart.amount_total, 98.4)

    def test_preview_says_why_not(self):
        for points in (0, -5, "x", None, 10**30, 10001, [1], {"a": 1}):
            with self.subTest(points=points):
                self.assertTrue(self._rpc("preview", points=points)["refusal"])

    def test_strangers_get_nothing(self):
        for verb in ("preview", "block"):
            self.assertFalse(self._rpc(verb, self.outsider, points=5))
            self.authenticate(None, None)
            with self.assertRaises(JsonRpcException):
                self.make_jsonrpc_request(f"/shop/loyalty/{verb}", {})

    # === CHOOSE === #

    def test_choosing_points_and_removing_them(self):
        done = self._post("use", points="1500", request_key=KEY)
        self.assertIn("/shop/cart", done.headers["Location"])
        self.assertAlmostEqual(self.cart.amount_untaxed, 85.0)
        use = self.cart._get_loyalty_b2b_redemption()
        self.assertEqual(use.contact_id, self.boss.partner_id)
        self.assertIn("1,500 points used", self._block())
        # chosen, not held
        self.assertWallet(available=10000, held=0)
        self._post("remove")
        self._post("remove")
        self.assertAlmostEqual(self.cart.amount_untaxed, 100.0)

    def test_the_same_form_twice_is_one_use(self):
        for _click in range(2):
            self._post("use", points="1500", request_key=KEY)
        self.assertEqual(len(self.wallet.redemption_ids), 1)

    def test_a_form_of_another_cart_changes_nothing(self):
        self._post("use", points="1500", order_id=str(self.cart.id + 1))
        self.assertFalse(self.wallet.redemption_ids)
        self.assertIn("another one by now", self._again())

    def test_a_refusal_is_said_once(self):
        for points in ("", "0", "-5", "1.5", "abc", "9" * 40, "10001"):
            with self.subTest(points=points):
                done = self._post("use", points=points)
                self.assertIn("points=1", done.headers["Location"])
                page = self.url_open("/shop/cart?points=1").text
                self.assertIn("loyalty_use_error", page)
                page = self.url_open("/shop/cart?points=1").text
                self.assertNotIn("loyalty_use_error", page)
        self.assertFalse(self.wallet.redemption_ids)

    def test_others_change_nothing(self):
        self._choose()
        for user in (self.stranger, self.outsider, self.salesperson):
            for verb in ("use", "remove", "withdraw", "update"):
                self._post(verb, user, points="50", order_id=str(self.cart.id))
        use = self.cart._get_loyalty_b2b_redemption()
        self.assertEqual(use.points, 1500)
        self.assertEqual(self.wallet.redemption_ids, use)

    def test_the_link_of_a_cart_does_not_open_its_points(self):
        self._choose()
        token = self.cart._portal_ensure_token()
        page = self._open(
            f"/shop/cart?id={self.cart.id}&access_token={token}", self.stranger
        )
        self.assertNotIn("1,500 points used", page.text)

    # === ASK === #

    def test_asking_keeps_the_cart(self):
        cart = self._create_cart([(self.service, 1, 100.0)], user=self.buyer)
        self._post(
            "use", self.buyer, points="2000", reason="For the fair", request_key=KEY
        )
        (wish,) = self.wallet.redemption_ids
        self.assertEqual((wish.state, wish.reason), ("approve", "For the fair"))
        self.assertEqual(cart.order_line.product_id, self.service)
        text = self._block(self.buyer)
        self.assertIn("You asked for 2,000 points. Jan Boss can answer until", text)
        self._post("withdraw", self.buyer)
        self._post("withdraw", self.buyer)
        self.assertEqual(wish.state, "cancelled")

    def test_what_was_agreed_to_is_in_the_cart(self):
        cart = self._create_cart([(self.service, 1, 100.0)], user=self.buyer)
        self._post("use", self.buyer, points="2000")
        (wish,) = self.wallet.redemption_ids
        wish.approval_ids._answer("accepted", by=self.boss.partner_id)
        self.assertAlmostEqual(cart.amount_untaxed, 80.0)
        self.assertIn("Jan Boss accepted 2,000 points", self._block(self.buyer))
        self.assertIn("2,000 points used", self._block(self.buyer))

    def test_a_refusal_by_the_boss_is_read_in_the_cart(self):
        self._create_cart([(self.service, 1, 100.0)], user=self.buyer)
        self._post("use", self.buyer, points="2000")
        (wish,) = self.wallet.redemption_ids
        wish.approval_ids._answer("refused", answer="Later", by=self.boss.partner_id)
        self.assertIn("Jan Boss refused 2,000 points. “Later”", self._block(self.buyer))

    def test_a_reason_is_no_web_address(self):
        self._create_cart([(self.service, 1, 100.0)], user=self.buyer)
        self._post("use", self.buyer, points="2000", reason="See www.evil.example")
        self.assertIn("contains no web addresses", self._again())
        self.assertFalse(self.wallet.redemption_ids)
