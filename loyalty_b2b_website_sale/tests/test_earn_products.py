from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .earn_common import EarnCommon


@tagged("post_install", "-at_install")
class TestEarnProducts(EarnCommon):
    """List and product page promise what the invoice of that product books."""

    # === WHO === #

    def test_list_and_page_say_it(self):
        self.assertEqual(self._card(self.product), "Earn 100 points")
        self.assertEqual(self._page(self.product), "Earn 100 points")
        self.assertEqual(self._check_promise(self.product), 100)

    def test_one_point_is_a_point(self):
        nail = self._publish("Nail", 1.0)
        self.assertEqual(self._card(nail), "Earn 1 point")

    def test_strangers_read_no_numbers(self):
        for user in (None, self.outsider):
            with self.subTest(user=user and user.login):
                page = self._open("/shop", user)
                self.assertNotIn("o_loyalty_b2b_earns", page.text)
                page = self._open(self.product.website_url, user)
                self.assertNotIn("o_loyalty_b2b_earns", page.text)
        self.authenticate(None, None)
        info = self.make_jsonrpc_request(
            "/website_sale/get_combination_info",
            {
                "product_template_id": self.product.product_tmpl_id.id,
                "product_id": self.product.id,
                "combination": [],
                "add_qty": 1,
            },
        )
        self.assertNotIn("loyalty_b2b_earns", info)

    def test_who_only_collects_reads_it_too(self):
        self.wallet._grant(self.buyer.partner_id, "collects", reason="Test")
        self.assertEqual(self._card(self.product, self.buyer), "Earn 100 points")

    def test_a_programme_that_earns_nothing_says_nothing(self):
        self.program.action_pause()
        self.assertEqual(self._card(self.product), "")
        self.assertEqual(self._page(self.product), "")

    def test_only_on_the_websites_of_the_programme(self):
        other = self.env["website"].create(
            {"name": "Other", "company_id": self.company.id}
        )
        self.program.website_ids = other
        self.assertEqual(self._card(self.product), "")
        self.program.website_ids |= self.website
        self.assertEqual(self._card(self.product), "Earn 100 points")

    # === HOW MUCH === #

    def test_quantity(self):
        self.rule.points = 3
        saw = self._publish("Blade", 33.35)
        self.assertEqual(self._check_promise(saw, 7), 700)

    def test_a_shop_with_tax_included(self):
        self.website.show_line_subtotals_tax_selection = "tax_included"
        self.assertEqual(self._check_promise(self.product), 100)
        net = self._publish("Net", 33.33)
        self.assertEqual(self._check_promise(net, 3), 99)

    def test_prices_that_include_tax(self):
        tax = self._create_vat(23, included=True)
        for shown in ("tax_included", "tax_excluded"):
            with self.subTest(shown=shown):
                self.website.show_line_subtotals_tax_selection = shown
                gross = self._publish("Gross", 123.0, tax)
                self.assertEqual(self._check_promise(gross), 100)
                odd = self._publish("Odd", 9.99, tax)
                self._check_promise(odd, 13)

    def test_a_fiscal_position_that_drops_the_tax(self):
        tax = self._create_vat(23, included=True)
        gross = self._publish("Gross", 123.0, tax)
        zero = self._create_vat(0, name="Export")
        position = self.env["account.fiscal.position"].create(
            {"name": "Export", "company_id": self.company.id}
        )
        zero.write(
            {
                "fiscal_position_ids": [Command.link(position.id)],
                "original_tax_ids": [Command.link(tax.id)],
            }
        )
        people = self.customer | self.boss.partner_id
        people.with_company(self.company).property_account_position_id = position
        for shown in ("tax_included", "tax_excluded"):
            with self.subTest(shown=shown):
                self.website.show_line_subtotals_tax_selection = shown
                self.assertEqual(self._check_promise(gross), 100)

    def test_another_unit(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.product.product_tmpl_id.uom_ids = dozen
        self._create_rule(effect="unit", points=5, amount=1)
        self.assertEqual(self._check_promise(self.product, 2, dozen), 2520)

    def test_variants(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Size",
                "value_ids": [
                    Command.create({"name": "S"}),
                    Command.create({"name": "L", "default_extra_price": 50.0}),
                ],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Glove",
                "list_price": 40.0,
                "categ_id": self.category.id,
                "invoice_policy": "order",
                "website_published": True,
                "taxes_id": [Command.set(self.tax_23.ids)],
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        small, large = template.product_variant_ids
        self._create_rule(points=1, amount=1, product_ids=large.ids)
        self.assertEqual(self._card(small), "Earn 40 points")
        self.assertEqual(self._info(small)["loyalty_b2b_earns"], "Earn 40 points")
        self.assertEqual(self._info(large)["loyalty_b2b_earns"], "Earn 180 points")
        self.assertEqual(self._book(large), 180)

    # === PRICELISTS === #

    def _give_pricelist(self, **values):
        self.env.user.group_ids |= self.env.ref("product.group_product_pricelist")
        self.boss.group_ids |= self.env.ref("product.group_product_pricelist")
        self.env.ref("base.group_user").implied_ids |= self.env.ref(
            "product.group_product_pricelist"
        )
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Own",
                "company_id": self.company.id,
                "website_id": self.website.id,
                "selectable": True,
                "sequence": 1,
                **values,
            }
        )
        people = self.customer | self.boss.partner_id
        people.with_company(
            self.company
        ).specific_property_product_pricelist = pricelist
        return pricelist

    def test_another_currency(self):
        euro = self.setup_other_currency("EUR", rates=[("2000-01-01", 0.25)])
        self._give_pricelist(currency_id=euro.id)
        info = self._info(self.product)
        self.assertEqual(info["price"], 25.0)
        self.assertEqual(self._check_promise(self.product), 100)

    def test_a_pricelist_of_promotions_earns_nothing(self):
        pricelist = self._give_pricelist()
        self.program.excluded_pricelist_ids = pricelist
        self.assertEqual(self._check_promise(self.product), 0)

    def _give_discount(self, percent, **values):
        return self._give_pricelist(
            item_ids=[
                Command.create(
                    {
                        "compute_price": "percentage",
                        "percent_price": percent,
                        "applied_on": "3_global",
                        **values,
                    }
                )
            ]
        )

    def test_a_discount_that_the_order_shows(self):
        self.env.ref("base.group_user").implied_ids |= self.env.ref(
            "sale.group_discount_per_so_line"
        )
        self._give_discount(33.335)
        odd = self._publish("Odd", 99.99)
        points = self._check_promise(odd, 7)
        self.assertAlmostEqual(points, 466, delta=1)
        self.program.max_line_discount_percent = 30
        self.assertEqual(self._check_promise(odd), 0)

    def test_a_price_that_falls_with_the_quantity(self):
        self._give_discount(50, min_quantity=10)
        self.assertEqual(self._check_promise(self.product, 9), 900)
        self.assertEqual(self._check_promise(self.product, 10), 500)

    # === RULES === #

    def test_exclusions(self):
        self.program.excluded_product_ids = self.product
        self.assertEqual(self._check_promise(self.product), 0)
        self.program.excluded_product_ids = False
        self.program.excluded_category_ids = self.category
        self.assertEqual(self._check_promise(self.product), 0)
        self.program.excluded_category_ids = False
        self.assertEqual(self._check_promise(self.product), 100)

    def test_rules_of_the_customer(self):
        tag = self.env["res.partner.category"].create({"name": "VIP"})
        country = self.env.ref("base.pl")
        self._create_rule("Tag", points=1, amount=1, customer_tag_ids=tag.ids)
        self._create_rule("Country", points=2, amount=1, country_ids=country.ids)
        self._create_rule(
            "Filter", points=4, amount=1, customer_domain="[('ref', '=', 'X')]"
        )
        self.assertEqual(self._check_promise(self.product), 300)
        self.customer.write({"category_id": [Command.link(tag.id)], "ref": "X"})
        self.assertEqual(self._check_promise(self.product), 800)
        self.assertEqual(self._card(self.product, self.stranger), "Earn 300 points")

    def test_rules_of_the_product(self):
        own, shared = self.env["product.tag"].create([{"name": "A"}, {"name": "B"}])
        self._create_rule("Own", points=1, amount=1, product_tag_ids=own.ids)
        self._create_rule("Shared", points=2, amount=1, product_tag_ids=shared.ids)
        self._create_rule(
            "Filter", points=4, amount=1, product_domain="[('name', '=', 'Drill')]"
        )
        self._create_rule("Margin", points=8, amount=1, min_margin_percent=40)
        self.product.standard_price = 70.0
        self.assertEqual(self._check_promise(self.product), 500)
        self.product.standard_price = 50.0
        self.product.additional_product_tag_ids = own
        self.product.product_tmpl_id.product_tag_ids = shared
        self.assertEqual(self._check_promise(self.product), 1600)

    def test_rules_of_the_level(self):
        tiers = self.env["loyalty.b2b.tier"].create(
            {"name": "Silver", "program_id": self.program.id, "threshold": 1000}
        )
        tiers |= tiers.copy({"name": "Gold", "threshold": 5000})
        self._create_rule("Gold", points=1, amount=1, tier_ids=tiers[1].ids)
        for tier, points in zip(tiers, (100, 200), strict=True):
            with self.subTest(tier=tier.name):
                self._put_on(tier)
                self.assertEqual(self._check_promise(self.product), points)
        self.assertEqual(self._card(self.product, self.stranger), "Earn 100 points")

    def _put_on(self, tier):
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE loyalty_b2b_wallet SET tier_id = %s WHERE id = %s RETURNING id",
                tier.id,
                self.wallet.id,
            )
        )
        self.env.invalidate_all()

    def test_rules_of_the_channel(self):
        self._create_rule("Web", points=1, amount=1, channel_web=True)
        self.assertEqual(self._check_promise(self.product), 200)

    def test_margin_in_another_currency(self):
        euro = self.setup_other_currency("EUR", rates=[("2000-01-01", 0.25)])
        self._give_pricelist(currency_id=euro.id)
        self._create_rule("Margin", points=8, amount=1, min_margin_percent=40)
        self.product.standard_price = 70.0
        self.assertEqual(self._check_promise(self.product), 100)
        self.product.standard_price = 50.0
        self.assertEqual(self._check_promise(self.product), 900)

    def test_steps_and_minimums_of_the_line(self):
        self.rule.write({"effect": "step", "points": 10, "amount": 30.0})
        self._create_rule(
            "Pack", points=100, effect="unit", amount=1, min_line_quantity=5
        )
        self.assertEqual(self._check_promise(self.product), 30)
        self.assertEqual(self._check_promise(self.product, 5), 660)

    def test_what_is_given_for_the_order_is_not_promised_by_a_product(self):
        self._create_rule("Order", effect="order", points=500)
        self._create_rule(
            "Ladder",
            effect="ladder",
            step_ids=[Command.create({"amount": 50, "points": 70})],
        )
        self.assertEqual(self._card(self.product), "Earn 100 points")
        self.assertEqual(self._book(self.product), 670)

    def test_a_product_promises_no_more_than_a_limit(self):
        self.rule.cap_points = 60
        self.assertEqual(self._check_promise(self.product), 60)

    def test_forged_quantities(self):
        for quantity in ("nan", "inf", 1e300, -5):
            with self.subTest(quantity=quantity):
                info = self._info(self.product, quantity)
                self.assertEqual(info["loyalty_b2b_earns"], "")
