from odoo.exceptions import UserError
from odoo.tests import tagged

from .order_reward_common import OrderRewardCommon


@tagged("post_install", "-at_install")
class TestOrderRewardsGoods(OrderRewardCommon):
    """A product for points: how it stands on order, invoice and in the ledger."""

    def _goods(self, free_mode="discount", quantity=1, **values):
        """Add a lamp for points to a quotation; return order, use and line."""
        reward = self._create_reward("product", free_mode=free_mode, **values)
        order = self._mixed()
        use = self._add(order, reward, quantity)
        return order, use, use.line_ids

    # === THE LINE === #

    def test_line_of_each_way(self):
        self.lamp.taxes_id = self.tax_8
        for mode, price, discount in (
            ("discount", 80.0, 100.0),
            ("symbolic", 0.01, 0.0),
            ("uncharged", 0.0, 0.0),
        ):
            with self.subTest(mode):
                _order, use, line = self._goods(mode, quantity=2)
                self.assertEqual(line.product_id, self.lamp)
                self.assertEqual(line.tax_ids, self.tax_8)
                self.assertEqual(line.product_uom_qty, 2)
                self.assertEqual((line.price_unit, line.discount), (price, discount))
                self.assertIn("Reward – Reward product, 2", line.name)
                self.assertEqual(use.points, 2000)
                self.assertEqual(use.goods_mode, mode)

    def test_symbolic_price_is_net_where_prices_include_tax(self):
        self.lamp.taxes_id = self._create_vat(23, included=True)
        _order, _use, line = self._goods("symbolic", symbolic_price=1.0)
        self.assertEqual((line.price_unit, line.price_subtotal), (1.23, 1.0))

    def test_price_in_money_stands_beside_the_points(self):
        order, use, line = self._goods(price_amount=20.0, quantity=2)
        self.assertEqual(use.goods_mode, "priced")
        self.assertEqual((line.price_unit, line.price_subtotal), (20.0, 40.0))
        self.assertEqual(order.amount_untaxed, 190.0)
        self.assertEqual(use.amount, 120.0)

    def test_line_changes_through_the_reward_alone(self):
        order, _use, line = self._goods()
        for values in (
            {"product_uom_qty": 5},
            {"price_unit": 0.0},
            {"product_id": self.product.id},
            {"loyalty_b2b_redemption_id": False},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                line.with_user(self.salesperson).write(values)
        # Odoo's Discount writes on all lines
        order.order_line.with_user(self.salesperson).write({"discount": 50.0})
        self.assertEqual(order.order_line.mapped("discount"), [50.0, 50.0, 100.0])
        order.action_confirm()
        with self.assertRaises(UserError):
            line.with_user(self.salesperson).unlink()
        line.with_user(self.salesperson).qty_delivered = 1

    def test_deleting_the_line_gives_the_points_back(self):
        _order, use, line = self._goods()
        line.with_user(self.salesperson).unlink()
        self.assertEqual(use.state, "cancelled")
        self.assertEqual(self.wallet.available, 100000)

    def test_prices_and_taxes_of_the_order_pass_it_by(self):
        order, _use, line = self._goods("symbolic")
        order._recompute_prices()
        self.assertEqual(line.price_unit, 0.01)
        order.action_update_taxes()
        self.assertEqual(line.tax_ids, self.tax_23)

    def test_goods_are_no_base_of_other_discounts(self):
        order, _use, _line = self._goods(price_amount=60.0)
        percent = self._add(order, self._create_reward("percent"))
        self.assertAlmostEqual(percent.amount, 15.0, 2)
        with self.assertRaisesRegex(UserError, "At most 13.500 points"):
            self._use_points(order, 13501)

    def test_duplicate_of_an_order_or_invoice_has_none(self):
        order, _use, line = self._goods()
        self.assertNotIn(self.lamp, order.copy().order_line.product_id)
        order.action_confirm()
        invoice = self._invoice(order)
        self.assertIn(self.lamp, invoice.invoice_line_ids.product_id)
        self.assertNotIn(self.lamp, invoice.copy().invoice_line_ids.product_id)
        self.assertIn(line, invoice.invoice_line_ids.sale_line_ids)

    # === EARNING === #

    def test_goods_earn_nothing_and_say_so(self):
        for mode in ("discount", "symbolic", "uncharged", "priced"):
            with self.subTest(mode):
                price = {"price_amount": 60.0} if mode == "priced" else {}
                values = {} if price else {"free_mode": mode}
                order, _use, line = self._goods(**values, **price)
                promise = order._get_loyalty_b2b_promise(self.wallet)
                self.assertEqual(promise.points, 150)
                order.action_confirm()
                invoice = self._invoice(order)
                self.assertEqual(self._points_of(invoice), 150)
                lines = self.env["loyalty.b2b.entry.line"].search(
                    [("reason", "=", "reward")], order="id desc", limit=1
                )
                if mode != "uncharged":
                    self.assertEqual(lines.product_id, self.lamp)
                    self.assertIn("earns nothing", lines.reason_text)
                self.assertTrue(line)

    def test_portal_promises_what_the_invoice_earns(self):
        order, _use, _line = self._goods(price_amount=60.0)
        self._add(order, self._create_reward())
        order.action_confirm()
        self.env.flush_all()
        self.assertEqual(self.wallet._get_portal_expected(), 120)
        self.assertEqual(self._points_of(self._invoice(order)), 120)

    # === INVOICE AND DELIVERY === #

    def test_uncharged_goods_are_delivered_and_never_invoiced(self):
        order, use, line = self._goods("uncharged")
        order.action_confirm()
        self.assertEqual(line.qty_to_invoice, 0)
        invoice = self._invoice(order)
        self.assertNotIn(self.lamp, invoice.invoice_line_ids.product_id)
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertPoints(use, 1000)

    def test_crediting_other_goods_returns_nothing(self):
        order, use, _line = self._goods()
        order.action_confirm()
        invoice = self._invoice(order)
        self._credit(invoice, [(self.product, 1, 100.0)])
        self.assertPoints(use, 1000)

    def test_credited_quantity_of_free_goods_returns_its_points(self):
        for mode in ("discount", "symbolic"):
            with self.subTest(mode):
                order, use, line = self._goods(mode, quantity=4, symbolic_price=1.0)
                order.action_confirm()
                invoice = self._invoice(order)
                credit = self._credit(invoice, post=False)
                goods = credit.invoice_line_ids.filtered("loyalty_b2b_redemption_id")
                (credit.invoice_line_ids - goods).unlink()
                goods.quantity = 1
                credit.action_post()
                self.assertPoints(use, 3000)
                credit.button_draft()
                self.assertPoints(use, 4000)
                self.assertTrue(line)

    def test_part_that_is_still_to_be_invoiced_stays_used(self):
        self.lamp.invoice_policy = "delivery"
        order, use, line = self._goods(quantity=4)
        order.action_confirm()
        self._deliver(line, 1)
        first = self._invoice(order)
        self._credit(first)
        self.assertPoints(use, 3000)
        self._deliver(line, 4)
        self._invoice(order)
        self.assertPoints(use, 4000)

    def test_whole_credit_returns_all_and_invoicing_again_takes_them(self):
        order, use, _line = self._goods()
        order.action_confirm()
        invoice = self._invoice(order)
        self._credit(invoice)
        self.assertPoints(use, 0)
        self.assertEqual(use.state, "cancelled")
        again = self._reverse_and_recreate(self._again(order))
        again.action_post()
        self.assertPoints(use, 1000)
        self.assertEqual(use.state, "fulfilled")

    def _again(self, order):
        invoice = self._invoice(order)
        self.assertIn(self.lamp, invoice.invoice_line_ids.product_id)
        return invoice

    def test_credited_money_of_priced_goods_returns_its_share(self):
        order, use, _line = self._goods(price_amount=20.0)
        order.action_confirm()
        self._credit_part(self._invoice(order), 0.5)
        self.assertPoints(use, 500)

    # === TAKING IT OFF === #

    def test_cancelled_reward_leaves_a_confirmed_order(self):
        order, use, line = self._goods()
        order.action_confirm()
        order._remove_loyalty_b2b_reward(use)
        self.assertFalse(line.exists())
        self.assertEqual(use.state, "cancelled")
        self.assertWallet(available=100000)

    def test_reward_that_has_left_or_is_invoiced_stays(self):
        order, use, line = self._goods()
        order.action_confirm()
        line.qty_delivered = 1
        self.assertEqual(use.state, "fulfilled")
        with self.assertRaisesRegex(UserError, "has left"):
            order._remove_loyalty_b2b_reward(use)
        line.qty_delivered = 0
        self._invoice(order, post=False)
        with self.assertRaisesRegex(UserError, "invoice"):
            order._remove_loyalty_b2b_reward(use)

    def test_cancelled_order_keeps_goods_that_have_left(self):
        order, use, line = self._goods("uncharged")
        money = self._add(order, self._create_reward())
        order.action_confirm()
        line.qty_delivered = 1
        order._action_cancel()
        self.assertPoints(use, 1000)
        self.assertPoints(money, 0)
        self.assertEqual(use.line_ids, line)

    def test_draft_invoice_cannot_take_more_of_it(self):
        order, use, _line = self._goods("symbolic")
        order.action_confirm()
        # nobody has used a discount yet
        self.assertFalse(self.env["loyalty.b2b.program"]._get_discount_product_ids())
        invoice = self._invoice(order, post=False)
        line = self._our_lines(invoice)
        with self.assertRaisesRegex(UserError, "Discounts for points"):
            line.quantity = 5
        invoice.action_post()
        self.assertPoints(use, 1000)

    def test_what_is_delivered_beyond_takes_no_points(self):
        self.lamp.invoice_policy = "delivery"
        order, use, line = self._goods("symbolic")
        order.action_confirm()
        line.qty_delivered = 2
        self._invoice(order)
        self.assertPoints(use, 1000)

    def test_cancelled_order_gives_back_what_has_not_left(self):
        order, use, line = self._goods("uncharged", quantity=2)
        order.action_confirm()
        line.qty_delivered = 1
        order._action_cancel()
        self.assertPoints(use, 1000)
        self.assertEqual((line.product_uom_qty, line.price_unit), (1, 0.0))
        self.assertEqual(use.state, "fulfilled")
