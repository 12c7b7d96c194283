"""A web shop with 20 products, and a signed-in customer with a cart."""

import _fixtures as make

PRODUCTS = 20
IN_CART = 3
ADDRESS = {"street": "Hutnicza 4", "city": "Gdynia", "zip": "81-061", "phone": "+4858"}


class Shop:
    """What one browser does in the shop of one database.

    :param env: of the database.
    :param bool ours: whether our addons are there: the customer has a wallet then
    """

    def __init__(self, env, *, ours):
        self.env = make.make_company(env)
        self.website = self.env["website"].search([], limit=1)
        self.website.company_id = self.env.company
        self.products = self.open_shop()
        self.customer = make.make_customer(self.env)
        self.user = self.make_person()
        self.wallet = self.enrol() if ours else None
        self.quantity = 1
        self.client = make.sign_in(self.env, self.user)
        self.order = self.fill_cart()

    def open_shop(self):
        """Return the only published products; they are delivered and paid for."""
        env = self.env
        van = make.make_product(env)
        env["product.template"].search([]).website_published = False
        env["delivery.carrier"].search([]).action_archive()
        env["delivery.carrier"].create(
            {
                "name": "Van",
                "product_id": van.id,
                "fixed_price": 10.0,
                "website_published": True,
            }
        )
        provider = env.ref("payment.payment_provider_demo")
        provider.write({"state": "test", "is_published": True})
        return env["product.template"].create(
            [
                {
                    "name": f"Drill {number}",
                    "type": "consu",
                    "list_price": 100.0 + number,
                    "website_published": True,
                }
                for number in range(PRODUCTS)
            ]
        )

    def make_person(self):
        country = self.env.ref("base.pl").id
        self.customer.write({**ADDRESS, "country_id": country})
        user = make.make_portal_user(self.env, self.customer, "bench.shop")
        user.partner_id.write(
            {**ADDRESS, "country_id": country, "email": "b@example.com"}
        )
        return user

    def enrol(self):
        """Return the customer's wallet: the person may use its points."""
        program = make.make_program(self.env)
        wallet = program._enrol(self.customer)[self.customer]
        wallet._open_balance(10**6, "bench:opening")
        wallet._grant(self.user.partner_id, "administers", by=self.customer)
        return wallet

    def fill_cart(self):
        """Return the cart, ready to be paid."""
        for product in self.products[:IN_CART]:
            self.call(
                "/shop/cart/add",
                product_template_id=product.id,
                product_id=product.product_variant_id.id,
                quantity=1,
            )
        self.reread()
        order = self.env["sale.order"].search(
            [("partner_id", "=", self.user.partner_id.id)]
        )
        carrier = order._get_delivery_methods()[:1]
        order.set_delivery_line(carrier, carrier.fixed_price)
        self.env.cr.commit()
        return order

    def take_off(self):
        """Take 20.00 off the cart: by points, or else by Odoo's own discount."""
        self.reread()
        if self.wallet:
            self.order._use_loyalty_b2b_points(2000, self.user.partner_id)
        else:
            self.env["sale.order.discount"].create(
                {
                    "sale_order_id": self.order.id,
                    "discount_type": "amount",
                    "discount_amount": 20.0,
                }
            ).action_apply_discount()
        self.env.cr.commit()

    def reread(self):
        """See what requests have committed."""
        self.env.cr.rollback()
        self.env.invalidate_all()

    # === REQUESTS === #

    def get(self, path, expected):
        page = self.client.get(path)
        if page.status_code != 200 or expected not in page.text:
            raise AssertionError(f"{path}: {page.status}, {page.headers}")

    def call(self, path, **params):
        answer = self.client.post(path, json={"jsonrpc": "2.0", "params": params})
        if answer.status_code != 200 or "error" in answer.json:
            raise AssertionError(f"{path}: {answer.text}")

    def get_list(self):
        self.get("/shop", f"Drill {PRODUCTS - 1}")

    def get_product(self):
        self.get(self.products[0].website_url, self.products[0].name)

    def get_cart(self):
        self.get("/shop/cart", self.products[0].name)

    def update_cart(self):
        self.quantity = 5 - self.quantity
        line = self.order.order_line.ids[0]
        self.call("/shop/cart/update", line_id=line, quantity=self.quantity)

    def get_payment(self):
        self.get("/shop/payment", "o_payment_form")
