from odoo.tests import tagged

from odoo.addons.loyalty_b2b.tests import (
    test_matrix_methods,
    test_matrix_models,
    test_matrix_routes,
)

from .matrix_tables import FORMS, METHODS, OF_ODOO, ROUTES
from .shop_common import ShopCommon


class ShopMatrixCommon(ShopCommon):
    """Everybody has filled a cart of his own."""

    addon = "loyalty_b2b_website_sale"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carts = {
            role: cls._create_cart([(cls.product, 1, 100.0)], user=user)
            for role, user in cls.users.items()
            if user._is_portal()
        }


@tagged("post_install", "-at_install")
class TestShopMatrixRoutes(ShopMatrixCommon, test_matrix_routes.TestMatrixRoutes):
    """Every page, download and form of the shop that is ours, tried by everybody."""

    table = ROUTES
    forms = FORMS
    of_odoo = OF_ODOO


@tagged("post_install", "-at_install")
class TestShopMatrixMethods(ShopMatrixCommon, test_matrix_methods.TestMatrixMethods):
    """Every method of this addon that RPC can call, tried by everybody."""

    table = METHODS


@tagged("post_install", "-at_install")
class TestShopMatrixModels(ShopMatrixCommon, test_matrix_models.TestMatrixModels):
    """This addon's models, read by staff of another company."""
