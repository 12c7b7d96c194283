from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import LoyaltyB2bCommon


@tagged("post_install", "-at_install")
class TestStoryEarn(LoyaltyB2bCommon):
    """The earning rows of the table: 1 point per 1.00 net, rounded down."""

    def _pay(self, move):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        return wizard.create({})._create_payments()

    def _commit_hooks(self):
        """Run what runs before a commit."""
        self.env.cr.flush()

    def test_01_partial_credits_take_back_at_the_original_rate(self):
        invoice = self._create_invoice_of([1000.00])
        self.assertEqual(self._points_of(invoice), 1000)
        stands = []
        for amount in (333.33, 333.33, 333.34):
            credit = self._credit(invoice, [amount])
            stands.append(self._points_of(credit))
        self.assertEqual(stands, [-334, -333, -333])
        self.assertWallet(balance=0, available=0)

    def test_02_debt_is_paid_by_later_earning_and_stops_use(self):
        invoice = self._create_invoice_of([1000.00])
        hold = self.wallet._hold(800, "hold:1")
        self.wallet._consume(hold)
        self.assertWallet(available=200)
        self._credit(invoice)
        self.assertWallet(available=-800)
        self._create_invoice_of([500.00])
        self.assertWallet(available=-300)
        with self.assertRaisesRegex(UserError, "300"):
            self.wallet._hold(1, "hold:2")

    def test_03_a_reversal_takes_its_own_lot_first(self):
        lot = self._give_points(100, date_expiry="2099-12-31")
        invoice = self._create_invoice_of([1000.00])
        self._credit(invoice)
        self.assertWallet(available=100, balance=100)
        self.assertEqual(lot.points_open, 100)
        self.assertEqual(lot.date_expiry, fields.Date.to_date("2099-12-31"))

    def test_09_full_credit_in_foreign_currency_at_another_rate_leaves_nothing(self):
        euro = self.setup_other_currency(
            "EUR", rates=[("2024-01-01", 0.25), ("2024-02-01", 0.2)]
        )
        invoice = self._create_invoice_of(
            [100.00], currency_id=euro.id, invoice_date="2024-01-10"
        )
        self.assertEqual(self._points_of(invoice), 400)
        half = self._credit(invoice, [50.00], invoice_date="2024-02-10")
        self.assertEqual(self._points_of(half), -200)
        self._credit(invoice, [50.00], invoice_date="2024-02-10")
        self.assertWallet(balance=0, available=0)

    def test_10_reset_reverses_and_posting_again_earns_anew(self):
        invoice = self._create_invoice_of([1000.00, 500.00])
        invoice.button_draft()
        self.assertWallet(balance=0)
        invoice.invoice_line_ids[1].unlink()
        invoice.action_post()
        self.assertWallet(balance=1000, available=1000)
        lines = self.env["loyalty.b2b.entry"].search([("move_id", "=", invoice.id)])
        self.assertEqual(sorted(lines.mapped("points")), [-1500, 1000, 1500])

    def test_10_a_reset_invoice_can_be_deleted_and_its_history_stays(self):
        invoice = self._create_invoice_of([1000.00])
        number = invoice.name
        invoice.button_draft()
        invoice.with_context(force_delete=True).unlink()
        entries = self.wallet.entry_ids
        self.assertEqual(set(entries.mapped("move_name")), {number})
        self.assertFalse(entries.move_id)

    def test_12_prepaid_points_are_available_at_once(self):
        self.program.activation = "payment"
        invoice = self._create_invoice_of([1000.00])
        self.assertWallet(available=0, waiting=1000)
        self._pay(invoice)
        self._commit_hooks()
        self.assertWallet(available=1000, waiting=0)

    def test_13_payment_undone_and_redone_keeps_the_last_day_of_use(self):
        self.program.activation = "payment"
        invoice = self._create_invoice_of([1000.00])
        payment = self._pay(invoice)
        self._commit_hooks()
        expiry = self.wallet.entry_ids.date_expiry
        self.assertTrue(expiry)
        payment.action_draft()
        payment.action_cancel()
        self._commit_hooks()
        self.assertWallet(available=0, waiting=1000, balance=0)
        with self.on("2030-05-05"):
            self._pay(invoice)
            self._commit_hooks()
        lot = self.wallet.entry_ids.filtered(lambda e: e.points_open > 0)
        self.assertEqual(lot.date_expiry, expiry)
        self.assertEqual(self.wallet.balance, 1000)

    def test_16_orders_earn_what_they_promised_however_they_are_invoiced(self):
        first = self._create_order([(self.product, 10, 33.33)], confirm=True)
        second = self._create_order([(self.product, 3, 0.55)], confirm=True)
        promised = [
            order._get_loyalty_b2b_expected_points(self.program)
            for order in (first, second)
        ]
        self.assertEqual(promised, [333, 1])
        invoice = (first | second)._create_invoices()
        self.assertEqual(len(invoice), 1)
        invoice.action_post()
        self.assertEqual(self._points_of(invoice), 334)
        entries = self.env["loyalty.b2b.entry"].search([("move_id", "=", invoice.id)])
        self.assertEqual(sorted(entries.mapped("points")), [1, 333])

    def test_16_one_order_over_three_invoices(self):
        self.product.invoice_policy = "order"
        order = self._create_order([(self.product, 3, 33.35)], confirm=True)
        moves = self.env["account.move"]
        for _turn in range(3):
            invoice = order._create_invoices(final=True)
            invoice.invoice_line_ids.quantity = 1
            invoice.action_post()
            moves |= invoice
        self.assertEqual(
            [self._points_of(move) for move in moves],
            [33, 33, 34],
        )
        self.assertWallet(available=100)


@tagged("post_install", "-at_install")
class TestAccrual(LoyaltyB2bCommon):
    def test_invoice_from_before_joining_gives_and_takes_nothing(self):
        customer = self._create_customer("Nowy", "7777777777")
        invoice = self._create_invoice_of(
            [100.0], partner=customer, invoice_date="2024-01-05"
        )
        wallet = self._enrol(customer, date_start="2024-02-01")
        self._create_invoice_of([100.0], partner=customer, invoice_date="2024-01-31")
        self._credit(invoice, invoice_date="2024-03-01")
        self.assertWallet(wallet, balance=0)
        self.assertFalse(wallet.entry_ids)

    def test_excluded_lines_say_why_they_earn_nothing(self):
        self.program.excluded_product_ids = self.product
        invoice = self._create_invoice_of([100.0])
        entry = self.env["loyalty.b2b.entry"].search([("move_id", "=", invoice.id)])
        self.assertEqual(entry.points, 0)
        self.assertIn("excluded", entry.line_ids.reason_text)

    def test_explanation_lines_sum_to_the_entry(self):
        invoice = self._create_invoice_of([0.55, 0.55, 0.90])
        entry = self.env["loyalty.b2b.entry"].search([("move_id", "=", invoice.id)])
        self.assertEqual(entry.points, 2)
        self.assertEqual(sum(entry.line_ids.mapped("points")), 2)

    def test_larger_order_discount_than_the_first_delivery(self):
        """DESIGN §5: negative lines count; the order as a whole decides."""
        discount = self._create_goods("Discount", 0.0, type="service")
        order = self._create_order(
            [(self.product, 4, 100.0), (discount, 1, -143.48)], confirm=True
        )
        first = order._create_invoices()
        first.invoice_line_ids.filtered(lambda line: line.price_unit > 0).quantity = 1
        first.action_switch_move_type()
        first.action_post()
        self.assertEqual(first.move_type, "out_refund")
        self.assertEqual(self._points_of(first), 0)
        rest = order._create_invoices()
        rest.action_post()
        self.assertEqual(self._points_of(first | rest), 256)

    def test_unlinked_credit_takes_no_more_than_was_earned(self):
        self._create_invoice_of([100.0])
        credit = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.customer.id,
                "invoice_line_ids": [Command.create(self._prepare_line(250.0))],
            }
        )
        credit.action_post()
        self.assertEqual(self._points_of(credit), -100)
        credit.button_draft()
        self.assertWallet(balance=100, available=100)

    def test_commercial_bonus_takes_nothing_back(self):
        self._create_invoice_of([100.0])
        self.product.loyalty_b2b_commercial_bonus = True
        credit = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.customer.id,
                "invoice_line_ids": [Command.create(self._prepare_line(50.0))],
            }
        )
        credit.action_post()
        self.assertWallet(balance=100)

    def test_reset_credit_note_gives_back_with_the_old_last_day(self):
        invoice = self._create_invoice_of([100.0])
        expiry = self.wallet.entry_ids.date_expiry
        credit = self._credit(invoice)
        with self.on("2031-01-01"):
            credit.button_draft()
        lot = self.wallet.entry_ids.filtered(lambda e: e.points_open > 0)[0]
        self.assertEqual(lot.date_expiry, expiry)
        self.assertEqual(self.wallet.balance, 100)
        credit.action_post()
        self.assertWallet(balance=0)

    def test_reset_invoice_with_a_credit_note_and_post_again(self):
        invoice = self._create_invoice_of([1000.0])
        self._credit(invoice, [333.0])
        self.assertWallet(balance=667)
        invoice.button_draft()
        self.assertWallet(balance=0)
        invoice.action_post()
        self.assertWallet(balance=667)

    def test_branch_earns_into_the_wallet_above(self):
        branch = self._create_customer("Oddział Kraków", parent_id=self.customer.id)
        self.assertEqual(self._enrol(branch), self.wallet)
        self._create_invoice_of([50.0], partner=branch)
        self.assertWallet(balance=50)

    def test_rule_error_never_stops_a_posting(self):
        path = "odoo.addons.loyalty_b2b.tools.engine.explain"
        with self.mute_errors(), self.patch_with(path, side_effect=ZeroDivisionError):
            invoice = self._create_invoice_of([100.0])
        self.assertEqual(invoice.state, "posted")
        self.assertTrue(invoice.loyalty_b2b_to_book)
        self.assertTrue(invoice.activity_ids)
        self.env["account.move"]._cron_book_loyalty_b2b()
        self.assertWallet(balance=100)
        self.assertFalse(invoice.loyalty_b2b_to_book)

    def test_a_batch_books_as_its_invoices_one_by_one(self):
        invoices = self.env["account.move"]
        for amount in (10.5, 20.25, 30.75):
            invoices |= self._create_invoice_of([amount], post=False)
        invoices._post()
        self.assertEqual(
            [self._points_of(invoice) for invoice in invoices], [10, 20, 30]
        )


@tagged("post_install", "-at_install")
class TestAccrualDocuments(LoyaltyB2bCommon):
    """Each kind of document that Odoo makes out of an order."""

    def _advance(self, order, percent):
        """Invoice a down payment of a percentage, and post it."""
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_ids=order.ids)
            .create({"advance_payment_method": "percentage", "amount": percent})
        )
        invoice = wizard._create_invoices(order)
        invoice.action_post()
        return invoice

    def _finish(self, order):
        invoice = order._create_invoices(final=True)
        invoice.action_post()
        return invoice

    def test_down_payment_of_30_percent_earns_with_the_final_invoice(self):
        order = self._create_order([(self.product, 10, 100.0)], confirm=True)
        advance = self._advance(order, 30)
        self.assertEqual(self._points_of(advance), 0)
        self.assertEqual(self._points_of(self._finish(order)), 1000)

    def test_down_payment_of_100_percent_earns_at_once_if_set(self):
        self.program.count_down_payments = True
        order = self._create_order([(self.product, 10, 100.0)], confirm=True)
        advance = self._advance(order, 100)
        self.assertEqual(self._points_of(advance), 1000)
        self.assertEqual(self._points_of(self._finish(order)), 0)
        self.assertWallet(balance=1000)

    def test_down_payments_that_complete_the_order_together(self):
        self.program.count_down_payments = True
        order = self._create_order([(self.product, 10, 100.0)], confirm=True)
        first, second = self._advance(order, 50), self._advance(order, 50)
        self.assertEqual(self._points_of(first), 0)
        self.assertEqual(self._points_of(second), 1000)
        credit = self._credit(second)
        self.assertEqual(self._points_of(credit), -1000)

    def test_down_payment_of_100_percent_earns_with_the_goods_if_not_set(self):
        self.program.count_down_payments = False
        order = self._create_order([(self.product, 10, 100.0)], confirm=True)
        self.assertEqual(self._points_of(self._advance(order, 100)), 0)
        self.assertEqual(self._points_of(self._finish(order)), 1000)

    def test_price_correction_counts_by_amount_not_quantity(self):
        order = self._create_order([(self.product, 10, 100.0)], confirm=True)
        invoice = order._create_invoices()
        invoice.action_post()
        credit = self._credit(invoice, [(self.product, 1, 50.0)])
        self.assertEqual(self._points_of(credit), -50)
        rest = self._credit(invoice, [(self.product, 1, 950.0)])
        self.assertEqual(self._points_of(rest), -950)
        self.assertWallet(balance=0)

    def test_credit_linked_by_the_order_only(self):
        """core's `_set_reversed_entry` does nothing for it: the order line links."""
        order = self._create_order([(self.product, 10, 100.0)], confirm=True)
        invoice = order._create_invoices()
        invoice.action_post()
        order.order_line.product_uom_qty = 7
        credit = order._create_invoices(final=True)
        credit.action_post()
        self.assertEqual(credit.move_type, "out_refund")
        credit.reversed_entry_id = False
        self.assertEqual(self._points_of(invoice | credit), 700)

    def test_receipt_earns(self):
        receipt = self._create_invoice_of([100.0], move_type="out_receipt")
        self.assertEqual(self._points_of(receipt), 100)

    def test_vendor_bill_earns_nothing(self):
        self._create_invoice_of([100.0], move_type="in_invoice")
        self.assertFalse(self.wallet.entry_ids)

    def test_debit_note_earns_with_the_version_of_its_original(self):
        invoice = self._create_invoice_of([100.0], invoice_date="2024-05-10")
        rule = self.program.rule_ids
        rule._create_version(self._day("2024-06-01"), points=5)
        draft = self._create_invoice_of([10.0], invoice_date="2024-06-15", post=False)
        prepare = type(draft)._prepare_loyalty_b2b_document

        def debit(move, posted_before):
            document = prepare(move, posted_before)
            document.debited = invoice
            return document

        path = "odoo.addons.loyalty_b2b.models.account_move.AccountMove"
        with self.patch_with(
            f"{path}._prepare_loyalty_b2b_document", autospec=True, side_effect=debit
        ):
            draft.action_post()
        self.assertEqual(self._points_of(draft), 10)

    def test_rule_changed_between_invoice_and_credit_note(self):
        invoice = self._create_invoice_of([100.0], invoice_date="2024-05-10")
        self.program.rule_ids._create_version(self._day("2024-06-01"), points=5)
        later = self._create_invoice_of([100.0], invoice_date="2024-06-01")
        self.assertEqual(self._points_of(later), 500)
        credit = self._credit(invoice, [40.0], invoice_date="2024-06-15")
        self.assertEqual(self._points_of(credit), -40)

    def test_two_programmes_and_companies_stay_apart(self):
        other = self.setup_other_company()["company"]
        invoice = self.init_invoice(
            "out_invoice",
            partner=self.customer,
            amounts=[100.0],
            company=other,
            post=True,
        )
        self.assertEqual(invoice.state, "posted")
        self.assertFalse(self.wallet.entry_ids)

    def test_paused_programme_breaks_no_invoice_and_gives_nothing(self):
        invoice = self._create_invoice_of([100.0])
        self.program.action_pause()
        self._create_invoice_of([50.0])
        self._credit(invoice, [30.0])
        self.assertWallet(balance=70)

    def test_per_full_amount_counts_the_order_as_a_whole(self):
        self.program.rule_ids.write({"effect": "step", "points": 10, "amount": 100.0})
        order = self._create_order([(self.product, 3, 60.0)], confirm=True)
        self.assertEqual(order._get_loyalty_b2b_expected_points(self.program), 10)
        moves = self.env["account.move"]
        for _turn in range(3):
            invoice = order._create_invoices(final=True)
            invoice.invoice_line_ids.quantity = 1
            invoice.action_post()
            moves |= invoice
        self.assertEqual([self._points_of(move) for move in moves], [0, 10, 0])
        credit = self._credit(moves[2])
        self.assertEqual(self._points_of(credit), 0)
        credit = self._credit(moves[1])
        self.assertEqual(self._points_of(credit), -10)


@tagged("post_install", "-at_install")
class TestMissedPoints(LoyaltyB2bCommon):
    def test_order_of_a_stranger_says_what_the_last_quarter_would_have_earned(self):
        customer = self._create_customer("Bez portfela", "1111111111")
        old = fields.Date.subtract(fields.Date.today(), months=4)
        self._create_invoice_of([5000.0], partner=customer, invoice_date=old)
        invoice = self._create_invoice_of([1000.0, 240.0], partner=customer)
        self._credit(invoice, [240.0])
        order = self._create_order([(self.product, 1, 10.0)], partner=customer)
        order = order.with_user(self.salesperson)
        self.assertTrue(order.loyalty_b2b_can_invite)
        self.assertIn("1,000 points", order.loyalty_b2b_missed_text)
        self.assertFalse(self.env["loyalty.b2b.entry"].search([]))

    def test_order_of_a_participant_says_nothing_of_it(self):
        order = self._create_order([(self.product, 1, 10.0)])
        self.assertFalse(order.loyalty_b2b_missed_text)
