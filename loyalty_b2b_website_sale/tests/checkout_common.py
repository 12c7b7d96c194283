import uuid

from lxml import html

from odoo import http

from odoo.addons.loyalty_b2b.tests.approval_common import ApprovalCommon

from .shop_common import ShopCommon

KEY = "0123456789abcdef0123456789abcdef"
ADDRESS = {
    "street": "Wodna 1",
    "city": "Gdańsk",
    "zip": "80-001",
    "phone": "+48 58 300 00 00",
}


class CheckoutCommon(ShopCommon, ApprovalCommon):
    """A boss who uses points in the shop, a buyer who asks; 1 000 points are 10.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls._create_goods("Repair", 100.0, type="service")
        cls.service.website_published = True
        for user in cls.boss, cls.buyer, cls.stranger:
            user.partner_id.write(
                {
                    **ADDRESS,
                    "country_id": cls.env.ref("base.pl").id,
                    "email": f"{user.login}@wisla.example",
                }
            )
        cls.cart = cls._create_cart([(cls.service, 1, 100.0)])

    @classmethod
    def _create_shop_reward(cls, kind="discount", points=1000, **values):
        usual = {
            "discount": {"discount_amount": 30.0},
            "product": {"product_id": cls.product.id},
        }
        return cls.env["loyalty.b2b.reward"].create(
            {
                "name": f"Reward {kind}",
                "program_id": cls.program.id,
                "kind": kind,
                "points": points,
                **usual.get(kind, {}),
                **values,
            }
        )

    @classmethod
    def _create_tax_10(cls):
        return cls.tax_23.copy({"name": "Tax 10", "amount": 10.0})

    @classmethod
    def _create_carrier(cls, price, tax=None):
        """Create a delivery method of the shop."""
        product = cls._create_goods("Courier", price, tax=tax, type="service")
        return cls.env["delivery.carrier"].create(
            {
                "name": "Courier",
                "product_id": product.id,
                "fixed_price": price,
                "website_published": True,
            }
        )

    def _sign_in(self, user):
        self.authenticate(user.login, user.login)

    def _page(self, user=None, query=""):
        """Return the cart's page as an element tree."""
        return self._read(f"/shop/cart{query}", user or self.boss)

    def _block(self, user=None, query=""):
        """Return the text of the block *Use points*."""
        found = self._page(user, query).xpath("//section[@id='loyalty_b2b_use']")
        return self._text(found[0]) if found else ""

    def _again(self):
        """Return the text of the opened block as it is read after an act."""
        page = self._tree(self.url_open("/shop/cart?points=1").text)
        return self._text(page.xpath("//section[@id='loyalty_b2b_use']")[0])

    def _pay_page(self, user=None):
        return self._read("/shop/payment", user or self.boss)

    def _post(self, verb, user=None, **form):
        self._sign_in(user or self.boss)
        form["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(f"/shop/loyalty/{verb}", data=form, allow_redirects=False)

    def _rpc(self, verb, user=None, **params):
        self._sign_in(user or self.boss)
        return self.make_jsonrpc_request(f"/shop/loyalty/{verb}", params)

    def _update_line(self, line, quantity, user=None):
        """Change a quantity as the cart's page does."""
        self._sign_in(user or self.boss)
        return self.make_jsonrpc_request(
            "/shop/cart/update",
            {
                "line_id": line.id,
                "product_id": line.product_id.id,
                "quantity": quantity,
            },
        )

    def _choose(self, points=1500, cart=None, user=None):
        """Choose points for a cart; return the use."""
        user = user or self.boss
        cart = (cart or self.cart).with_user(user).sudo()
        return cart._use_loyalty_b2b_points(points, user.partner_id)

    @staticmethod
    def _uuid():
        return str(uuid.uuid4())

    @staticmethod
    def _tree(text):
        return html.fromstring(text)
