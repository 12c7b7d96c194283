from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .use_common import UseCommon


@tagged("post_install", "-at_install")
class TestUseAmounts(UseCommon):
    """What comes off an order, to the cent, over all kinds of taxes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._give_points(1000000)
        cls.tax_5 = cls._create_vat(5)
        cls.tax_23_in = cls._create_vat(23, included=True)
        cls.tax_8_in = cls._create_vat(8, included=True)
        cls.fixed = cls._create_vat(0, amount_type="fixed", amount=2.0, name="Fee")
        cls.fixed_base = cls._create_vat(
            0,
            amount_type="fixed",
            amount=1.5,
            name="Fee before VAT",
            include_base_amount=True,
            sequence=0,
        )
        cls.none = cls.env["account.tax"]

    def _orders(self):
        """Return name → order of many tax combinations."""
        groups = {
            "23": [self.tax_23],
            "23 8 5": [self.tax_23, self.tax_8, self.tax_5],
            "all": [self.tax_23, self.tax_8, self.tax_5, self.tax_0, self.none],
            "exempt": [self.none],
            "included": [self.tax_23_in, self.tax_8_in],
            "mixed": [self.tax_23_in, self.tax_8, self.none],
            "fixed": [self.tax_23 | self.fixed, self.tax_8],
            "fixed in base": [self.tax_23 | self.fixed_base, self.tax_8],
        }
        prices = (33.33, 66.67, 0.99, 12.34, 7.01)
        return {
            name: self._create_order(
                [
                    (
                        self._create_goods(f"{name} {number}", 1.0, tax),
                        number + 1,
                        price,
                    )
                    for number, (tax, price) in enumerate(
                        zip(taxes, prices, strict=False)
                    )
                ]
            )
            for name, taxes in groups.items()
        }

    def test_gross_total_falls_by_exactly_the_amount(self):
        """Defect h: 10.00 over three tax groups took 10.01."""
        self._set_gross(1000, 10.0)
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            for name, order in self._orders().items():
                for points in (100, 333, 1000, 1999):
                    before = order.amount_total + self._discount_of(order)
                    use = self._use_points(order, points)
                    with self.subTest(method, name=name, points=points):
                        self.assertAlmostEqual(before - order.amount_total, use.amount)

    def _discount_of(self, order):
        return -sum(self._our_lines(order).mapped("price_total"))

    def test_net_falls_by_exactly_the_amount_and_vat_follows(self):
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            for name, order in self._orders().items():
                before = order.amount_untaxed
                for points in (333, 1000, 1999):
                    use = self._use_points(order, points)
                    with self.subTest(method, name=name, points=points):
                        self.assertAlmostEqual(
                            before - order.amount_untaxed, use.amount
                        )
                        self._check_vat(order, method)

    def _check_vat(self, order, method):
        """Check VAT = Σ net × rate for each percentage tax of an order."""
        if method == "round_per_line":
            return
        for tax in (self.tax_23, self.tax_8, self.tax_5):
            lines = order.order_line.filtered(lambda line, tax=tax: line.tax_ids == tax)
            others = order.order_line.filtered(
                lambda line, tax=tax: tax in line.tax_ids and line.tax_ids != tax
            )
            if others:
                continue
            net = sum(lines.mapped("price_subtotal"))
            groups = order.tax_totals["subtotals"][0]["tax_groups"]
            found = [
                group["tax_amount_currency"]
                for group in groups
                if group["involved_tax_ids"] == tax.ids
            ]
            if found:
                expected = self.currency.round(net * tax.amount / 100)
                self.assertAlmostEqual(found[0], expected)

    def test_every_line_carries_its_taxes(self):
        for rate_tax in ("net", "gross"):
            self.program.rate_tax = rate_tax
            order = self._create_order(
                [
                    (self.product, 1, 100.0),
                    (self._create_goods("B", 1, self.tax_8), 1, 100.0),
                ]
            )
            self._use_points(order, 1000)
            taxes = self._our_lines(order).mapped("tax_ids")
            with self.subTest(rate_tax):
                self.assertEqual(taxes, self.tax_23 | self.tax_8)
                self.assertEqual(len(self._our_lines(order)), 2)

    def test_order_can_be_covered_to_the_last_cent(self):
        self._set_gross(3, 2.0)
        for order in self._orders().values():
            wizard = self.env["loyalty.b2b.use.points"].create({"order_id": order.id})
            wizard.action_use_most()
            wizard.action_apply()
            fees = sum(
                tax["tax_amount_currency"]
                for subtotal in order.tax_totals["subtotals"]
                for tax in subtotal["tax_groups"]
                if set(tax["involved_tax_ids"])
                & set((self.fixed | self.fixed_base).ids)
            )
            self.assertAlmostEqual(order.amount_total, 0.0, delta=10 * bool(fees))

    def test_percent_of_the_order_limits(self):
        self.program.max_order_percent = 50
        order = self._create_order([(self.product, 1, 100.0)])
        with self.assertRaisesRegex(UserError, "At most 5,000 points"):
            self._use_points(order, 5001)
        self._use_points(order, 5000)
        self.assertEqual(order.amount_untaxed, 50.0)

    def test_excluded_products_take_no_discount(self):
        other = self._create_goods("Fuel", 1.0, self.tax_8)
        self.program.excluded_product_ids = [Command.set(other.ids)]
        order = self._create_order([(self.product, 1, 10.0), (other, 1, 100.0)])
        with self.assertRaisesRegex(UserError, "At most 1,000 points"):
            self._use_points(order, 1001)
        self._use_points(order, 1000)
        self.assertEqual(self._our_lines(order).tax_ids, self.tax_23)

    def test_other_currency_at_the_orders_rate(self):
        foreign = self.env["res.currency"].create(
            {
                "name": "TST",
                "symbol": "T",
                "rounding": 0.01,
                "rate_ids": [Command.create({"name": "2015-01-01", "rate": 0.25})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": foreign.id}
        )
        order = self._create_order(
            [(self.product, 1, 100.0)], pricelist_id=pricelist.id
        )
        use = self._use_points(order, 10000)
        self.assertEqual(use.currency_id, foreign)
        self.assertEqual(order.amount_untaxed, 75.0)
        self.assertEqual(use.entry_ids.amount, 100.0)

    def test_existing_discount_lowers_what_points_can_take(self):
        order = self._create_order([(self.product, 1, 100.0)])
        self.env["sale.order.discount"].create(
            {
                "sale_order_id": order.id,
                "discount_type": "so_discount",
                "discount_percentage": 0.5,
            }
        ).action_apply_discount()
        with self.assertRaisesRegex(UserError, "At most 5,000 points"):
            self._use_points(order, 6000)

    # === WHEN THE ORDER CHANGES === #

    def test_changed_order_is_computed_anew_at_confirmation(self):
        self._set_gross(1000, 10.0)
        order = self._create_order([(self.product, 1, 100.0)])
        use = self._use_points(order, 12300)
        self.assertEqual(order.amount_total, 0.0)
        order.order_line[0].price_unit = 50.0
        self.assertTrue(order.loyalty_b2b_is_outdated)
        order.action_confirm()
        self.assertEqual(use.points, 6150)
        self.assertEqual(order.amount_total, 0.0)
        self.assertWallet(balance=1000000 - 6150, held=0)

    def test_changed_taxes_are_computed_anew(self):
        self._set_gross(1000, 10.0)
        order = self._create_order([(self.product, 1, 100.0)])
        self._use_points(order, 1000)
        position = self._create_fiscal_position(self.tax_23, self.tax_0)
        order.fiscal_position_id = position
        order.action_update_taxes()
        ours = self._our_lines(order)
        self.assertEqual(ours.tax_ids, self.tax_23, "Update taxes skips ours")
        order.action_quotation_send()
        self.assertEqual(self._our_lines(order).tax_ids, self.tax_0)
        self.assertEqual(order.amount_total, 90.0)

    def test_update_prices_skips_ours(self):
        order = self._create_order([(self.product, 1, 80.0)])
        self._use_points(order, 1000)
        price = self._our_lines(order).price_unit
        order.action_update_prices()
        self.assertEqual(self._our_lines(order).price_unit, price)
        self.assertEqual(order.amount_untaxed, 90.0)

    def test_pricelist_of_another_currency_releases(self):
        foreign = self.env["res.currency"].create({"name": "TST", "symbol": "T"})
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": foreign.id}
        )
        order = self._create_order([(self.product, 1, 80.0)])
        use = self._use_points(order, 1000)
        order.pricelist_id = pricelist
        self.assertEqual(use.state, "cancelled")
        self.assertFalse(self._our_lines(order))
        order.action_confirm()
        self.assertEqual(order.amount_untaxed, 80.0)

    def test_quantity_zero_stops_with_the_reason(self):
        order = self._create_order([(self.product, 1, 80.0)])
        self._use_points(order, 1000)
        order.order_line[0].product_uom_qty = 0
        with self.assertRaisesRegex(UserError, f"{order.name} has changed.*Nothing"):
            order.action_confirm()

    def test_other_customer_or_address_releases(self):
        branch = self.env["res.partner"].create(
            {"name": "Accounts", "type": "invoice", "parent_id": self.customer.id}
        )
        for values in (
            {"partner_invoice_id": branch.id},
            {"partner_id": self._create_customer("Other").id},
        ):
            order = self._create_order(
                [(self.product, 1, 80.0)], partner_invoice_id=self.customer.id
            )
            use = self._use_points(order, 1000)
            order.write(values)
            with self.subTest(values=values):
                self.assertEqual(use.state, "cancelled")
                self.assertEqual(order.amount_untaxed, 80.0)
                self.assertWallet(held=0)

    def test_preview_print_and_portal_refresh(self):
        calls = (
            lambda order: order.action_preview_sale_order(),
            lambda order: order._get_default_payment_link_values(),
            lambda order: order._refresh_loyalty_b2b_use(strict=False),
            lambda order: self.env["ir.actions.report"]._pre_render_qweb_pdf(
                "sale.action_report_saleorder", order.ids
            ),
        )
        for call in calls:
            order = self._create_order([(self.product, 1, 80.0)])
            self._use_points(order, 8000)
            order.order_line[0].price_unit = 50.0
            call(order)
            self.assertEqual(order.amount_untaxed, 0.0)

    def test_portal_loses_a_discount_that_no_longer_fits(self):
        order = self._create_order([(self.product, 1, 80.0)])
        use = self._use_points(order, 1000)
        order.order_line[0].product_uom_qty = 0
        order._refresh_loyalty_b2b_use(strict=False)
        self.assertEqual(use.state, "cancelled")
        self.assertIn("no longer fits", order.message_ids[0].body)
