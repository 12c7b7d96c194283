from datetime import timedelta

from odoo import fields, http
from odoo.tests import JsonRpcException, tagged

from .approval_common import ApprovalCommon

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAA"
    "AABJRU5ErkJggg=="
)
KEY = "0123456789abcdef0123456789abcdef"


@tagged("post_install", "-at_install")
class TestOrderPoints(ApprovalCommon):
    """Points on the quotation's own page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order.action_quotation_sent()
        cls.url = f"/my/loyalty/order/{cls.order.id}"

    def _page(self, user, order=None, query=""):
        order = order or self.order
        return self._read(f"/my/orders/{order.id}{query}", user)

    def _block(self, user, **kwargs):
        blocks = self._page(user, **kwargs).xpath("//section[@id='loyalty_b2b_use']")
        return self._text(blocks[0]) if blocks else ""

    def _post(self, verb, user, order=None, **form):
        self.authenticate(user.login, user.login)
        url = f"/my/loyalty/order/{(order or self.order).id}/{verb}"
        form["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(url, data=form, allow_redirects=False)

    def _preview(self, user, points, order_id=None, **params):
        self.authenticate(user.login, user.login)
        order_id = self.order.id if order_id is None else order_id
        return self.make_jsonrpc_request(
            f"/my/loyalty/order/{order_id}/preview", {"points": points, **params}
        )

    # === WHO SEES WHAT === #

    def test_who_may_uses_who_may_not_asks(self):
        text = self._block(self.boss)
        self.assertIn("10,000 points available", text)
        self.assertIn("Use the most", text)
        asks = self._page(self.buyer).xpath(
            "//button[contains(@class, 'o_loyalty_b2b_use_submit_ask')]"
        )[0]
        self.assertEqual(self._text(asks), "Ask Jan Boss")
        self.assertNotIn("d-none", asks.get("class"))

    def test_a_reason_is_no_web_address(self):
        form = {"points": "2000", "reason": "See www.evil.example", "request_key": KEY}
        self._post("use", self.buyer, **form)
        page = self.url_open(f"/my/orders/{self.order.id}")
        self.assertIn("contains no web addresses", page.text)
        self.assertFalse(self.wallet.redemption_ids)

    def test_others_see_nothing_of_points(self):
        token = self.order._portal_ensure_token()
        page = self.url_open(f"/my/orders/{self.order.id}?access_token={token}").text
        self.assertIn(self.order.name, page)
        self.assertNotIn("loyalty_b2b_use", page)
        for user in (self.stranger, self.salesperson):
            page = self._page(user, query=f"?access_token={token}")
            self.assertFalse(page.xpath("//section[@id='loyalty_b2b_use']"))
        self.wallet._grant(self.buyer.partner_id, "collects")
        self.assertEqual(self._block(self.buyer), "")

    def test_looking_writes_nothing(self):
        entries = self.wallet.entry_ids
        self._block(self.buyer)
        self._preview(self.buyer, 500)
        self.assertEqual(self.wallet.entry_ids, entries)
        self.assertFalse(self.wallet.redemption_ids)

    # === PREVIEW === #

    def test_preview_shows_the_total_that_comes_of_it(self):
        found = self._preview(self.boss, 2000)
        self.assertEqual(found["total"], self.currency.format(98.4))
        self.assertEqual(found["amount"], self.currency.format(20.0))
        self.assertFalse(found["asks"])
        self.assertTrue(self._preview(self.buyer, 2000)["asks"])
        self._post("use", self.boss, points="2000")
        self.assertAlmostEqual(self.order.amount_total, 98.4)

    def test_preview_says_why_not(self):
        for points in (0, -5, "x", None, 10**30, 10001, [1], {"a": 1}):
            with self.subTest(points=points):
                found = self._preview(self.boss, points)
                self.assertTrue(found["refusal"])
                self.assertEqual(found["total"], self.currency.format(123.0))

    def test_preview_of_others_is_empty(self):
        other = self._create_order([(self.product, 1, 1.0)], self.other_customer)
        for user in (self.stranger, self.outsider, self.salesperson):
            self.assertEqual(self._preview(user, 5), {})
        for order_id in (other.id, 0, 2**31, 10**30):
            self.assertEqual(self._preview(self.boss, 5, order_id), {})
        self.authenticate(None, None)
        with self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request(f"{self.url}/preview", {"points": 5})

    # === USE === #

    def test_using_points_and_removing_them(self):
        done = self._post("use", self.boss, points="1500", request_key=KEY)
        self.assertIn(f"/my/orders/{self.order.id}", done.headers["Location"])
        self.assertAlmostEqual(self.order.amount_untaxed, 85.0)
        use = self.order._get_loyalty_b2b_redemption()
        self.assertEqual(
            (use.contact_id, use.user_id), (self.boss.partner_id, self.boss)
        )
        self.assertIn("1,500 points used", self._block(self.boss))
        self._post("remove", self.boss)
        self._post("remove", self.boss)
        self.assertAlmostEqual(self.order.amount_untaxed, 100.0)
        self.assertWallet(available=10000, held=0)

    def test_the_same_form_twice_is_one_use(self):
        for _click in range(2):
            self._post("use", self.boss, points="1500", request_key=KEY)
        self.assertEqual(len(self.wallet.redemption_ids), 1)
        self.assertWallet(held=1500)
        # and does nothing after it was taken back
        self._post("remove", self.boss)
        self._post("use", self.boss, points="1500", request_key=KEY)
        self.assertWallet(held=0)

    def test_numbers_out_of_range_say_why(self):
        for points in (
            "",
            "0",
            "-5",
            "1.5",
            "abc",
            "9" * 40,
            "10001",
            "999999999999999",
        ):
            with self.subTest(points=points):
                self._post("use", self.boss, points=points)
                page = self.url_open(f"/my/orders/{self.order.id}")
                self.assertIn("loyalty_use_error", page.text)
                # said once
                page = self.url_open(f"/my/orders/{self.order.id}")
                self.assertNotIn("loyalty_use_error", page.text)
        self.assertFalse(self.wallet.redemption_ids)

    def test_others_change_nothing(self):
        other = self._create_order([(self.product, 1, 1.0)], self.other_customer)
        self._post("use", self.boss, points="100")
        for verb in ("use", "remove", "withdraw"):
            for user in (self.stranger, self.outsider, self.salesperson):
                with self.subTest(verb=verb, user=user.login):
                    done = self._post(verb, user, points="50", request_key=KEY)
                    self.assertTrue(done.headers["Location"].endswith("/my"))
            done = self._post(verb, self.boss, order=other, points="50")
            self.assertTrue(done.headers["Location"].endswith("/my"))
        self.assertWallet(held=100)

    def test_who_only_sees_removes_what_he_did_not_ask_for(self):
        self._post("use", self.boss, points="1500")
        self.assertNotIn("Remove", self._block(self.buyer))
        self._post("remove", self.buyer)
        self.assertWallet(held=1500)

    # === ASK === #

    def test_asking_waiting_withdrawing(self):
        self._post(
            "use", self.buyer, points="2000", reason="For the fair", request_key=KEY
        )
        (wish,) = self.wallet.redemption_ids
        self.assertEqual((wish.state, wish.reason), ("approve", "For the fair"))
        text = self._block(self.buyer)
        self.assertIn("You asked for 2,000 points. Jan Boss can answer until", text)
        self.assertNotIn("How many points", text)
        self.assertIn("Ewa Buk asked for 2,000 points", self._block(self.boss))
        self._post("withdraw", self.branch_buyer)
        self.assertEqual(wish.state, "approve")
        self._post("withdraw", self.buyer)
        self._post("withdraw", self.buyer)
        self.assertEqual(wish.state, "cancelled")
        self.assertIn("How many points", self._block(self.buyer))

    def test_the_answer_is_shown(self):
        wish = self._wish()
        wish.approval_ids._answer("refused", answer="Not now", by=self.boss.partner_id)
        self.assertIn(
            "Jan Boss refused 2,000 points. “Not now”", self._block(self.buyer)
        )
        self.assertNotIn("refused", self._block(self.boss))
        wish = self._wish()
        wish.approval_ids._answer("reduced", 1500, by=self.boss.partner_id)
        text = self._block(self.buyer)
        self.assertIn("Jan Boss accepted 1,500 points of the 2,000 points", text)

    def test_above_the_limit_one_asks(self):
        self.wallet._grant(self.buyer.partner_id, "uses", limit_order=1000)
        self.assertIn(
            "For more than 1,000 points Jan Boss is asked", self._block(self.buyer)
        )
        self.assertFalse(self._preview(self.buyer, 1000)["asks"])
        self.assertTrue(self._preview(self.buyer, 1001)["asks"])
        self._post("use", self.buyer, points="1000")
        self.assertWallet(held=1000)
        self._post("use", self.buyer, points="1500")
        self.assertWallet(held=1000)
        wish = self.wallet.redemption_ids.filtered(lambda one: one.state == "approve")
        wish.approval_ids._answer("accepted", by=self.boss.partner_id)
        self.assertWallet(held=1500)
        self.assertAlmostEqual(self.order.amount_untaxed, 85.0)

    # === QUOTATIONS THAT CHANGED MEANWHILE === #

    def test_closed_quotations_take_no_points(self):
        yesterday = fields.Date.today() - timedelta(days=1)
        for change in (
            lambda order: order.action_confirm(),
            lambda order: order._action_cancel(),
            lambda order: order.write({"validity_date": yesterday}),
            lambda order: order.write({"signature": PIXEL}),
        ):
            order = self._create_order([(self.product, 1, 100.0)])
            order.action_quotation_sent()
            change(order)
            self._post("use", self.boss, order=order, points="100")
            self.assertFalse(order._get_loyalty_b2b_redemption())
        self.assertFalse(self.wallet.redemption_ids)

    def test_confirmed_orders_keep_their_points(self):
        self._post("use", self.boss, points="1500")
        self.order.action_confirm()
        self._post("remove", self.boss)
        self.assertWallet(balance=8500)
        self.assertEqual(self._block(self.boss), "")

    def test_a_branch_uses_the_points_by_the_link_only(self):
        token = self.order._portal_ensure_token()
        self.wallet._grant(self.branch_buyer.partner_id, "uses")
        self._post("use", self.branch_buyer, points="100", access_token="forged")
        self._post("use", self.branch_buyer, points="100", access_token="ż")
        self.assertWallet(held=0)
        done = self._post("use", self.branch_buyer, points="100", access_token=token)
        self.assertIn(f"access_token={token}", done.headers["Location"])
        self.assertWallet(held=100)

    def test_signing_confirms_at_the_new_total(self):
        order = self._create_order(
            [(self.product, 1, 100.0)], require_signature=True, require_payment=False
        )
        order.action_quotation_sent()
        self._post("use", self.boss, order=order, points="1500")
        found = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept", {"name": "Jan", "signature": PIXEL}
        )
        self.assertTrue(found.get("force_refresh"), found)
        self.assertEqual(order.state, "sale")
        self.assertAlmostEqual(order.amount_untaxed, 85.0)
        self.assertWallet(balance=8500)
