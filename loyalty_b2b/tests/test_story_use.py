from odoo.tests import tagged

from .use_common import UseCommon


@tagged("post_install", "-at_install")
class TestStoryUse(UseCommon):
    """The table of the issue, as told there: 1 point per 1.00 net, 1 point = 0.05."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_gross(1, 0.05)
        cls.goods = cls._create_goods("Saw", 100.0, invoice_policy="delivery")
        cls.lot = cls._give_points(10000, date_expiry="2099-05-31")

    def _deliver_in_two(self):
        """Row 4: an order of 10 × 100, 3 delivered and invoiced, then 7."""
        order = self._create_order([(self.goods, 10, 100.0)])
        use = self._use_points(order, 10000)
        order.action_confirm()
        invoices = []
        for delivered in (3, 10):
            order.order_line[0].qty_delivered = delivered
            invoices.append(self._invoice(order))
        return order, use, *invoices

    def test_row_4_discount_over_two_deliveries(self):
        order, use, first, second = self._deliver_in_two()
        self.assertEqual(order.amount_total, 730.0)
        self.assertEqual(first.amount_total, 369.0)
        self.assertEqual(second.amount_total, 361.0)
        self.assertDiscount(order, 406.5, 93.5)
        self.assertEqual(self._points_of(first), 300)
        self.assertEqual(self._points_of(second), 293)
        self.assertEqual(use._get_standing_points(), 10000)

    def test_row_5_and_6_credit_and_invoice_again(self):
        _order, use, first, second = self._deliver_in_two()
        draft = self._reverse_and_recreate(second)
        credit = second.reversal_move_ids
        returned = use.entry_ids.filtered(lambda entry: entry.kind == "return")
        self.assertEqual(sum(returned.mapped("points")), 10000)
        self.assertEqual(returned.mapped("date_expiry"), [self.lot.date_expiry])
        self.assertEqual(self._points_of(credit, "reversal"), -293)
        self.assertWallet(balance=10300)
        draft.action_post()
        self.assertEqual(draft.amount_total, 361.0)
        self.assertEqual(use._get_standing_points(), 10000)
        self.assertEqual(self._points_of(first | draft, "earn"), 593)
        self.assertWallet(balance=593, available=593)

    def test_row_7_copies_have_no_discount(self):
        order, _use, _first, second = self._deliver_in_two()
        self.assertFalse(self._our_lines(order.copy()))
        self.assertEqual(second.copy().amount_total, 861.0)

    def test_row_8_cancel_with_a_posted_invoice_and_confirm_again(self):
        order, use, _first, _second = self._deliver_in_two()
        order.action_cancel()
        self.assertEqual(use._get_standing_points(), 10000, "0 returned")
        order.action_draft()
        order.action_confirm()
        self.assertEqual(use._get_standing_points(), 10000)
        self.assertFalse(self._our_lines(order))

    def test_credit_after_cancelling_leaves_nothing(self):
        order, use, first, second = self._deliver_in_two()
        order.action_cancel()
        self._credit(first)
        self._credit(second)
        self.assertEqual(use._get_standing_points(), 0)
        self.assertWallet(balance=10000, available=10000)

    def test_row_15_credit_stops_confirmation(self):
        self.wallet._take("redeem", 10000, "test:gone")
        invoice = self._create_invoice_of([1000.0])
        order = self._create_order([(self.product, 1, 100.0)])
        self._use_points(order, 1000)
        credit = self._credit(invoice)
        with (
            self.assertRaisesRegex(Exception, f"1,000 points.*{credit.name}"),
            self.env.cr.savepoint(),
        ):
            order.action_confirm()
        self.env.invalidate_all()
        order.action_remove_loyalty_b2b_use()
        self.assertWallet(balance=0, available=0, held=0)
        order.action_confirm()
        self.assertEqual(order.amount_total, 123.0)
