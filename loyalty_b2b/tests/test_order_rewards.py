from odoo.exceptions import UserError
from odoo.tests import tagged

from .order_reward_common import OrderRewardCommon


@tagged("post_install", "-at_install")
class TestOrderRewards(OrderRewardCommon):
    """Rewards on a quotation: what they write, alone and several together."""

    # === DISCOUNT IN MONEY === #

    def test_discount_is_spread_over_the_tax_rates(self):
        order = self._mixed()
        use = self._add(order, self._create_reward())
        self.assertEqual(use.state, "reserved")
        # 30.00 net: 20.00 at 23 % and 10.00 at 8 %
        self.assertDiscount(order, 30.0, 4.6 + 0.8)
        self.assertEqual(len(use.line_ids), 2)
        self.assertRegex(
            use.line_ids[0].name, "^Reward – Reward discount, 1.000 points \\(.*23%"
        )
        self.assertEqual(self.wallet.available, 99000)

    def test_gross_discount_takes_exactly_its_amount_off_the_total(self):
        self._set_gross()
        order = self._mixed()
        total = order.amount_total
        self._add(order, self._create_reward())
        self.assertAlmostEqual(order.amount_total, total - 30.0, 2)

    def test_discount_is_converted_to_the_orders_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "rate": 0.5, "company_id": self.company.id}
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": euro.id, "company_id": self.company.id}
        )
        order = self._mixed(pricelist_id=pricelist.id)
        use = self._add(order, self._create_reward())
        self.assertEqual(use.currency_id, euro)
        self.assertDiscount(order, 15.0, 2.3 + 0.4)

    def test_discount_larger_than_the_order_is_refused(self):
        order = self._create_order([(self.product, 1, 20.0)])
        with self.assertRaisesRegex(UserError, "takes .*30.00.* off"):
            self._add(order, self._create_reward())
        self.assertEqual(self.wallet.available, 100000)
        self.assertFalse(self._our_lines(order))

    def test_discount_stays_within_the_programmes_part_of_an_order(self):
        self.program.max_order_percent = 25
        order = self._create_order([(self.product, 1, 100.0)])
        reward = self._create_reward(discount_amount=20.0)
        self._add(order, reward)
        with self.assertRaisesRegex(UserError, "25 % of an order"):
            self._add(order, reward)
        # points as a discount take no more than what is left of it
        with self.assertRaisesRegex(UserError, "At most 500 points"):
            self._use_points(order, 501)
        self._use_points(order, 500)
        self.assertDiscount(order, 25.0, 5.75)

    # === PERCENT === #

    def test_percent_is_of_what_may_be_discounted_and_has_a_maximum(self):
        self.program.excluded_product_ids = self.book
        order = self._mixed()
        use = self._add(order, self._create_reward("percent"))
        self.assertDiscount(order, 10.0, 2.3)
        use.line_ids.order_id._remove_loyalty_b2b_reward(use)
        self._add(order, self._create_reward("percent", discount_max=7.0))
        self.assertDiscount(order, 7.0, 1.61)

    def test_percent_follows_the_order(self):
        order = self._mixed()
        use = self._add(order, self._create_reward("percent"))
        self.assertDiscount(order, 15.0, 2.3 + 0.4)
        order.order_line[0].product_uom_qty = 2
        self.assertTrue(order.loyalty_b2b_is_outdated)
        order._refresh_loyalty_b2b_use()
        self.assertDiscount(order, 25.0, 4.6 + 0.4)
        self.assertEqual(use.points, 1000)

    def test_percent_is_had_once_on_an_order(self):
        order, reward = self._mixed(), self._create_reward("percent")
        with self.assertRaisesRegex(UserError, "once on an order"):
            self._add(order, reward, quantity=2)
        self._add(order, reward)
        with self.assertRaisesRegex(UserError, "once on an order"):
            self._add(order, reward)

    # === SEVERAL === #

    def test_several_rewards_and_points_stand_together(self):
        order = self._mixed()
        self._use_points(order, 1000)
        money = self._add(order, self._create_reward())
        percent = self._add(order, self._create_reward("percent"))
        goods = self._add(order, self._create_reward("product"))
        plain = order._get_loyalty_b2b_redemption()
        self.assertEqual(order._get_loyalty_b2b_uses(), money | percent | goods | plain)
        self.assertEqual(self.wallet.held, 4000)
        # 30.00 + 10 % of 150.00 + 1 000 points
        self.assertDiscount_sum(order, 30.0 + 15.0 + 10.0)
        order.action_confirm()
        for use in money | percent | goods | plain:
            self.assertEqual(use.state, "done")
            self.assertPoints(use, 1000)
        self.assertWallet(held=0, available=96000)

    def assertDiscount_sum(self, order, untaxed):
        lines = order.order_line.filtered(lambda line: line._is_loyalty_b2b_discount())
        self.assertAlmostEqual(-sum(lines.mapped("price_subtotal")), untaxed, 2)

    def test_points_take_what_rewards_leave(self):
        order = self._create_order([(self.product, 1, 100.0)])
        self._use_points(order, 9000)
        self._add(order, self._create_reward())
        self.assertEqual(order._get_loyalty_b2b_redemption().points, 7000)
        self.assertAlmostEqual(order.amount_untaxed, 0.0, 2)

    def test_smaller_order_loses_the_reward_that_no_longer_fits(self):
        order = self._create_order([(self.product, 1, 100.0)])
        use = self._add(order, self._create_reward())
        order.order_line[0].price_unit = 20.0
        with self.assertRaisesRegex(UserError, "no longer fits"):
            order._refresh_loyalty_b2b_use()
        order._refresh_loyalty_b2b_use(strict=False)
        self.assertEqual(use.state, "cancelled")
        self.assertEqual(self.wallet.available, 100000)

    def test_cancelling_and_deleting_give_all_points_back(self):
        for end in ("_action_cancel", "unlink"):
            with self.subTest(end):
                order = self._mixed()
                self._use_points(order, 1000)
                self._add(order, self._create_reward())
                self._add(order, self._create_reward("product"))
                self.assertEqual(self.wallet.available, 97000)
                getattr(order, end)()
                self.assertWallet(available=100000, held=0)

    def test_another_customer_releases_all(self):
        order = self._mixed()
        self._add(order, self._create_reward())
        self._add(order, self._create_reward("product"))
        order.partner_id = self._create_customer("Other", "5252248481")
        self.assertFalse(order._get_loyalty_b2b_uses())
        self.assertEqual(self.wallet.available, 100000)

    def test_debt_stops_the_confirmation_with_several(self):
        wallet = self.wallet
        wallet._adjust(-99000, "test:down", "Test")
        order = self._mixed()
        self._add(order, self._create_reward(points=500))
        self._add(order, self._create_reward("percent", points=500))
        wallet._adjust(-10, "test:more", "Test")
        with self.assertRaisesRegex(UserError, "10 points were taken back"):
            order.action_confirm()
