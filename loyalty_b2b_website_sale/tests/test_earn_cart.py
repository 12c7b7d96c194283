from unittest.mock import patch

from lxml import html

from odoo import Command
from odoo.tests import tagged

from odoo.addons.website_sale.tests.common import MockRequest

from ..models.website import Website
from .earn_common import EarnCommon


@tagged("post_install", "-at_install")
class TestEarnCart(EarnCommon):
    """The summary of the cart says what the order earns, what more would, and has."""

    def _figures(self, tree):
        found = tree.xpath("//*[contains(@class, 'o_loyalty_b2b_cart_earns')]")
        if not found:
            return {}
        return {
            element.get("data-figure"): self._text(element)
            for element in found[0].xpath("./*[@data-figure]")
        }

    def _summary(self, user=None, url="/shop/cart"):
        page = self._open(url, user or self.boss)
        self.assertEqual(page.status_code, 200)
        return self._figures(html.fromstring(page.text))

    def _change(self, cart, quantity):
        return self.make_jsonrpc_request(
            "/shop/cart/update",
            {
                "line_id": cart.order_line[:1].id,
                "product_id": cart.order_line[:1].product_id.id,
                "quantity": quantity,
            },
        )

    def test_points_threshold_and_balance(self):
        self._create_rule(
            "Ladder",
            effect="ladder",
            step_ids=[Command.create({"amount": 400, "points": 500})],
        )
        self._give_points(1250)
        self._add(self.product, 3)
        figures = self._summary()
        self.assertEqual(
            figures["earns"], "This order earns about 300 points once it is invoiced."
        )
        missing = self._money(100)
        self.assertEqual(
            figures["more"], f"{missing} more (net) earn 600 points extra."
        )
        self.assertEqual(figures["balance"], "Available now: 1,250 points")

    def test_the_numbers_follow_a_change(self):
        cart = self._add(self.product, 3)
        data = self._change(cart, 5)
        figures = self._figures(html.fromstring(data["website_sale.total"]))
        self.assertIn("about 500 points", figures["earns"])
        self.assertIn("about 500 points", self._summary()["earns"])

    def test_requests_that_note_nothing_say_the_same(self):
        """Such as those of Odoo's own tests, or of a route that is of no website."""
        cart = self._add(self.product, 3)
        website = self.website.with_user(self.boss)
        with MockRequest(website.env, website=website):
            points = cart.with_user(self.boss)._prepare_loyalty_b2b_shop_points()
        self.assertIn("about 300 points", points["earns"])

    def test_what_the_cart_says_is_booked(self):
        self.rule.points = 3
        cart = self._add(self.product, 1)
        self._add(self._publish("Odd", 33.33), 7)
        text = self._summary()["earns"]
        cart.action_confirm()
        move = cart._create_invoices()
        move.action_post()
        self.assertIn(f"about {int(self._points_of(move)):,} points", text)

    def test_who_only_collects_reads_no_balance(self):
        self._give_points(1250)
        self.wallet._grant(self.buyer.partner_id, "collects", reason="Test")
        self._add(self.product, 3, user=self.buyer)
        figures = self._summary(self.buyer)
        self.assertIn("about 300 points", figures["earns"])
        self.assertEqual(figures["company"], f"Collected for {self.customer.name}")
        self.assertNotIn("balance", figures)

    def test_strangers_read_nothing(self):
        self._give_points(1250)
        for user in (self.outsider, self.website.user_id):
            with self.subTest(user=user.login):
                self._create_cart([(self.product, 3, 100.0)], user)
                self.authenticate(None, None)
                self.assertFalse(self._summary(self.outsider))
        self.authenticate(None, None)
        self.make_jsonrpc_request(
            "/shop/cart/add",
            {
                "product_template_id": self.product.product_tmpl_id.id,
                "product_id": self.product.id,
                "quantity": 3,
            },
        )
        page = self.url_open("/shop/cart").text
        self.assertIn(self.product.name, page)
        self.assertNotIn("o_loyalty_b2b_cart_earns", page)

    def test_an_order_for_another_company_promises_nothing(self):
        cart = self._add(self.product, 3)
        self.assertTrue(self._summary())
        cart.partner_invoice_id = self.other_customer
        page = self.url_open("/shop/cart").text
        self.assertIn(self.product.name, page)
        self.assertNotIn("o_loyalty_b2b_cart_earns", page)

    def test_only_on_the_websites_of_the_programme(self):
        self._add(self.product, 3)
        self.program.shop_shown = False
        self.assertFalse(self._summary())

    def test_the_confirmation_says_it(self):
        cart = self._add(self.product, 3)
        cart.action_confirm()
        session = {"sale_last_order_id": cart.id}
        self.authenticate(self.boss.login, self.boss.login, session_extra=session)
        page = html.fromstring(self.url_open("/shop/confirmation").text)
        (text,) = page.xpath("//p[contains(@class, 'o_loyalty_b2b_order_earns')]")
        self.assertEqual(
            self._text(text), "This order earns about 300 points once it is invoiced."
        )
        self.assertFalse(self._figures(page))


@tagged("post_install", "-at_install")
class TestEarnBudget(EarnCommon):
    """What pages of the shop cost more with the programme, in queries."""

    LIST, CART, UPDATE, PAGE = 2, 3, 5, 3

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website.shop_ppg = 20
        cls.goods = [cls._publish(f"Goods {n}", 10.0 + n) for n in range(20)]

    def _count(self, call):
        """Return the queries of a request by a user who is signed in."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        return self.env.cr.sql_log_count - before

    def _count_added(self, call):
        def switched_off():
            with patch.object(Website, "_get_loyalty_b2b_visit", lambda website: None):
                return self._count(call)

        self._count(call)
        switched_off()
        return self._count(call) - switched_off()

    def _add_rules(self):
        """Add rules that ask for everything that can be asked."""
        tag = self.env["res.partner.category"].create({"name": "VIP"})
        own, shared = self.env["product.tag"].create([{"name": "A"}, {"name": "B"}])
        self.goods[0].additional_product_tag_ids = own
        self.goods[1].product_tmpl_id.product_tag_ids = shared
        for number in range(10):
            self._create_rule(f"A{number}", product_tag_ids=(own | shared).ids)
            self._create_rule(f"B{number}", product_domain="[('name', '=', 'Drill')]")
            self._create_rule(f"C{number}", customer_domain="[('ref', '=', 'X')]")
            self._create_rule(f"D{number}", min_margin_percent=number)
            self._create_rule(f"E{number}", customer_tag_ids=tag.ids)
            self._create_rule(
                f"F{number}", country_ids=self.env.ref("base.pl").ids, cap_points=10**6
            )

    def _open_list(self):
        page = self.url_open("/shop")
        self.assertEqual(page.status_code, 200)

    def test_the_list(self):
        self.authenticate(self.boss.login, self.boss.login)
        few = self._count_added(self._open_list)
        self.assertLessEqual(few, 1)
        self._add_rules()
        self.assertLessEqual(self._count_added(self._open_list), self.LIST)
        page = self.url_open("/shop").text
        self.assertEqual(page.count("o_loyalty_b2b_earns "), 20)

    def test_the_page_of_a_product(self):
        self.authenticate(self.boss.login, self.boss.login)
        url = self.goods[0].website_url
        few = self._count_added(lambda: self.url_open(url))
        self.assertLessEqual(few, 1)
        self._add_rules()
        many = self._count_added(lambda: self.url_open(url))
        self.assertLessEqual(many, self.PAGE)
        json = self._count_added(lambda: self._ask(self.goods[0]))
        self.assertLessEqual(json, self.PAGE)

    def _ask(self, product):
        return self.make_jsonrpc_request(
            "/website_sale/get_combination_info",
            {
                "product_template_id": product.product_tmpl_id.id,
                "product_id": product.id,
                "combination": [],
                "add_qty": 1,
            },
        )

    def test_the_cart(self):
        self._give_points(500)
        for product in self.goods[:5]:
            cart = self._add(product, 2)
        few = self._count_added(lambda: self.url_open("/shop/cart"))
        self.assertLessEqual(few, self.CART)
        numbers = iter(range(3, 99))
        line = cart.order_line[:1]

        def change():
            self.make_jsonrpc_request(
                "/shop/cart/update",
                {
                    "line_id": line.id,
                    "product_id": line.product_id.id,
                    "quantity": next(numbers),
                },
            )

        update = self._count_added(change)
        self.assertLessEqual(update, self.UPDATE)
        self._add_rules()
        many = self._count_added(lambda: self.url_open("/shop/cart"))
        self.assertLessEqual(many, 6)
