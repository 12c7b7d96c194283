from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .use_common import UseCommon


@tagged("post_install", "-at_install")
class TestUseInvoicing(UseCommon):
    """Points follow the money of the discount lines on invoices and credit notes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what orders earn is not the subject here
        cls.program.rule_ids.action_archive()
        cls.lot = cls._give_points(10000, date_expiry="2099-05-31")
        cls.goods = cls._create_goods("Saw", 100.0, invoice_policy="delivery")

    def _confirmed(self, points=5000, quantity=2, product=None, confirm=True):
        order = self._create_order([(product or self.product, quantity, 100.0)])
        use = self._use_points(order, points)
        order.action_confirm()
        return order, use

    # === WHICH INVOICE === #

    def test_discount_waits_for_the_invoice_that_can_bear_it(self):
        order, _use = self._confirmed(5000, 10, self.goods)
        order.order_line[0].qty_delivered = 0.4
        first = self._invoice(order)
        self.assertFalse(self._our_lines(first))
        order.order_line[0].qty_delivered = 10
        second = self._invoice(order)
        self.assertEqual(second.amount_untaxed, 910.0)
        self.assertEqual(order.invoice_status, "invoiced")

    def test_discount_alone_is_never_invoiced(self):
        order, _use = self._confirmed(5000, 10, self.goods)
        for final in (False, True):
            with self.assertRaisesRegex(UserError, "Cannot create an invoice"):
                order._create_invoices(final=final)

    def test_discount_of_two_rates_waits_for_both(self):
        other = self._create_goods("Book", 100.0, self.tax_8, invoice_policy="delivery")
        order = self._create_order([(self.goods, 1, 100.0), (other, 1, 100.0)])
        self._use_points(order, 5000)
        order.action_confirm()
        order.order_line[0].qty_delivered = 1
        self.assertFalse(self._our_lines(self._invoice(order)))
        order.order_line[1].qty_delivered = 1
        last = self._invoice(order)
        self.assertEqual(last.amount_untaxed, 50.0, "nothing is left to wait for")

    def test_orders_invoiced_together_bear_their_own_discounts(self):
        first, _use = self._confirmed(5000, 1)
        second, _use = self._confirmed(5000, 10, self.goods)
        second.order_line[0].qty_delivered = 0.1
        invoice = (first | second)._create_invoices()
        self.assertEqual(invoice.amount_untaxed, 60.0)
        self.assertEqual(self._our_lines(invoice).sale_line_ids.order_id, first)

    def test_down_payment_and_rest_bear_the_discount_once(self):
        order, _use = self._confirmed(5000, 2)
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": order.ids,
                "advance_payment_method": "percentage",
                "amount": 50,
            }
        )
        down = wizard._create_invoices(order)
        down.action_post()
        rest = self._invoice(order, final=True)
        self.assertEqual(down.amount_untaxed + rest.amount_untaxed, 150.0)
        self.assertEqual(rest.amount_untaxed, 75.0)

    # === CREDITING === #

    def test_full_credit_returns_all_points_with_their_expiry(self):
        order, use = self._confirmed()
        invoice = self._invoice(order)
        self._credit(invoice)
        returned = use.entry_ids.filtered(lambda entry: entry.kind == "return")
        self.assertRecordValues(
            returned,
            [
                {
                    "points": 5000,
                    "date_expiry": self.lot.date_expiry,
                    "root_entry_id": self.lot.id,
                }
            ],
        )
        self.assertWallet(balance=10000, available=10000)

    def test_partial_credits_return_their_share_and_never_more(self):
        order, use = self._confirmed(5001)
        invoice = self._invoice(order)
        for share, standing in ((0.3333, 3335), (0.3333, 1669), (0.3334, 0), (1.0, 0)):
            credit = self._credit(invoice, post=False)
            credit.invoice_line_ids = [
                Command.update(line.id, {"price_unit": line.price_unit * share})
                for line in credit.invoice_line_ids
            ]
            credit.action_post()
            with self.subTest(share=share):
                self.assertAlmostEqual(use._get_standing_points(), standing, delta=2)
        self.assertWallet(balance=10000)

    def test_crediting_one_rate_returns_its_share(self):
        other = self._create_goods("Book", 300.0, self.tax_8)
        order = self._create_order([(self.product, 1, 100.0), (other, 1, 300.0)])
        use = self._use_points(order, 4000)
        order.action_confirm()
        credit = self._credit(self._invoice(order), post=False)
        credit.invoice_line_ids.filtered(
            lambda line: line.tax_ids == self.tax_8
        ).unlink()
        credit.action_post()
        self.assertEqual(use._get_standing_points(), 3000)
        self.assertWallet(available=7000)

    def test_crediting_products_alone_returns_nothing(self):
        order, use = self._confirmed()
        invoice = self._invoice(order)
        credit = self._credit(invoice, post=False)
        self._our_lines(credit).unlink()
        credit.action_post()
        self.assertEqual(use._get_standing_points(), 5000)

    def test_credit_note_back_to_draft_uses_the_points_again(self):
        order, use = self._confirmed()
        credit = self._credit(self._invoice(order))
        for _turn in range(2):
            credit.button_draft()
            self.assertWallet(balance=5000, available=5000)
            credit.action_post()
            self.assertWallet(balance=10000, available=10000)
        self.assertEqual(use._get_standing_points(), 0)
        lots = use.wallet_id.entry_ids.filtered("points_open")
        self.assertEqual(set(lots.mapped("date_expiry")), {self.lot.date_expiry})

    def test_returns_do_not_depend_on_when_settling_runs(self):
        order, use = self._confirmed()
        credit = self._credit(self._invoice(order))
        credit.button_draft()
        credit.action_post()
        self.assertWallet(balance=10000, available=10000)
        lots = use.wallet_id.entry_ids.filtered("points_open")
        self.assertEqual(set(lots.mapped("date_expiry")), {self.lot.date_expiry})

    def test_reposting_an_invoice_changes_nothing(self):
        order, use = self._confirmed()
        invoice = self._invoice(order)
        number = len(use.entry_ids)
        invoice.button_draft()
        invoice.action_post()
        self.assertEqual(len(use.entry_ids), number)
        self.assertWallet(balance=5000)

    def test_reverse_and_create_invoice_uses_the_points_again(self):
        order, use = self._confirmed()
        draft = self._reverse_and_recreate(self._invoice(order))
        self.assertWallet(balance=10000, available=10000)
        self.assertEqual(len(self._our_lines(draft)), 1)
        draft.action_post()
        self.assertWallet(balance=5000, available=5000)
        self.assertEqual(use._get_standing_points(), 5000)

    def test_invoicing_again_with_points_gone_makes_a_debt(self):
        order, _use = self._confirmed(10000)
        draft = self._reverse_and_recreate(self._invoice(order))
        self._use_points(self._create_order([(self.product, 9, 100.0)]), 4000)
        draft.action_post()
        self.assertEqual(draft.state, "posted")
        self.assertWallet(available=-4000, held=4000)

    def test_credited_order_invoiced_again_from_the_order(self):
        order, use = self._confirmed()
        self._credit(self._invoice(order))
        again = self._invoice(order)
        self.assertEqual(again.amount_untaxed, 150.0)
        self.assertWallet(balance=5000, available=5000)
        self.assertEqual(use._get_standing_points(), 5000)

    # === CANCELLED ORDERS === #

    def test_cancelling_an_invoiced_order_returns_nothing(self):
        """Story 8."""
        order, use = self._confirmed()
        self._invoice(order)
        order.action_cancel()
        self.assertWallet(balance=5000)
        self.assertFalse(self._our_lines(order))
        order.action_draft()
        order.action_confirm()
        self.assertWallet(balance=5000)
        self.assertFalse(self._our_lines(order))
        self.assertEqual(use._get_standing_points(), 5000)

    def test_credit_after_cancelling_the_order_returns_the_points(self):
        order, use = self._confirmed()
        invoice = self._invoice(order)
        order.action_cancel()
        credit = self._credit(invoice)
        self.assertEqual(use._get_standing_points(), 0)
        self.assertWallet(balance=10000, available=10000)
        credit.button_draft()
        self.assertWallet(balance=5000, available=5000)

    def test_cancelling_with_a_draft_invoice_returns_all(self):
        order, _use = self._confirmed()
        self._invoice(order, post=False)
        order.action_cancel()
        self.assertWallet(balance=10000, available=10000)

    def test_invoiced_points_are_not_removed_by_the_button(self):
        order, _use = self._confirmed()
        self.assertTrue(order.loyalty_b2b_can_remove)
        self._invoice(order)
        self.env.invalidate_all()
        self.assertFalse(order.loyalty_b2b_can_remove)
        with self.assertRaisesRegex(UserError, "credit that invoice"):
            order.action_remove_loyalty_b2b_use()

    # === COPIES AND GUARDS === #

    def test_copies_of_invoices_drop_the_discount(self):
        """Story 7: duplicate and monthly recurring copy."""
        order, use = self._confirmed()
        invoice = self._invoice(order, post=False)
        duplicate = invoice.copy()
        invoice.write({"auto_post": "monthly", "date": invoice.invoice_date})
        invoice.action_post()
        recurring = self.env["account.move"].search(
            [("auto_post_origin_id", "=", invoice.id), ("id", "!=", invoice.id)]
        )
        self.assertTrue(recurring)
        for copy in duplicate | recurring:
            self.assertEqual(copy.amount_untaxed, 200.0)
            self.assertEqual(copy.amount_tax, 46.0)
            self.assertFalse(self._our_lines(copy))
            self.assertEqual(sum(copy.line_ids.mapped("balance")), 0.0)
        self.assertEqual(use._get_standing_points(), 5000)

    def test_discount_on_an_invoice_keeps_its_amount(self):
        order, use = self._confirmed()
        invoice = self._invoice(order, post=False)
        line = self._our_lines(invoice)
        for values in (
            {"price_unit": -1.0},
            {"quantity": 2.0},
            {"product_id": self.product.id},
            {"loyalty_b2b_redemption_id": False},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                line.write(values)
        invoice.invoice_line_ids = [Command.delete(line.id)]
        invoice.action_post()
        self.assertEqual(use._get_standing_points(), 5000, "invoiced next time")

    def test_nobody_claims_a_use_of_points_by_hand(self):
        order, use = self._confirmed()
        self.env.invalidate_all()
        move = self._create_invoice_of([100.0], post=False)
        move.invoice_line_ids = [
            Command.create(
                {
                    "product_id": self.product.id,
                    "price_unit": -10.0,
                    "loyalty_b2b_redemption_id": use.id,
                }
            )
        ]
        self.assertFalse(self._our_lines(move))
        invoice = self._invoice(order).with_context(include_business_fields=True)
        self.assertFalse(self._our_lines(invoice.copy()))

    def test_gross_discount_is_the_same_on_the_invoice(self):
        self.program.rate_tax = "gross"
        order = self._create_order(
            [
                (self.product, 1, 33.33),
                (self._create_goods("Book", 1.0, self.tax_8), 3, 7.77),
            ]
        )
        self._use_points(order, 1999)
        order.action_confirm()
        invoice = self._invoice(order)
        self.assertEqual(invoice.amount_total, order.amount_total)
        self.assertEqual(invoice.amount_tax, order.amount_tax)
        credit = self._credit(invoice)
        self.assertEqual(credit.amount_total, order.amount_total)
        self.assertWallet(balance=10000)
