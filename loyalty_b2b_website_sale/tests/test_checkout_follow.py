from odoo.tests import tagged

from .checkout_common import CheckoutCommon

BLOCK = "loyalty_b2b_website_sale.cart_points"


@tagged("post_install", "-at_install")
class TestCheckoutFollow(CheckoutCommon):
    """The cart changes, and its points with it."""

    def _set_percent(self, percent=20.0):
        """Let points discount up to 20 % of an order."""
        self.program.max_order_percent = percent

    def test_the_discount_is_beside_the_total(self):
        self._choose()
        self.assertEqual(self.cart.website_order_line.product_id, self.service)
        self.assertEqual(self.cart.cart_quantity, 1)
        page = self._page()
        row = page.xpath("//tr[@name='o_order_loyalty_b2b']")[0]
        self.assertIn("Discount for 1,500 points", self._text(row))
        self.assertIn("15.00", self._text(row))
        lines = page.xpath("//div[@id='cart_products']")[0]
        self.assertNotIn("Discount", self._text(lines))

    def test_the_discount_follows_a_smaller_cart(self):
        self._set_percent()
        line = self.cart.order_line
        line.product_uom_qty = 5
        self._choose(10000)
        self.assertAlmostEqual(self.cart.amount_untaxed, 400.0)
        found = self._update_line(line, 2)
        self.assertAlmostEqual(self.cart.amount_untaxed, 160.0)
        self.assertEqual(found["cart_quantity"], 2)
        self.assertIn("4,000 points used", self._text(self._tree(found[BLOCK])))
        self.assertIn("o_order_loyalty_b2b", found["website_sale.total"])
        self.assertIn("4,000 points", found["website_sale.cart_lines"])
        self.assertFalse(self.cart._get_loyalty_b2b_cart_news())

    def test_a_larger_cart_keeps_what_was_chosen(self):
        self._choose()
        self._update_line(self.cart.website_order_line, 3)
        self.assertAlmostEqual(self.cart.amount_untaxed, 285.0)

    def test_an_empty_cart_has_no_points(self):
        self._choose()
        found = self._update_line(self.cart.website_order_line, 0)
        self.assertEqual(found["cart_quantity"], 0)
        self.assertFalse(self.cart.order_line)
        self.assertEqual(self.wallet.redemption_ids.state, "cancelled")

    def test_clearing_the_cart_gives_the_points_back(self):
        self._choose()
        self._sign_in(self.boss)
        self.make_jsonrpc_request("/shop/cart/clear", {})
        self.assertFalse(self.cart.order_line)
        self.assertEqual(self.wallet.redemption_ids.state, "cancelled")

    def test_buying_what_one_also_gets_for_points(self):
        reward = self._create_shop_reward("product", product_id=self.service.id)
        self._post("reward/add", reward_id=reward.id, request_key=self._uuid())
        given = self.cart.order_line.filtered("loyalty_b2b_redemption_id")
        self.assertEqual(given.product_id, self.service)
        self.assertEqual(self.cart.cart_quantity, 1)
        self.cart._cart_add(self.service.id, 1)
        self.assertEqual(given.product_uom_qty, 1)
        self.assertEqual(self.cart.cart_quantity, 2)
        # neither more of it, nor sold again
        self._update_line(given, 5)
        self.assertEqual(given.product_uom_qty, 1)
        self.assertFalse(given._is_sellable() or given._is_reorder_allowed())
        self._update_line(given, 0)
        self.assertFalse(given.exists())
        self.assertWallet(available=10000, held=0)

    def test_discounts_are_not_ordered_again(self):
        self._choose()
        line = self.cart.order_line.filtered("loyalty_b2b_redemption_id")
        self.cart.action_confirm()
        self.assertFalse(line._is_reorder_allowed() or line._is_sellable())
        self.assertFalse(line._show_in_cart())

    def test_another_currency_is_told_and_updated(self):
        self._choose()
        currency = self._get_other_currency()
        self._page()
        self.cart.pricelist_id = self.env["product.pricelist"].create(
            {"name": "Export", "currency_id": currency.id}
        )
        page = self._tree(self.url_open("/shop/cart").text)
        self.assertTrue(page.xpath("//div[@name='loyalty_cart_news']//form"))
        self.cart._update_loyalty_b2b_cart()
        use = self.cart._get_loyalty_b2b_redemption()
        self.assertEqual(use.currency_id, currency)
        self.assertFalse(self.cart._get_loyalty_b2b_cart_news())

    def test_an_invoice_for_another_company_takes_the_discount_off_and_says_so(self):
        self._choose()
        self._page()
        self.cart.partner_invoice_id = self.stranger.partner_id
        self.assertFalse(self.cart._get_loyalty_b2b_redemption())
        self.assertIn("1,500 points", self.cart.shop_warning)
        page = self.url_open("/shop/cart").text
        self.assertIn("1,500 points (", page)
        self.assertNotIn("loyalty_b2b_use", page)

    def test_an_old_cart_poured_into_the_new_leaves_its_points(self):
        self._choose()
        old, token = self.cart, self.cart._portal_ensure_token()
        self._sign_in(self.boss)
        self.url_open("/shop/cart")
        new = self._create_cart([(self.product, 1, 50.0)])
        new.order_line.write({"product_uom_qty": 2})
        old.order_line.write({"order_id": new.id})
        self.assertEqual(new.order_line.product_id, self.product + self.service)
        self.assertTrue(old._get_loyalty_b2b_redemption())
        old.action_cancel()
        self.assertEqual(self.wallet.redemption_ids.state, "cancelled")
        self.assertTrue(token)

    # === DELIVERY === #

    def test_choosing_a_delivery_keeps_the_payment_open(self):
        carrier = self._create_carrier(20.0)
        cart = self._create_goods_cart()
        self._choose(1500, cart)
        self._sign_in(self.boss)
        found = self.make_jsonrpc_request(
            "/shop/set_delivery_method", {"dm_id": carrier.id}
        )
        self.assertIn("15.00", found["loyalty_b2b_discounts"][0])
        self.assertAlmostEqual(cart.amount_untaxed, 105.0)
        self.assertFalse(cart._get_loyalty_b2b_cart_news())

    def test_a_delivery_of_another_tax_is_part_of_the_discount(self):
        carrier = self._create_carrier(100.0, self._create_tax_10())
        cart = self._create_goods_cart()
        self._choose(1500, cart)
        self._sign_in(self.boss)
        self.make_jsonrpc_request("/shop/set_delivery_method", {"dm_id": carrier.id})
        self.assertFalse(cart._get_loyalty_b2b_cart_news())
        self.assertAlmostEqual(cart.amount_untaxed, 185.0)
        discounts = cart.order_line.filtered("loyalty_b2b_redemption_id")
        self.assertEqual(len(discounts.tax_ids), 2)

    def test_prices_with_tax_show_the_discount_with_tax(self):
        self.website.show_line_subtotals_tax_selection = "tax_included"
        self._choose()
        row = self._page().xpath("//tr[@name='o_order_loyalty_b2b']")[0]
        self.assertIn("18.45", self._text(row))

    def _create_goods_cart(self):
        self.cart.unlink()
        return self._create_cart([(self.product, 1, 100.0)])

    def _get_other_currency(self):
        currencies = self.env.ref("base.EUR") + self.env.ref("base.USD")
        other = (currencies - self.currency)[0]
        other.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": other.id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 2.0,
            }
        )
        return other
