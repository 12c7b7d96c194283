from odoo.tests import tagged

from .payment_common import PaymentCommon

ADDRESS = {
    "street": "ul. Wodna 3",
    "zip": "80-001",
    "city": "Gdańsk",
    "phone": "+48 58 555 01 01",
}


class ShopStory(PaymentCommon):
    """A company joins; another collects, asks, uses points, pays and looks back.

    The ledger is read after each part. 1 000 points are 10.00, prices without 23 % VAT.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._give_points(20000)
        cls.program.write(
            {
                "max_order_percent": 50,
                "shop_join": True,
                "welcome_points": 500,
                "terms": "<p>Be nice.</p>",
            }
        )
        cls.newcomer = cls._create_portal_user(
            "newcomer", cls._create_customer("Budmax", "7010202000")
        )
        cls.wallet._grant(cls.buyer.partner_id, "sees")
        for user, name in ((cls.boss, "Jan Boss"), (cls.buyer, "Ewa Buk")):
            country = cls.env.ref("base.pl")
            user.partner_id.write({"name": name, "country_id": country.id, **ADDRESS})

    # === PARTS === #

    def _join(self):
        url = self.program._get_shop_url()
        self.start_tour(url, "loyalty_b2b_shop_join", login=self.newcomer.login)
        owner = self.newcomer.partner_id.commercial_partner_id
        wallet = owner._get_loyalty_b2b_wallet(self.company)
        self.assertEqual(wallet.state, "active")
        self.assertEqual(wallet.available, 500)
        self.assertEqual(wallet.entry_ids.mapped("points"), [500])

    def _earn(self):
        before = self.wallet.entry_ids
        url = "/shop?search=Drill"
        self.start_tour(url, "loyalty_b2b_shop_earn", login=self.boss.login)
        self.assertEqual(self.wallet.entry_ids, before)
        self.assertWallet(available=21000, held=0)
        cart = self._find_cart(self.boss)
        self.assertAlmostEqual(cart.amount_untaxed, 1000.0)
        return cart

    def _ask(self):
        cart = self._create_cart([(self.product, 10, 100.0)], user=self.buyer)
        self.start_tour("/shop/cart", "loyalty_b2b_shop_ask", login=self.buyer.login)
        wish = self.env["loyalty.b2b.redemption"].search([("order_id", "=", cart.id)])
        self.assertEqual((wish.state, wish.points), ("approve", 2000))
        self.assertWallet(available=21000, held=0)
        link = wish.approval_ids._get_link_path(self.boss.partner_id)
        self.start_tour(link, "loyalty_b2b_reduce")
        self.env.invalidate_all()
        use = cart._get_loyalty_b2b_redemption()
        self.assertEqual(use.points, 1500)
        self.start_tour(
            "/shop/cart", "loyalty_b2b_shop_granted", login=self.buyer.login
        )
        self.assertAlmostEqual(cart.amount_total, 1211.55)
        # the cart is left; what it kept comes back
        cart.action_cancel()
        self.assertWallet(available=21000, held=0)

    def _choose(self, cart):
        self.start_tour("/shop/cart", "loyalty_b2b_shop_choose", login=self.boss.login)
        use = cart._get_loyalty_b2b_redemption()
        self.assertEqual((use.state, use.points), ("draft", 8000))
        self.assertAlmostEqual(cart.amount_total, 1131.6)
        self.assertWallet(available=21000, held=0)

    def _fail(self, cart):
        self.start_tour("/shop/cart", "loyalty_b2b_shop_fail", login=self.boss.login)
        self.assertEqual(cart.transaction_ids.mapped("state"), ["error"])
        self.assertEqual(cart.state, "draft")
        self.assertEqual(cart._get_loyalty_b2b_redemption().state, "draft")
        self.assertWallet(available=21000, held=0)

    def _pay(self, cart):
        # a second tab leaves one drill in the cart
        cart.order_line.filtered(
            lambda line: line.product_id == self.product
        ).product_uom_qty = 1
        self.start_tour(
            "/shop/checkout", "loyalty_b2b_shop_second_tab", login=self.boss.login
        )
        self.assertEqual(cart.state, "sale")
        self.assertAlmostEqual(cart.amount_total, 61.5)
        self.assertEqual(cart._get_loyalty_b2b_redemption().state, "done")
        self.assertWallet(available=16000, held=0)

    def _look_back(self, cart):
        invoice = cart.invoice_ids or cart._create_invoices(final=True)
        if invoice.state == "draft":
            invoice.action_post()
        self.env.flush_all()
        self.assertWallet(balance=16050)
        self.start_tour(
            "/my/loyalty", "loyalty_b2b_shop_history", login=self.boss.login
        )
        self.assertEqual(self.env["loyalty.b2b.wallet"]._verify_all(), [])

    def _find_cart(self, user):
        return self.env["sale.order"].search(
            [
                ("partner_id", "=", user.partner_id.id),
                ("website_id", "=", self.website.id),
                ("state", "=", "draft"),
            ]
        )

    def _tell(self):
        self._join()
        cart = self._earn()
        self._ask()
        self._choose(cart)
        self._fail(cart)
        self._pay(cart)
        self._look_back(cart)


@tagged("post_install", "-at_install")
class TestShopStory(ShopStory):
    def test_on_a_desk(self):
        self._tell()


@tagged("post_install", "-at_install")
class TestShopStoryMobile(ShopStory):
    browser_size = "390x844"
    touch_enabled = True

    def test_on_a_phone(self):
        self._tell()
