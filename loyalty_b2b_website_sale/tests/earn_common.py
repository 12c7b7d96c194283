from lxml import html

from .shop_common import ShopCommon


class EarnCommon(ShopCommon):
    """What pages of the shop promise, and what is booked for the same purchase."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website.show_line_subtotals_tax_selection = "tax_excluded"
        cls.rule = cls.program.rule_ids

    @classmethod
    def _create_rule(cls, name="Rule", **values):
        return cls.env["loyalty.b2b.rule"].create(
            {"name": name, "program_id": cls.program.id, "sequence": 20, **values}
        )

    @classmethod
    def _publish(cls, name, price, tax=None, **values):
        product = cls._create_goods(name, price, tax, **values)
        product.website_published = True
        return product

    def _card(self, product, user=None, url="/shop"):
        """Return what the card of a product in the list says, '' for nothing."""
        page = self._open(url, user or self.boss)
        self.assertEqual(page.status_code, 200)
        return self._card_of(html.fromstring(page.text), product)

    def _card_of(self, tree, product):
        link = f".//a[contains(@href, '-{product.product_tmpl_id.id}')]"
        for form in tree.xpath("//form[contains(@class, 'oe_product_cart')]"):
            if form.xpath(link):
                found = form.xpath(".//*[contains(@class, 'o_loyalty_b2b_earns')]")
                return self._text(found[0]) if found else ""
        self.fail(f"{product.name} is not in the list")

    def _page(self, product, user=None):
        """Return what the page of a product says, '' for nothing."""
        page = self._open(product.website_url, user or self.boss)
        self.assertEqual(page.status_code, 200)
        tree = html.fromstring(page.text)
        found = tree.xpath("//*[contains(@class, 'o_loyalty_b2b_earns_text')]")
        return self._text(found[0]) if found else ""

    def _info(self, product, quantity=1, uom=None, user=None, **values):
        """Return the combination info as the page asks for it."""
        login = (user or self.boss).login
        self.authenticate(login, login)
        return self.make_jsonrpc_request(
            "/website_sale/get_combination_info",
            {
                "product_template_id": product.product_tmpl_id.id,
                "product_id": product.id,
                "combination": product.product_template_attribute_value_ids.ids,
                "add_qty": quantity,
                "uom_id": uom.id if uom else None,
                **values,
            },
        )

    def _add(self, product, quantity=1, uom=None, user=None):
        """Put a product into the visitor's cart; return the cart."""
        user = user or self.boss
        self.authenticate(user.login, user.login)
        self.make_jsonrpc_request(
            "/shop/cart/add",
            {
                "product_template_id": product.product_tmpl_id.id,
                "product_id": product.id,
                "quantity": quantity,
                "uom_id": uom.id if uom else None,
            },
        )
        return self.env["sale.order"].search(
            [("partner_id", "=", user.partner_id.id)], order="id DESC", limit=1
        )

    def _book(self, product, quantity=1, uom=None, user=None):
        """Buy a product in the shop; return the points that its invoice books."""
        cart = self._add(product, quantity, uom, user)
        cart.action_confirm()
        move = cart._create_invoices()
        move.action_post()
        return self._points_of(move)

    def _check_promise(self, product, quantity=1, uom=None, user=None):
        """Check that pages promise what the invoice books; return it."""
        text = self._info(product, quantity, uom, user)["loyalty_b2b_earns"]
        card = self._card(product, user) if quantity == 1 and not uom else text
        points = int(self._book(product, quantity, uom, user))
        expected = f"Earn {points:,} points" if points else ""
        self.assertEqual((card, text), (expected, expected))
        return points
