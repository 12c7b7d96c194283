from odoo import Command
from odoo.tests import tagged

from .promotion_common import PromotionCommon


@tagged("post_install", "-at_install")
class TestCards(PromotionCommon):
    """Gift cards and eWallets are means of payment in our base."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls._create_card(50)
        cls.card_line = "loyalty_b2b_is_payment"

    def _order(self, quantity=2, card=True):
        order = self._create_order([(self.product, quantity, 100.0)])
        if card:
            self._claim(order, self.card.program_id)
            self.assertEqual(self._get_off(order, self.card.program_id), 50)
        return order

    def _sell_card(self):
        """Let the eWallet be topped up by buying a product."""
        product = self._create_goods("Top-up", 50.0, tax=self.tax_0)
        self.card.program_id.rule_ids = [
            Command.create(
                {
                    "product_ids": [Command.set(product.ids)],
                    "reward_point_mode": "money",
                    "reward_point_amount": 1,
                }
            )
        ]
        return product

    def test_a_card_does_not_cut_what_an_invoice_earns(self):
        order = self._order()
        self.assertEqual(order._get_loyalty_b2b_expected_points(self.program), 200)
        order.action_confirm()
        invoice = self._invoice(order)
        self.assertEqual(invoice.invoice_line_ids.filtered(self.card_line).quantity, 1)
        self.assertEqual(self._points_of(invoice), 200)

    def test_a_gift_card_with_taxes_does_not_cut_it_either(self):
        self.card = self._create_card(50, "gift_card", partner_id=False)
        self.card.program_id.reward_ids.discount_line_product_id.taxes_id = self.tax_23
        order = self._create_order([(self.product, 2, 100.0)])
        self._apply_code(order, self.card.code)
        self.assertAlmostEqual(order.amount_total, 196.0)
        order.action_confirm()
        self.assertEqual(self._points_of(self._invoice(order)), 200)

    def test_an_ordinary_discount_does_cut_it(self):
        self._create_code()
        order = self._order(card=False)
        self._apply_code(order)
        self.assertEqual(order._get_loyalty_b2b_expected_points(self.program), 180)
        order.action_confirm()
        self.assertEqual(self._points_of(self._invoice(order)), 180)

    def test_the_reason_is_said_in_the_explanation(self):
        order = self._order()
        order.action_confirm()
        invoice = self._invoice(order)
        entry = self.env["loyalty.b2b.entry"].search([("move_id", "=", invoice.id)])
        self.assertIn("payment_means", entry.line_ids.mapped("reason"))

    def test_a_credit_note_after_the_order_lost_its_card_line(self):
        order = self._order()
        order.action_confirm()
        invoice = self._invoice(order)
        order._action_cancel()
        self.assertFalse(order.order_line.filtered("reward_id"))
        credit = self._credit(invoice)
        self.assertTrue(credit.invoice_line_ids.filtered(self.card_line))
        self.assertEqual(self._points_of(invoice | credit), 0)

    def test_half_of_it_credited_takes_half_back(self):
        order = self._order()
        order.action_confirm()
        invoice = self._invoice(order)
        credit = self._credit(invoice, post=False)
        for line in credit.invoice_line_ids:
            line.price_unit /= 2
        credit.action_post()
        self.assertEqual(self._points_of(invoice | credit), 100)

    def test_the_portal_expects_what_the_invoice_earns(self):
        order = self._order()
        order.action_confirm()
        rows = self.wallet._query_portal_order_lines()
        self.assertEqual([row["is_payment"] for row in rows], [False, True])

    def test_the_limit_in_percent_counts_what_a_card_pays(self):
        self.program.max_order_percent = 50
        order = self._order()
        use = self._use_points(order, 10000)
        self.assertDiscount(order, 100.0, 23.0)
        self.assertEqual(use.points, 10000)

    def test_the_limit_in_percent_counts_ordinary_discounts(self):
        self._create_code()
        self.program.max_order_percent = 50
        order = self._order(card=False)
        self._apply_code(order)
        draft = self.env["loyalty.b2b.redemption"].new(
            self.env["loyalty.b2b.redemption"]._prepare_terms(order, self.wallet)
        )
        self.assertAlmostEqual(draft._get_room(draft._get_base_lines()), 90.0)

    def test_the_card_makes_no_discount_outdated(self):
        order = self._order(card=False)
        self._use_points(order, 1000)
        self._claim(order, self.card.program_id)
        order.invalidate_recordset()
        self.assertFalse(order.loyalty_b2b_is_outdated)

    def test_a_sold_card_earns_nothing_until_it_pays(self):
        product = self._sell_card()
        order = self._create_order([(self.product, 1, 100.0), (product, 1, 50.0)])
        self.assertEqual(order._get_loyalty_b2b_expected_points(self.program), 100)
        order.action_confirm()
        invoice = self._invoice(order)
        self.assertEqual(self._points_of(invoice), 100)
        self.assertEqual(self._points_of(self._credit(invoice)), -100)

    def test_points_buy_no_cards(self):
        product = self._sell_card()
        order = self._create_order([(self.product, 1, 100.0), (product, 1, 50.0)])
        redemptions = self.env["loyalty.b2b.redemption"]
        draft = redemptions.new(redemptions._prepare_terms(order, self.wallet))
        self.assertAlmostEqual(draft._get_room(draft._get_base_lines()), 100.0)
        self.assertAlmostEqual(draft._get_new_total(draft._get_base_lines()), 173.0)

    def test_a_product_that_is_no_card_any_more_earns_again(self):
        product = self._sell_card()
        order = self._create_order([(product, 1, 50.0)])
        self.assertEqual(order._get_loyalty_b2b_expected_points(self.program), 0)
        self.card.program_id.rule_ids.product_ids = [Command.clear()]
        self.assertEqual(order._get_loyalty_b2b_expected_points(self.program), 50)
