from odoo import Command
from odoo.tests import tagged

from .common import LoyaltyB2bCommon


@tagged("post_install", "-at_install")
class TestStoryRules(LoyaltyB2bCommon):
    """Rules that meet on real documents; every number is worked out by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods = cls.env["product.category"].create({"name": "Goods"})
        cls.nail = cls._create_goods("Nail", 100.0, categ_id=cls.goods.id)

    def _set_rules(self, *terms):
        """Let the programme have these rules and no others."""
        self.program.rule_ids.unlink()
        self.program.rule_ids = [
            Command.create({"name": f"Rule {n}", "sequence": n, **values})
            for n, values in enumerate(terms)
        ]
        return self.program.rule_ids

    def _order(self, *lines, channel=False, **values):
        """Confirm an order of (product, amount) lines."""
        order = self._create_order(
            [(product, 1, amount) for product, amount in lines], **values
        )
        order.loyalty_b2b_channel = channel
        order.action_confirm()
        return order

    def _invoice(self, order, day=None, amounts=None, post=True):
        """Invoice an order, or parts of its lines by amount."""
        move = order._create_invoices()
        if day:
            move.invoice_date = day
        for line, amount in zip(move.invoice_line_ids, amounts or (), strict=False):
            line.quantity = amount / line.price_unit
        if post:
            move.action_post()
        return move

    def assertVerified(self):
        self.wallet._lock()
        self.wallet._settle()
        self.assertFalse(self.wallet._verify())

    # === COMBINATIONS === #

    def test_a_category_web_shop_monthly_cap_and_a_partial_credit(self):
        self._set_rules(
            {
                "points": 2,
                "category_ids": self.category.ids,
                "channel_web": True,
                "cap_points": 1000,
                "cap_period": "month",
            }
        )
        first = self._order((self.product, 400), (self.nail, 100), channel="web")
        self.assertEqual(self._points_of(self._invoice(first, "2024-05-03")), 800)
        # 600 wanted, 200 of them fit
        second = self._invoice(
            self._order((self.product, 300), channel="web"), "2024-05-20"
        )
        self.assertEqual(self._points_of(second), 200)
        by_hand = self._order((self.product, 300), channel="sales")
        self.assertEqual(self._points_of(self._invoice(by_hand, "2024-05-21")), 0)
        # half of the second: 300 of 600 remain wanted, and half of the 200
        half = self._credit(second, [150.0], invoice_date="2024-05-22")
        self.assertEqual(self._points_of(half), -100)
        # and just these 100 are free again
        third = self._order((self.product, 200), channel="web")
        self.assertEqual(self._points_of(self._invoice(third, "2024-05-25")), 100)
        # another month begins anew
        fourth = self._order((self.product, 200), channel="web")
        self.assertEqual(self._points_of(self._invoice(fourth, "2024-06-01")), 400)
        self.assertVerified()

    def test_b_ladder_order_in_three_invoices_and_credits_below_the_steps(self):
        self._set_rules(
            {
                "effect": "ladder",
                "step_ids": [
                    Command.create({"amount": 1000, "points": 100}),
                    Command.create({"amount": 2000, "points": 300}),
                ],
            }
        )
        order = self._order((self.product, 2500))
        self.assertEqual(order._get_loyalty_b2b_expected_points(self.program), 400)
        given = []
        for part in (900, 800, 800):
            move = self._invoice(order, amounts=[part])
            given.append(self._points_of(move))
        self.assertEqual(given, [0, 100, 300])
        credits = [self._credit(move, [amount]) for amount in (600.0, 200.0)]
        self.assertEqual([self._points_of(one) for one in credits], [-300, 0])
        first = order.invoice_ids.filtered(lambda m: m.move_type == "out_invoice")[-1]
        self.assertEqual(self._points_of(self._credit(first, [800.0])), -100)
        self.assertVerified()

    def test_c_multiplier_exclusive_group_and_stop(self):
        self._set_rules(
            {"points": 2, "category_ids": self.category.ids, "exclusive_group": "base"},
            {"points": 1, "exclusive_group": "base"},
            {
                "effect": "multiplier",
                "factor": 3,
                "category_ids": self.category.ids,
                "stop": True,
            },
            {"effect": "order", "points": 5},
        )
        # 100 × 2 × 3 for the drill; 50 × 1 and 5 for the nail
        order = self._order((self.product, 100), (self.nail, 50))
        self.assertEqual(order._get_loyalty_b2b_expected_points(self.program), 655)
        invoice = self._invoice(order)
        self.assertEqual(self._points_of(invoice), 655)
        credit = self._credit(invoice)
        self.assertEqual(self._points_of(credit), -655)
        self.assertVerified()

    def test_d_margin_floor_and_line_discount(self):
        self._set_rules({"min_margin_percent": 20, "max_discount_percent": 10})
        for cost, discount, expected in [
            (72.0, 10.0, 90),
            (72.01, 10.0, 0),
            (0.0, 10.0, 90),
            (0.0, 10.01, 0),
        ]:
            with self.subTest(cost=cost, discount=discount):
                self.product.with_company(self.company).standard_price = cost
                order = self._create_order([(self.product, 1, 100.0)])
                order.order_line.discount = discount
                promised = order._get_loyalty_b2b_expected_points(self.program)
                order.action_confirm()
                earned = self._points_of(self._invoice(order))
                self.assertEqual((promised, earned), (expected, expected))

    def test_g_foreign_currency_and_a_cap(self):
        self._set_rules({"cap_points": 300, "cap_period": "year"})
        currency = self.setup_other_currency("EUR", rates=[("2015-01-01", 2.0)])
        move = self._create_invoice_of([1000.0], currency_id=currency.id)
        # 500 wanted; half of the money takes half of the 300
        self.assertEqual(self._points_of(move), 300)
        self.assertEqual(self._points_of(self._credit(move, [500.0])), -150)
        self.assertEqual(self._points_of(self._create_invoice_of([1000.0])), 150)
        self.assertVerified()

    def test_h_rule_changed_between_invoice_and_credit_note(self):
        (rule,) = self._set_rules({"points": 1})
        old = self._create_invoice_of([1000.0], invoice_date="2024-05-05")
        rule._create_version(self._day("2024-05-10"), points=2)
        new = self._create_invoice_of([100.0], invoice_date="2024-05-12")
        self.assertEqual((self._points_of(old), self._points_of(new)), (1000, 200))
        credit = self._credit(old, [400.0], invoice_date="2024-05-12")
        self.assertEqual(self._points_of(credit), -400)
        credit = self._credit(new, [50.0], invoice_date="2024-05-13")
        self.assertEqual(self._points_of(credit), -100)
        self.assertVerified()

    def test_j_discount_for_points_on_a_category_at_double_rate(self):
        self._set_rules({"points": 2, "category_ids": self.category.ids}, {"points": 1})
        self.program.rule_ids[0].stop = True
        self._give_points(10_000)
        order = self._create_order([(self.product, 1, 600.0), (self.nail, 1, 400.0)])
        order._use_loyalty_b2b_points(10_000)  # 100.00
        order.action_confirm()
        invoice = self._invoice(order)
        # 540 × 2 + 360 × 1
        self.assertEqual(self._points_of(invoice, "earn"), 1440)
        credit = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        for line in credit.invoice_line_ids:
            line.quantity = line.quantity / 2
        credit.action_post()
        self.assertEqual(self._points_of(credit, "reversal"), -720)
        self.assertVerified()

    # === ONE BY ONE, WITH DOCUMENTS === #

    def test_points_per_order_on_a_collective_invoice(self):
        self._set_rules({"effect": "order", "points": 50})
        orders = self._order((self.product, 10)) | self._order((self.product, 20))
        move = orders._create_invoices()
        move.action_post()
        self.assertEqual(self._points_of(move), 100)
        self.assertEqual(self._points_of(self._credit(move, [10.0])), 0)

    def test_points_per_unit_in_another_unit_of_measure(self):
        self._set_rules({"effect": "unit", "points": 5, "units": 6})
        order = self._create_order([(self.product, 2, 60.0)])
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.assertEqual(order._get_loyalty_b2b_expected_points(self.program), 20)
        order.action_confirm()
        invoice = self._invoice(order)
        self.assertEqual(self._points_of(invoice), 20)
        # a price correction of a quarter: quantity 1, amounts decide
        price = order.order_line.price_unit
        credit = self._credit(invoice, [2 * price / 4])
        self.assertEqual(self._points_of(credit), -5)

    def test_minimum_line_quantity_counts_all_invoices_of_the_order_line(self):
        self._set_rules({"points": 1, "min_line_quantity": 10})
        order = self._create_order([(self.product, 10, 10.0)], confirm=True)
        first = self._invoice(order, amounts=[60])
        self.assertEqual(self._points_of(first), 0)
        self.assertEqual(self._points_of(self._invoice(order)), 100)

    def test_fixed_bonus_once_for_each_customer(self):
        self._set_rules({"effect": "bonus", "points": 500})
        first = self._create_invoice_of([10.0])
        second = self._create_invoice_of([10.0])
        self.assertEqual(self._points_of(first), 500)
        self.assertEqual(self._points_of(second), 0)
        other = self._create_customer("Hurtownia Odra", "1111111111")
        self._enrol(other)
        third = self._create_invoice_of([10.0], partner=other)
        self.assertEqual(self._points_of(third), 500)

    def test_reset_and_posted_again_under_a_cap(self):
        self._set_rules({"cap_points": 300, "cap_period": "lifetime"})
        first = self._create_invoice_of([200.0])
        second = self._create_invoice_of([200.0])
        self.assertEqual(self._points_of(second), 100)
        first.button_draft()
        self.assertEqual(self._points_of(first), 0)
        first.action_post()
        self.assertEqual(self._points_of(first), 200)
        second.button_draft()
        first.button_draft()
        second.action_post()
        self.assertEqual(self._points_of(second), 200)
        self.assertVerified()

    def test_conditions_on_products_and_customers_by_filter(self):
        self._set_rules(
            {
                "product_domain": "[('list_price', '>', 50)]",
                "customer_domain": "[('city', '=', 'Gdańsk')]",
            }
        )
        cheap = self._create_goods("Screw", 50.0)
        lines = [(self.product, 1, 70.0), (cheap, 1, 30.0)]
        self.assertEqual(self._points_of(self._create_invoice_of(lines)), 0)
        self.customer.city = "Gdańsk"
        order = self._create_order(lines)
        self.assertEqual(order._get_loyalty_b2b_expected_points(self.program), 70)
        self.assertEqual(self._points_of(self._create_invoice_of(lines)), 70)

    def test_conditions_by_tags_and_country(self):
        tag = self.env["product.tag"].create({"name": "Green"})
        label = self.env["res.partner.category"].create({"name": "Builder"})
        self._set_rules(
            {
                "product_tag_ids": tag.ids,
                "customer_tag_ids": label.ids,
                "country_ids": self.env.ref("base.pl").ids,
            }
        )
        invoice = [(self.product, 1, 10.0), (self.nail, 1, 20.0)]
        self.product.product_tag_ids = tag
        self.nail.additional_product_tag_ids = tag
        self.assertEqual(self._points_of(self._create_invoice_of(invoice)), 0)
        self.customer.category_id = label
        self.assertEqual(self._points_of(self._create_invoice_of(invoice)), 30)
        order = self._create_order(invoice)
        self.assertEqual(order._get_loyalty_b2b_expected_points(self.program), 30)
        self.customer.country_id = self.env.ref("base.de")
        self.assertEqual(self._points_of(self._create_invoice_of(invoice)), 0)

    def test_a_filter_that_cannot_be_read_stops_no_posting(self):
        odd, _rule = self._set_rules({"product_domain": "[('name', '!=', 'x')]"}, {})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE loyalty_b2b_rule SET product_domain = %s WHERE id = %s",
            ["[('no_such_field', '=', 1)]", odd.id],
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        with self.assertLogs("odoo.addons.loyalty_b2b.models.program_conditions"):
            move = self._create_invoice_of([10.0])
        self.assertEqual(self._points_of(move), 10)

    def test_the_explanation_says_why_not(self):
        self._set_rules({"points": 1, "min_amount": 100})
        move = self._create_invoice_of([99.99])
        entry = self.wallet.entry_ids.filtered(lambda e: e.move_id == move)
        self.assertEqual(entry.line_ids.mapped("reason"), ["below_minimum"])
        self.assertEqual(self._points_of(self._create_invoice_of([100.0])), 100)

    def test_points_beyond_reason_stop_no_posting(self):
        self._set_rules({}, *([{"effect": "multiplier", "factor": 1000}] * 5))
        move = self._create_invoice_of([1.0], post=False)
        with self.mute_errors():
            move.action_post()
        self.assertEqual(move.state, "posted")
        self.assertTrue(move.loyalty_b2b_to_book)
        self.assertIn("Points of", move.activity_ids.summary)
        self.program.rule_ids[1:].active = False
        self.env["account.move"]._cron_book_loyalty_b2b()
        self.assertEqual(self._points_of(move), 1)

    def test_stop_counts_after_the_rows_were_read_again(self):
        """Points with a life of their own are booked apart, in the rules' order."""
        self._set_rules(
            {"effect": "order", "points": 60, "expiry_months": 3, "stop": True},
            {"points": 1},
        )
        order = self._create_order([(self.product, 10, 10.0)], confirm=True)
        first = self._invoice(order, amounts=[30])
        self.assertEqual(self._points_of(first), 60)
        self.assertEqual(self._points_of(self._invoice(order)), 0)
        self.assertEqual(self._points_of(self._credit(first, [10.0])), 0)
        self.assertVerified()

    def test_a_reset_takes_back_what_lives_apart_beside_lines_that_earn_nothing(self):
        """Both reversals are of one entry, and have names of their own."""
        goods = self._create_goods("Delivery", 20.0)
        self._set_rules(
            {
                "points": 1,
                "amount": 1.0,
                "expiry_months": 3,
                "product_ids": [Command.set(self.product.ids)],
            }
        )
        lines = [(self.product, 1, 100.0), (goods, 1, 20.0)]
        order = self._create_order(lines, confirm=True)
        invoice = self._invoice(order)
        self.assertEqual(self._points_of(invoice), 100)
        for _turn in range(2):
            invoice.button_draft()
            self.assertEqual(self.wallet.balance, 0)
            self.assertVerified()
            invoice.action_post()
            self.assertEqual(self.wallet.balance, 100)
        self._credit(invoice)
        self.assertEqual(self.wallet.balance, 0)
        self.assertVerified()
