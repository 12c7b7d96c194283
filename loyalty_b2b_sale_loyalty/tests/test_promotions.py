from odoo import Command
from odoo.tests import tagged

from odoo.addons.loyalty_b2b.tests.order_reward_common import OrderRewardCommon

from .promotion_common import PromotionCommon


@tagged("post_install", "-at_install")
class TestPromotions(PromotionCommon):
    """Lines for points are no products for Odoo's promotions: each item by itself."""

    def _order(self, *lines, **values):
        return self._create_order(lines or [(self.product, 2, 100.0)], **values)

    def test_a_discount_for_points_is_no_unit(self):
        club = self._create_promotion(
            rule={"reward_point_mode": "unit", "reward_point_amount": 1}
        )
        order = self._order((self.product, 5, 100.0))
        self._use_points(order, 5000)
        self.assertEqual(self._get_points_given(order, club), 5)

    def test_a_discount_for_points_does_not_reach_a_minimum_quantity(self):
        three = self._create_promotion(rule={"minimum_qty": 3})
        order = self._order()
        self._use_points(order, 5000)
        self.assertIn("error", order._program_check_compute_points(three)[three])

    def test_a_minimum_amount_is_reached_before_points(self):
        for mode, minimum in (("excl", 200.0), ("incl", 246.0)):
            with self.subTest(mode=mode):
                promotion = self._create_promotion(
                    rule={
                        "minimum_amount": minimum,
                        "minimum_amount_tax_mode": mode,
                    }
                )
                order = self._order()
                self._use_points(order, 5000)
                self._claim(order, promotion)
                self.assertAlmostEqual(self._get_off_untaxed(order, promotion), 20.0)
                promotion.active = False

    def test_percentages_are_of_the_price_before_points(self):
        promotion = self._create_promotion()
        order = self._order()
        self._use_points(order, 5000)
        self._claim(order, promotion)
        self.assertAlmostEqual(self._get_off_untaxed(order, promotion), 20.0)
        self.assertDiscount(order, 50.0, 11.5)
        self.assertAlmostEqual(order.amount_untaxed, 130.0)

    def test_discounts_of_specific_products_leave_points_alone(self):
        promotion = self._create_promotion(
            reward={
                "discount_applicability": "specific",
                "discount_product_ids": [Command.set(self.saw.ids)],
            }
        )
        order = self._order((self.product, 1, 100.0), (self.saw, 2, 50.0))
        self._use_points(order, 5000)
        self._claim(order, promotion)
        self.assertAlmostEqual(self._get_off_untaxed(order, promotion), 10.0)

    def test_a_specific_discount_of_everything_leaves_points_alone(self):
        promotion = self._create_promotion(
            reward={"discount_applicability": "specific"}
        )
        order = self._order()
        self._use_points(order, 5000)
        self._claim(order, promotion)
        self.assertAlmostEqual(self._get_off_untaxed(order, promotion), 20.0)

    def test_the_cheapest_product_is_no_discount_for_points(self):
        promotion = self._create_promotion(
            reward={"discount_applicability": "cheapest", "discount": 50}
        )
        order = self._order((self.product, 1, 100.0), (self.saw, 1, 50.0))
        self._use_points(order, 1000)
        self._claim(order, promotion)
        self.assertAlmostEqual(self._get_off_untaxed(order, promotion), 25.0)

    def test_points_per_money_spent_count_what_was_bought(self):
        for mode in ("both", "future"):
            with self.subTest(applies_on=mode):
                club = self._create_promotion(
                    rule={"reward_point_mode": "money", "reward_point_amount": 1},
                    reward={"required_points": 1000},
                    program_type="loyalty",
                    applies_on=mode,
                )
                order = self._order()
                before = self._get_points_given(order, club)
                self._use_points(order, 5000)
                after = self._get_points_given(order, club)
                self.assertEqual((before, after), (246, 246))

    def test_a_fixed_discount_is_not_cut_by_points(self):
        promotion = self._create_promotion(
            reward={"discount_mode": "per_order", "discount": 50}
        )
        order = self._order((self.product, 1, 100.0))
        self._use_points(order, 9000)  # 12.30 are left to pay
        self._claim(order, promotion)
        self.assertAlmostEqual(self._get_off(order, promotion), 50.0)
        self.assertAlmostEqual(order.amount_total, 0.0, 2)
        self.assertEqual(order.loyalty_b2b_points, 5935)  # 123.00 - 50.00 are 59.35 net

    def test_two_bought_and_one_free_next_to_points(self):
        offer = self.env["loyalty.program"].create(
            {
                "name": "2 + 1",
                "program_type": "buy_x_get_y",
                "trigger": "auto",
                "applies_on": "current",
                "company_id": self.company.id,
                "rule_ids": [
                    Command.create({"reward_point_mode": "unit", "minimum_qty": 2})
                ],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "product",
                            "reward_product_id": self.product.id,
                            "required_points": 2,
                        }
                    )
                ],
            }
        )
        order = self._order((self.product, 3, 100.0))
        self._use_points(order, 5000)
        self._claim(order, offer)
        gift = order.order_line.filtered("reward_id")
        self.assertEqual((gift.product_uom_qty, gift.price_total), (1, 0))
        self.assertAlmostEqual(order.amount_untaxed, 250.0)

    def test_ten_off_over_three_taxes_are_ten(self):
        """Odoo's own reward takes 10.01 off such an order (ODOO19 §4 h)."""
        plain = self._create_goods("Book", 33.33, tax=self.tax_0)
        promotion = self._create_promotion()
        order = self._order(
            (self.product, 1, 33.33), (self.saw, 1, 33.33), (plain, 1, 33.33)
        )
        self._use_points(order, 1000)
        self._claim(order, promotion)
        ours = self._our_lines(order)
        self.assertEqual(len(ours), 3)
        self.assertAlmostEqual(-sum(ours.mapped("price_subtotal")), 10.0, 2)

    def test_ten_with_tax_off_over_three_taxes_are_ten(self):
        self._set_gross(points=100, amount=1.0)
        plain = self._create_goods("Book", 33.33, tax=self.tax_0)
        promotion = self._create_promotion()
        order = self._order(
            (self.product, 1, 33.33), (self.saw, 1, 33.33), (plain, 1, 33.33)
        )
        self._claim(order, promotion)
        before = order.amount_total
        self._use_points(order, 1000)
        self.assertAlmostEqual(before - order.amount_total, 10.0, 2)


@tagged("post_install", "-at_install")
class TestPromotionsOfGoods(OrderRewardCommon, PromotionCommon):
    """Goods for points, whatever they are given as, are not bought."""

    def test_goods_for_points_are_no_units_no_minimum_and_not_the_cheapest(self):
        reward = self._create_reward(
            "product", product_id=self.saw.id, price_amount=10.0
        )
        units = self._create_promotion(
            rule={"reward_point_mode": "unit", "reward_point_amount": 1}
        )
        minimum = self._create_promotion(
            rule={"minimum_amount": 101.0, "minimum_amount_tax_mode": "excl"}
        )
        cheapest = self._create_promotion(
            reward={"discount_applicability": "cheapest", "discount": 50}
        )
        order = self._create_order([(self.product, 1, 100.0)])
        self._add(order, reward)
        self.assertEqual(self._get_points_given(order, units), 1)
        self.assertIn("error", order._program_check_compute_points(minimum)[minimum])
        self._claim(order, cheapest)
        self.assertAlmostEqual(self._get_off_untaxed(order, cheapest), 50.0)
        self.assertAlmostEqual(order.amount_untaxed, 60.0)
