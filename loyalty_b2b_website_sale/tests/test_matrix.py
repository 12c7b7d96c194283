from odoo.tests import tagged

from odoo.addons.loyalty_b2b.tests import (
    test_matrix_methods,
    test_matrix_models,
    test_matrix_routes,
)
from odoo.addons.loyalty_b2b.tests.matrix_common import FORM

from .matrix_tables import FORMS, METHODS, OF_ODOO, ROUTES
from .shop_common import ShopCommon

KEY = "12345678-1234-4234-8234-777777777777"


class ShopMatrixCommon(ShopCommon):
    """Everybody has filled a cart of his own.

    In that of the boss points are chosen, in that of the buyer a reward; the colleague
    has asked.
    """

    addon = "loyalty_b2b_website_sale"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carts = {
            role: cls._create_cart([(cls.product, 1, 100.0)], user=user)
            for role, user in cls.users.items()
            if user._is_portal()
        }
        cls.reward = cls.env["loyalty.b2b.reward"].search([("name", "=", "Ten off")])
        for role in ("boss", "colleague"):
            cls._as_visitor(role)._use_loyalty_b2b_portal_points(
                cls.wallet, cls.users[role].partner_id, 20, reason="Now"
            )
        cls._as_visitor("buyer")._add_loyalty_b2b_shop_reward(
            cls.wallet,
            cls.users["buyer"].partner_id,
            cls.reward.id,
            {**FORM, "request_key": KEY},
        )
        cls.reward_use = cls.carts["buyer"]._get_loyalty_b2b_rewards()

    @classmethod
    def _as_visitor(cls, role):
        return cls.carts[role].with_user(cls.users[role]).sudo()


@tagged("post_install", "-at_install")
class TestShopMatrixRoutes(ShopMatrixCommon, test_matrix_routes.TestMatrixRoutes):
    """Every page, download and form of the shop that is ours, tried by everybody."""

    table = ROUTES
    forms = FORMS
    of_odoo = OF_ODOO

    def _try(self, name, role):
        self.role = role
        return super()._try(name, role)

    def _get_own_arguments(self, name):
        slug = self.program._get_shop_url().rpartition("/")[2]
        return {**super()._get_own_arguments(name), "slug": slug}

    def _get_form(self, name):
        """Return what a form carries; "@cart" is that of who sends it."""
        cart = self.carts.get(self.role, self.env["sale.order"])
        known = {
            "@cart": cart.id,
            "@line": cart.order_line[:1].id,
            "@product": self.product.id,
            "@template": self.product.product_tmpl_id.id,
            "@reward": self.reward.id,
            "@use": self.reward_use.id,
            "@version": self.program.terms_version,
        }
        form = self.forms.get(name, {})
        return {
            key: known[value] if str(value).startswith("@") else value
            for key, value in form.items()
        }


@tagged("post_install", "-at_install")
class TestShopMatrixMethods(ShopMatrixCommon, test_matrix_methods.TestMatrixMethods):
    """Every method of this addon that RPC can call, tried by everybody."""

    table = METHODS


@tagged("post_install", "-at_install")
class TestShopMatrixModels(ShopMatrixCommon, test_matrix_models.TestMatrixModels):
    """This addon's models, read by staff of another company."""
