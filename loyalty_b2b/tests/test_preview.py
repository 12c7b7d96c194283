from lxml import html

from odoo import Command
from odoo.tests import tagged

from .portal_common import LoyaltyB2bPortalCommon


@tagged("post_install", "-at_install")
class TestPreview(LoyaltyB2bPortalCommon):
    """What quotations promise, to staff and to customers, and what is expected."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.everything = cls.program.rule_ids

    @classmethod
    def _create_rule(cls, name, **values):
        return cls.env["loyalty.b2b.rule"].create(
            {"name": name, "program_id": cls.program.id, "sequence": 20, **values}
        )

    @classmethod
    def _create_ladder(cls):
        steps = [Command.create({"amount": 1400, "points": 340})]
        return cls._create_rule("Ladder", effect="ladder", step_ids=steps)

    # === STAFF === #

    def test_order_says_what_more_would_earn_extra(self):
        self._create_ladder()
        order = self._create_order([(self.product, 2, 620.0)])
        text = order.with_user(self.salesperson).loyalty_b2b_text
        self.assertIn("about 1,240 points after invoicing", text)
        self.assertIn(f"{self.currency.format(160.0)} more earn 500 extra", text)

    def test_a_confirmed_order_nudges_nobody(self):
        self._create_ladder()
        order = self._create_order([(self.product, 2, 620.0)], confirm=True)
        self.assertIn("about 1,240 points", order.loyalty_b2b_text)
        self.assertNotIn("more earn", order.loyalty_b2b_text)

    def test_a_point_or_two_is_no_nudge(self):
        self.everything.write({"effect": "step", "amount": 10.0})
        order = self._create_order([(self.product, 2, 622.0)])
        self.assertIn("about 124 points", order.loyalty_b2b_text)
        self.assertNotIn("more earn", order.loyalty_b2b_text)
        small = self._create_order([(self.product, 1, 12.0)])
        self.assertIn(
            f"{self.currency.format(8.0)} more earn 1", small.loyalty_b2b_text
        )

    def test_a_nudge_is_said_in_the_currency_of_the_order(self):
        self._create_ladder()
        euro = self.setup_other_currency("EUR", rates=[("2000-01-01", 0.5)])
        pricelist = self.env["product.pricelist"].create(
            {"name": "EUR", "currency_id": euro.id}
        )
        order = self._create_order(
            [(self.product, 2, 310.0)], pricelist_id=pricelist.id
        )
        self.assertIn(f"{euro.format(80.0)} more earn 500", order.loyalty_b2b_text)

    def test_a_limit_that_other_invoices_used_lowers_the_promise(self):
        self.everything.cap_points = 300
        self._create_invoice_of([180.0])
        order = self._create_order([(self.product, 2, 100.0)])
        self.assertIn("about 120 points", order.loyalty_b2b_text)
        order.action_confirm()
        order.order_line.qty_delivered = 2
        move = order._create_invoices()
        move.action_post()
        self.assertEqual(self._points_of(move), 120)

    def test_what_an_order_got_of_a_limit_stays_its_own(self):
        self.everything.cap_points = 300
        order = self._create_order([(self.product, 4, 100.0)], confirm=True)
        move = order._create_invoices()
        move.invoice_line_ids.quantity = 2
        move.action_post()
        self.env.invalidate_all()
        promise = order._get_loyalty_b2b_promise(self.wallet.sudo())
        self.assertEqual(promise.points, 300)
        self.assertEqual(self.wallet.expected, 100)

    def test_a_limit_costs_one_query(self):
        order = self._create_order([(self.product, 2, 620.0)])
        free = self._count_queries(order)
        self.everything.cap_points = 3000
        self.assertEqual(self._count_queries(order), free + 1)

    def _count_queries(self, order):
        order = order.with_user(self.salesperson)
        for _turn in ("warm up", "measure"):
            self.env.flush_all()
            self.env.invalidate_all()
            order.order_line.mapped("price_subtotal")
            order.read(["partner_invoice_id", "state"])
            (order.currency_id | order.company_id.currency_id).mapped("name")
            count = self.cr.sql_log_count
            order.read(["loyalty_b2b_text", "loyalty_b2b_can_invite"])
        return self.cr.sql_log_count - count

    # === EXPECTED === #

    def test_wallet_shows_what_confirmed_orders_will_earn(self):
        self._create_order([(self.product, 3, 100.0)], confirm=True)
        wallet = self.wallet.with_user(self.salesperson)
        self.assertEqual(wallet.expected, 300)
        self.assertEqual(wallet.balance, 0)

    def test_expected_points_keep_to_limits_and_minimums(self):
        self.everything.write({"cap_points": 350, "min_amount": 150.0})
        for quantity in (1, 2, 3):
            self._create_order([(self.product, quantity, 100.0)], confirm=True)
        # 100 are below the minimum; of 200 + 300 only 350 fit
        self.assertEqual(self.wallet.expected, 350)
        # taxes of other companies were read in sudo
        self.env.invalidate_all()
        self._create_invoice_of([250.0])
        self.env.invalidate_all()
        self.assertEqual(self.wallet.expected, 100)

    def test_what_is_decided_later_is_not_expected(self):
        self._create_rule("On time", trigger="on_time", points=5)
        self._create_order([(self.product, 1, 100.0)], confirm=True)
        self.assertEqual(self.wallet.expected, 100)

    def test_control_group_expects_nothing(self):
        self._create_order([(self.product, 3, 100.0)], confirm=True)
        self.wallet.is_control = True
        self.assertEqual(self.wallet.expected, 0)

    # === PORTAL === #

    def _open_order(self, order, user=None):
        """Return the text about points on the order's page, '' without one."""
        page = self._open(order.get_portal_url(), user)
        self.assertEqual(page.status_code, 200)
        return self._find_text(page.text, "loyalty_b2b_promise")

    def _find_text(self, text, name):
        found = html.fromstring(text).xpath(f"//div[@name='{name}']")
        return " ".join(self._text(node) for node in found)

    def _create_sent(self):
        order = self._create_order([(self.product, 2, 620.0)])
        order.action_quotation_sent()
        return order

    def test_customer_reads_what_the_quotation_earns(self):
        self._create_ladder()
        for user in (self.boss, self.sales_all, self.salesperson):
            with self.subTest(user=user.login):
                text = self._open_order(self._create_sent(), user)
                self.assertIn("This order earns about 1,240 points", text)
                self.assertIn(f"{self._money(160.0)} more (net) earn 500 points", text)

    def test_people_of_other_companies_read_nothing(self):
        order = self._create_sent()
        for user in (self.stranger, self.outsider, None):
            with self.subTest(user=user and user.login):
                self.assertEqual(self._open_order(order, user), "")

    def test_colleagues_read_nothing_of_customers_of_others(self):
        order = self._create_sent()
        self.customer.user_id = self.sales_all
        self.assertEqual(self._open_order(order, self.salesperson), "")

    def test_who_comes_by_the_link_reads_what_is_printed(self):
        self.program.print_on_order = True
        self.assertIn("1,240 points", self._open_order(self._create_sent()))

    def test_without_a_wallet_there_is_nothing_to_read(self):
        newcomer = self.outsider.partner_id.parent_id
        order = self._create_order([(self.product, 2, 620.0)], partner=newcomer)
        order.action_quotation_sent()
        for user in (self.outsider, self.sales_all, None):
            self.assertEqual(self._open_order(order, user), "")

    def test_control_group_reads_nothing(self):
        self.wallet.is_control = True
        self.program.print_on_order = True
        order = self._create_sent()
        for user in (self.boss, self.sales_all, None):
            self.assertEqual(self._open_order(order, user), "")

    # === PAPER === #

    def _print(self, report, record):
        content = self.env["ir.actions.report"]._render_qweb_html(report, record.ids)[0]
        return content.decode()

    def test_paper_says_what_an_order_earns_if_set(self):
        order = self._create_order([(self.product, 2, 620.0)])
        for is_set in (False, True):
            self.program.print_on_order = is_set
            text = self._find_text(
                self._print("sale.report_saleorder", order), "loyalty_b2b_promise"
            )
            self.assertEqual("1,240 points" in text, is_set)

    def test_paper_says_what_an_invoice_earned_if_set(self):
        move = self._create_invoice_of([1240.0])
        self._credit(move, [240.0])
        for is_set in (False, True):
            self.program.print_on_invoice = is_set
            text = self._find_text(
                self._print("account.report_invoice", move), "loyalty_b2b_earned"
            )
            self.assertEqual(
                text, "This invoice earned 1,240 points." if is_set else ""
            )

    def test_paper_says_that_points_wait_for_payment(self):
        self.program.write({"print_on_invoice": True, "activation": "payment"})
        texts = self._create_invoice_of([1240.0])._get_loyalty_b2b_print_texts()
        self.assertEqual(
            texts, ["This invoice earned 1,240 points, available once it is paid."]
        )

    def test_paper_of_other_documents_says_nothing(self):
        self.program.print_on_invoice = True
        move = self._create_invoice_of([1240.0])
        stranger = self._create_customer("Not taking part")
        for other in (
            self._credit(move),
            self._create_invoice_of([10.0], post=False),
            self._create_invoice_of([10.0], partner=stranger),
        ):
            self.assertEqual(other._get_loyalty_b2b_print_texts(), [])
