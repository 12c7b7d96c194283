from odoo.tests import tagged

from odoo.addons.loyalty_b2b.tests import (
    test_matrix_methods,
    test_matrix_models,
    test_matrix_routes,
)

from .matrix_tables import METHODS


@tagged("post_install", "-at_install")
class TestMigrationMatrixMethods(test_matrix_methods.TestMatrixMethods):
    """Every method of this addon that RPC can call, tried by everybody."""

    addon = "loyalty_b2b_sale_loyalty"
    table = METHODS


@tagged("post_install", "-at_install")
class TestMigrationMatrixRoutes(test_matrix_routes.TestMatrixRoutes):
    """This addon has no page of its own."""

    addon = "loyalty_b2b_sale_loyalty"
    table = ""
    forms = {}
    of_odoo = ()


@tagged("post_install", "-at_install")
class TestMigrationMatrixModels(test_matrix_models.TestMatrixModels):
    """This addon's models, read by staff of another company."""

    addon = "loyalty_b2b_sale_loyalty"
