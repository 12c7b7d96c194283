from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.loyalty_b2b.tests.order_reward_common import OrderRewardCommon


@tagged("post_install", "-at_install")
class TestDelivery(OrderRewardCommon):
    """Delivery lines: free for points, and earning only if set."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        product = cls._create_goods("Delivery", 20.0, type="service")
        cls.carrier = cls.env["delivery.carrier"].create(
            {"name": "Van", "product_id": product.id, "fixed_price": 20.0}
        )
        cls.reward = cls._create_reward("delivery", points=500)

    def _delivered(self, amount=20.0, **values):
        order = self._mixed(**values)
        order.set_delivery_line(self.carrier, amount)
        return order

    # === FREE DELIVERY === #

    def test_delivery_is_free_with_its_taxes(self):
        order = self._delivered()
        use = self._add(order, self.reward)
        self.assertDiscount(order, 20.0, 4.6)
        self.assertEqual(use.points, 500)
        self.assertIn("Reward – Reward delivery, 500", use.line_ids.name)

    def test_gross_programme_takes_off_what_delivery_costs_with_tax(self):
        self._set_gross()
        order = self._mixed()
        total = order.amount_total
        order.set_delivery_line(self.carrier, 19.99)
        self._add(order, self.reward)
        self.assertAlmostEqual(order.amount_total, total, 2)

    def test_delivery_is_free_up_to_a_maximum(self):
        self.reward.discount_max = 15.0
        order = self._delivered()
        self._add(order, self.reward)
        self.assertDiscount(order, 15.0, 3.45)

    def test_without_delivery_it_cannot_be_had(self):
        order = self._mixed()
        with self.assertRaisesRegex(UserError, "how it is delivered"):
            self._add(order, self.reward)
        order.set_delivery_line(self.carrier, 0.0)
        with self.assertRaisesRegex(UserError, "costs nothing"):
            self._add(order, self.reward)

    def test_delivery_is_free_once(self):
        order = self._delivered()
        self._add(order, self.reward)
        with self.assertRaisesRegex(UserError, "free once"):
            self._add(order, self._create_reward("delivery", points=1))

    def test_carrier_changes_and_the_reward_follows(self):
        order = self._delivered()
        use = self._add(order, self.reward)
        order.set_delivery_line(self.carrier, 35.0)
        order._refresh_loyalty_b2b_use()
        self.assertDiscount(order, 35.0, 8.05)
        self.assertEqual(use.state, "reserved")

    def test_without_delivery_the_reward_goes(self):
        for act in ("_refresh_loyalty_b2b_use", "action_confirm"):
            with self.subTest(act):
                order = self._delivered()
                use = self._add(order, self.reward)
                order._remove_delivery_line()
                getattr(order, act)()
                self.assertEqual(use.state, "cancelled")
                self.assertFalse(self._our_lines(order))
                self.assertWallet(available=100000)

    def test_quotation_that_is_being_paid_keeps_it(self):
        order = self._delivered()
        use = self._add(order, self.reward)
        order._remove_delivery_line()
        payment = self._pay(order)
        order._refresh_loyalty_b2b_use()
        self.assertEqual(use.state, "reserved")
        payment._post_process()
        self.assertEqual((order.state, use.state), ("sale", "done"))

    def test_other_discounts_leave_nothing_below_zero(self):
        order = self._delivered()
        self._add(order, self._create_reward(discount_amount=170.0))
        with self.assertRaisesRegex(UserError, "costs nothing"):
            self._add(order, self.reward)

    def test_half_the_money_credited_returns_half_the_points(self):
        order = self._delivered()
        use = self._add(order, self.reward)
        order.action_confirm()
        invoice = self._invoice(order, final=True)
        self.assertEqual(use.state, "fulfilled")
        self._credit_part(invoice, 0.5)
        self.assertPoints(use, 250)

    # === EARNING === #

    def test_delivery_earns_if_set_and_is_promised_alike(self):
        for earns, points in ((False, 150), (True, 170)):
            with self.subTest(earns=earns):
                self.program.delivery_earns = earns
                before = self.wallet._get_portal_expected()
                order = self._delivered()
                promise = order._get_loyalty_b2b_promise(self.wallet)
                self.assertEqual(promise.points, points)
                order.action_confirm()
                self.env.flush_all()
                expected = self.wallet._get_portal_expected()
                self.assertEqual(expected - before, points)
                invoice = self._invoice(order, final=True)
                self.assertEqual(self._points_of(invoice), points)
                self._credit(invoice)

    def test_free_delivery_lowers_only_what_delivery_earns(self):
        for earns in (False, True):
            with self.subTest(earns=earns):
                self.program.delivery_earns = earns
                order = self._delivered()
                self._add(order, self.reward)
                self.assertEqual(
                    order._get_loyalty_b2b_promise(self.wallet).points, 150
                )
                order.action_confirm()
                invoice = self._invoice(order, final=True)
                self.assertEqual(self._points_of(invoice), 150)
                self._credit(invoice)

    def test_a_promotion_for_free_delivery_belongs_to_the_delivery(self):
        order = self._delivered()
        if "reward_id" not in order.order_line._fields:
            # without Odoo's addon for promotions only delivery lines are of it
            lines = order.order_line.filtered(
                lambda line: line._is_loyalty_b2b_delivery()
            )
            self.assertEqual(lines, order.order_line.filtered("is_delivery"))
            return
        self.env["loyalty.program"].search([]).active = False
        self.env["loyalty.program"].create(
            {
                "name": "Free delivery",
                "program_type": "promotion",
                "trigger": "auto",
                "applies_on": "current",
                "rule_ids": [Command.create({})],
                "reward_ids": [Command.create({"reward_type": "shipping"})],
            }
        )
        order._update_programs_and_rewards()
        ((coupon, reward),) = order._get_claimable_rewards().items()
        order._apply_program_reward(reward, coupon)
        self.assertAlmostEqual(order.amount_untaxed, 150.0)
        self.assertEqual(order._get_loyalty_b2b_expected_points(self.program), 150)
        with self.assertRaisesRegex(UserError, "costs nothing"):
            self._add(order, self.reward)
        order.action_confirm()
        self.assertEqual(self._points_of(self._invoice(order)), 150)

    def test_promotions_between_two_carriers_keep_the_reward(self):
        order = self._delivered()
        use = self._add(order, self.reward)
        order._remove_delivery_line()
        if "reward_id" in order.order_line._fields:
            # as Odoo's web shop does
            order._update_programs_and_rewards()
        order.set_delivery_line(self.carrier, 30.0)
        order._refresh_loyalty_b2b_use()
        self.assertEqual(use.state, "reserved")
        self.assertDiscount(order, 30.0, 6.9)

    def test_new_programmes_do_not_earn_on_delivery(self):
        self.assertFalse(self._create_program(start=False).delivery_earns)
