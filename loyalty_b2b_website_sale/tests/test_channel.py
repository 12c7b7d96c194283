import json

from odoo import SUPERUSER_ID
from odoo.tests import tagged

from odoo.addons.loyalty_b2b.tests.use_common import UseCommon

from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestShopChannel(UseCommon, ShopCommon):
    """Orders of the web shop are of the channel `web` from their beginning."""

    def _add_to_cart(self, user=None, product=None):
        """Put a product into the cart as a visitor does; return the order."""
        login = user.login if user else None
        self.authenticate(login, login)
        product = product or self.product
        before = self.env["sale.order"].search([])
        answer = self._call(
            "/shop/cart/add",
            product_template_id=product.product_tmpl_id.id,
            product_id=product.id,
            quantity=1,
        )
        self.assertIn("result", answer, answer)
        return self.env["sale.order"].search([]) - before

    def _call(self, url, **params):
        return self.url_open(
            url,
            data=json.dumps({"params": params}),
            headers={"Content-Type": "application/json"},
        ).json()

    def _quote(self, **values):
        """Return a quotation that staff made for the website."""
        lines = [(self.product, 1, 100.0)]
        return self._create_order(lines, website_id=self.website.id, **values)

    def _row(self, order):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["loyalty.b2b.channel.report"].sudo()
        return rows.search([("order_id", "=", order.id)])

    # === CARTS === #

    def test_carts_of_customers_and_of_strangers_are_of_the_shop(self):
        for user in (self.boss, None):
            with self.subTest(user=user and user.login):
                cart = self._add_to_cart(user)
                self.assertEqual(cart.website_id, self.website)
                self.assertEqual(cart.loyalty_b2b_channel, "web")

    def test_a_cart_that_was_paid_stays_of_the_shop_to_its_invoice(self):
        cart = self._add_to_cart(self.boss)
        self._pay(cart)._post_process()
        self.assertEqual((cart.state, cart.loyalty_b2b_channel), ("sale", "web"))
        move = cart.invoice_ids or cart._create_invoices()
        self.assertEqual(move.loyalty_b2b_channel, "web")
        self.assertEqual(
            (self._row(cart).channel, self._row(cart).period), ("web", "since")
        )

    def test_a_cart_that_a_salesperson_confirms_stays_of_the_shop(self):
        cart = self._add_to_cart(self.boss)
        cart.with_user(self.sales_all).action_confirm()
        self.assertEqual(cart.loyalty_b2b_channel, "web")
        cart._action_cancel()
        cart.action_draft()
        self.assertEqual(cart.loyalty_b2b_channel, "web")

    def test_an_order_placed_again_from_the_portal_is_of_the_shop(self):
        old = self._create_order([(self.product, 1, 100.0)], self.boss.partner_id)
        old.action_confirm()
        self.authenticate(self.boss.login, self.boss.login)
        before = self.env["sale.order"].search([])
        answer = self._call(
            "/my/orders/reorder",
            order_id=old.id,
            access_token=old._portal_ensure_token(),
        )
        self.assertIn("result", answer, answer)
        cart = self.env["sale.order"].search([]) - before
        self.assertEqual((cart.loyalty_b2b_channel, len(cart.order_line)), ("web", 1))
        self.assertEqual(old.loyalty_b2b_channel, "sales")

    def test_a_recovered_cart_stays_of_the_shop(self):
        cart = self._add_to_cart(self.boss)
        token = cart._portal_ensure_token()
        self.authenticate(None, None)
        url = f"/shop/cart?id={cart.id}&access_token={token}&revive_method=squash"
        self.url_open(url)
        self.assertEqual(cart.loyalty_b2b_channel, "web")

    # === NOT CARTS === #

    def test_a_quotation_of_staff_for_a_website_is_none_of_the_shop(self):
        paid = self._quote(require_payment=True, prepayment_percent=1.0)
        self._pay(paid)._post_process()
        self.assertEqual(paid.loyalty_b2b_channel, "portal")
        confirmed = self._quote()
        confirmed.action_confirm()
        self.assertEqual(confirmed.loyalty_b2b_channel, "sales")

    def test_a_copy_of_an_order_of_the_shop_is_of_who_confirms_it(self):
        copied = self._add_to_cart(self.boss).copy()
        copied.action_confirm()
        self.assertEqual(copied.loyalty_b2b_channel, "sales")

    # === BEFORE THE ADDON === #

    def test_carts_from_before_the_addon_are_of_the_shop(self):
        cart = self._quote().with_user(SUPERUSER_ID).copy()
        cart.website_id = self.website
        self.assertFalse(cart.loyalty_b2b_channel)
        cart.action_confirm()
        self.assertEqual(cart.loyalty_b2b_channel, "web")

    def test_old_orders_of_the_shop_are_reported_as_such(self):
        cart = self._add_to_cart(self.boss)
        quoted = self._quote()
        (cart + quoted).action_confirm()
        (cart + quoted).loyalty_b2b_channel = False
        self.assertEqual(self._row(cart).channel, "web")
        self.assertEqual(self._row(quoted).channel, "sales")
