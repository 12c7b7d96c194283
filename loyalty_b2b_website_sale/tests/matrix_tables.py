"""Who may open which page of the shop, send which form and call which method.

The letters are those of the core's tables (`loyalty_b2b/tests/matrix_routes.py`).
"""

# ruff: noqa: E501

ROUTES = """
"""

# What the forms carry; "@" stands before somebody's role.
FORMS = {}

# Odoo's pages to which we add; what we add writes nothing, see the table.
OF_ODOO = ()

METHODS = """
"""
