from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.website_sale.controllers.cart import Cart

from .checkout_common import CheckoutCommon

WAY = "_get_express_shop_payment_values"


@tagged("post_install", "-at_install")
class TestCheckoutExpress(CheckoutCommon):
    """To pay at once must not pass over the points."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        view = cls.env["ir.ui.view"].create(
            {
                "name": "Express",
                "type": "qweb",
                "key": "loyalty_b2b_website_sale.test_express",
                "arch": "<t t-name='express'><b id='express'>Pay at once</b></t>",
            }
        )
        cls.env["ir.model.data"].create(
            {
                "module": "loyalty_b2b_website_sale",
                "name": "test_express",
                "model": "ir.ui.view",
                "res_id": view.id,
            }
        )
        cls.provider = cls.env["payment.provider"].sudo().search([], limit=1)
        cls.provider.express_checkout_form_view_id = view

    def _has_express(self, user=None):
        """Tell whether the cart's page offers to pay at once."""
        core, provider = getattr(Cart, WAY), self.provider

        def offer(cart, order, **kwargs):
            values = core(cart, order, **kwargs)
            return {**values, "providers_sudo": provider}

        with patch.object(Cart, WAY, offer):
            return bool(self._page(user).xpath("//b[@id='express']"))

    def test_hidden_until_points_are_chosen(self):
        self.assertFalse(self._has_express())
        self._choose()
        self.assertTrue(self._has_express())

    def test_hidden_while_the_choice_has_to_be_updated(self):
        self._choose(10000)
        self.wallet._take("redeem", 4000, "test:elsewhere", order_name="S1")
        self.assertFalse(self._has_express())

    def test_hidden_while_a_wish_waits(self):
        self._create_cart([(self.service, 1, 100.0)], user=self.buyer)
        self.assertFalse(self._has_express(self.buyer))
        self._post("use", self.buyer, points="2000")
        self.assertFalse(self._has_express(self.buyer))

    def test_shown_where_there_is_nothing_to_choose(self):
        self._create_cart([(self.service, 1, 100.0)], user=self.outsider)
        self.assertTrue(self._has_express(self.outsider))
        # no points at all
        self._create_cart([(self.service, 1, 100.0)], user=self.stranger)
        self.assertTrue(self._has_express(self.stranger))
        self.program.min_points = 20000
        self.assertTrue(self._has_express())
        self.program.min_points = 0
        self.wallet.state = "suspended"
        self.assertTrue(self._has_express())
