from odoo.tests import tagged

from .checkout_common import CheckoutCommon


@tagged("post_install", "-at_install")
class TestCheckoutRewards(CheckoutCommon):
    """Rewards for the cart."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reward = cls._create_shop_reward()

    def _offers(self, user=None):
        found = self._page(user, "?points=1").xpath("//ul[@name='loyalty_offers']")
        return self._text(found[0]) if found else ""

    def _add(self, reward=None, user=None, **form):
        form.setdefault("request_key", self._uuid())
        return self._post(
            "reward/add", user, reward_id=(reward or self.reward).id, **form
        )

    def test_adding_a_reward_and_removing_it(self):
        self.assertIn("Reward discount 1,000 points", self._offers())
        self._add()
        self.assertAlmostEqual(self.cart.amount_untaxed, 70.0)
        use = self.cart._get_loyalty_b2b_rewards()
        self.assertIn("Reward discount", self._block())
        row = self._page().xpath("//tr[@name='o_order_loyalty_b2b']")[0]
        self.assertIn("Reward discount", self._text(row))
        for _click in range(2):
            self._post("reward/remove", use_id=use.id)
        self.assertAlmostEqual(self.cart.amount_untaxed, 100.0)
        self.assertWallet(available=10000, held=0)

    def test_the_same_form_twice_is_one_reward(self):
        key = self._uuid()
        for _click in range(2):
            self._add(request_key=key)
        self.assertEqual(len(self.cart._get_loyalty_b2b_rewards()), 1)

    def test_each_no_says_why(self):
        dear = self._create_shop_reward(points=50000, name="Dear")
        self.assertIn("Dear", self._offers())
        row = self._page(query="?points=1").xpath(
            "//ul[@name='loyalty_offers']/li[contains(., 'Dear')]"
        )[0]
        self.assertFalse(row.xpath(".//form"))
        self.assertIn("points", self._text(row.xpath("./small")[0]))
        self._add(dear)
        self.assertIn("points", self._again())
        self.assertFalse(self.cart._get_loyalty_b2b_rewards())

    def test_who_may_not_asks(self):
        cart = self._create_cart([(self.service, 1, 100.0)], user=self.buyer)
        self.assertIn("Ask for it", self._offers(self.buyer))
        self._add(user=self.buyer)
        (wish,) = self.wallet.redemption_ids
        self.assertEqual(wish.state, "approve")
        self.assertIn("Jan Boss can answer until", self._block(self.buyer, "?points=1"))
        self._post("withdraw", self.buyer, wish_id=wish.id + 1)
        self.assertEqual(wish.state, "approve")
        self._post("withdraw", self.buyer, wish_id=wish.id)
        self.assertEqual(wish.state, "cancelled")
        self.assertAlmostEqual(cart.amount_untaxed, 100.0)

    def test_rewards_of_others_are_not_found(self):
        program = self._create_program(name="Other programme", start=False)
        other = self.reward.copy({"program_id": program.id})
        hotline = self.env["loyalty.b2b.reward"].create(
            {
                "name": "Hotline",
                "program_id": self.program.id,
                "kind": "service",
                "points": 1,
            }
        )
        for number in (other.id, hotline.id, 0, -1, "x", 2**31, 10**30, ""):
            with self.subTest(number=number):
                self._post("reward/add", reward_id=number, request_key=self._uuid())
                self.assertFalse(self.wallet.redemption_ids)

    def test_a_reward_of_another_cart_stays(self):
        cart = self._create_cart([(self.service, 1, 100.0)], user=self.buyer)
        use = cart.with_user(self.salesperson)._add_loyalty_b2b_reward(
            self.reward.with_user(self.salesperson)
        )
        for user in (self.boss, self.stranger, self.buyer):
            self._post("reward/remove", user, use_id=use.id)
        self.assertAlmostEqual(cart.amount_untaxed, 70.0)
