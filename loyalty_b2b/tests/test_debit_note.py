from odoo import SUPERUSER_ID, Command, api, fields
from odoo.modules.registry import Registry
from odoo.tests import tagged

from .process_common import ProcessCase


@tagged("post_install", "-at_install")
class TestDebitNote(ProcessCase):
    """Odoo's own debit notes, which are no dependency: installed in a copy only.

    The rule gives 1 point per 1.00 before June 2024 and 5 from then on.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry.new(
            cls.database, update_module=True, install_modules=["account_debit_note"]
        )
        with cls._environment() as env:
            program = env["loyalty.b2b.program"].browse(cls.program_id)
            day = fields.Date.to_date("2024-06-01")
            program.rule_ids._create_version(day, points=5)
        cls._wallet_id, cls._partner_id = cls._create_wallet()

    def setUp(self):
        super().setUp()
        cr = self.registry.cursor()
        self.addCleanup(cr.close)  # nothing is committed
        self.env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
        self.wallet = self.env["loyalty.b2b.wallet"].browse(self._wallet_id)

    # === HELPERS === #

    def _create_invoice(self, amount=100.0):
        values = self._prepare_invoice(
            self._partner_id, amount, invoice_date="2024-05-10"
        )
        invoice = self.env["account.move"].create(values)
        invoice.action_post()
        return invoice

    def _invoice_order(self, price, use=0):
        """Sell one product, with so many points used; return the posted invoice."""
        line = {"product_id": self.product_id, "price_unit": price}
        order = self.env["sale.order"].create(
            {"partner_id": self._partner_id, "order_line": [Command.create(line)]}
        )
        if use:
            self.env["loyalty.b2b.use.points"].create(
                {"order_id": order.id, "points": use}
            ).action_apply()
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.invoice_date = "2024-05-10"
        invoice.action_post()
        return invoice

    def _debit(self, move, amount=None):
        """Create and post a debit note by Odoo's dialog, in June.

        :param float amount: net, of one new line; without it the lines are copied.
        """
        action = (
            self.env["account.debit.note"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"date": "2024-06-15", "copy_lines": amount is None})
            .create_debit()
        )
        debit = self.env["account.move"].browse(action["res_id"])
        if amount:
            line = {"product_id": self.product_id, "price_unit": amount}
            line["tax_ids"] = [Command.clear()]
            debit.invoice_line_ids = [Command.create(line)]
        debit.action_post()
        return debit

    def _credit(self, move):
        credit = move._reverse_moves([{"invoice_date": "2024-06-20"}])
        credit.action_post()
        return credit

    def _entries_of(self, move):
        return self.env["loyalty.b2b.entry"].search([("move_id", "=", move.id)])

    def _points_of(self, move):
        return sum(self._entries_of(move).mapped("points"))

    # === TESTS === #

    def test_it_earns_with_the_version_of_its_original_and_counts_with_it(self):
        invoice = self._create_invoice()
        debit = self._debit(invoice, 10.0)
        self.assertEqual(debit.debit_origin_id, invoice)
        self.assertEqual(self._points_of(debit), 10)
        entries = self._entries_of(invoice) | self._entries_of(debit)
        self.assertEqual(entries.mapped("group_ref"), [f"move:{invoice.id}"] * 2)

    def test_an_invoice_of_its_date_earns_with_the_new_version(self):
        values = self._prepare_invoice(
            self._partner_id, 10.0, invoice_date="2024-06-15"
        )
        invoice = self.env["account.move"].create(values)
        invoice.action_post()
        self.assertEqual(self._points_of(invoice), 50)

    def test_credit_notes_take_back_each_what_its_own_document_gave(self):
        invoice = self._create_invoice()
        debit = self._debit(invoice, 10.0)
        self.assertEqual(self._points_of(self._credit(debit)), -10)
        self.assertEqual(self._points_of(self._credit(invoice)), -100)
        self.assertEqual(self.wallet.balance, 0)
        self.assertEqual(self.wallet._verify_all(), [])

    def test_steps_count_invoice_and_debit_note_as_one_purchase(self):
        program = self.env["loyalty.b2b.program"].browse(self.program_id)
        program.rule_ids.write({"effect": "step", "points": 10, "amount": 100.0})
        invoice = self._create_invoice(60.0)
        self.assertEqual(self._points_of(invoice), 0)
        debit = self._debit(invoice, 60.0)
        self.assertEqual(self._points_of(debit), 10)

    def test_a_credit_note_cancelled_by_a_debit_note_gives_back_what_it_took(self):
        invoice = self._create_invoice()
        credit = self._credit(invoice)
        self.assertEqual(self._points_of(credit), -100)
        self.assertEqual(self._points_of(self._debit(credit, 100.0)), 100)
        self.assertEqual(self.wallet.balance, 100)

    def test_lines_copied_from_an_invoice_of_an_order_count_with_the_order(self):
        invoice = self._invoice_order(40.0)
        debit = self._debit(invoice)
        self.assertEqual(self._points_of(debit), 40)
        self.assertEqual(
            self._entries_of(debit).group_ref, self._entries_of(invoice).group_ref
        )

    def test_a_copy_of_the_lines_leaves_the_discount_for_points_out(self):
        self.wallet._open_balance(5000, f"points:{self.wallet.id}")
        invoice = self._invoice_order(100.0, use=1000)
        self.assertEqual(invoice.amount_untaxed, 90.0)
        self.assertEqual(self._points_of(invoice), 90)
        debit = self._debit(invoice)
        self.assertEqual(debit.amount_untaxed, 100.0)
        self.assertEqual(self._points_of(debit), 100)
        self.assertEqual(self.wallet.balance, 4190)
