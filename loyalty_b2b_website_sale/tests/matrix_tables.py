"""Who may open which page of the shop, send which form and call which method.

The letters are those of the core's tables (`loyalty_b2b/tests/matrix_routes.py`).
"""

# ruff: noqa: E501

ROUTES = """
GET /loyalty                                             y y y y y y y y y y y y
GET /loyalty/<int:program_id>/level/<int:tier_id>/image  y y y y y y y y y y y y
GET /loyalty/<int:program_id>/logo                       y y y y y y y y y y y y
GET /loyalty/<string:slug>                               y y y y y y y y y y y y
GET /shop/payment/validate                               y y y y y y y y y y y y
JSON /shop/cart/update                                   y y y y w w y y y y y y
JSON /shop/loyalty/block                                 - y - y y y - - - - - -
JSON /shop/loyalty/preview                               - y - y y y - - - - - -
JSON /website_sale/get_combination_info                  y y y y y y y y y y y y
POST /loyalty/<int:program_id>/join                      - y y y y y y y y y y y
POST /shop/loyalty/remove                                - y y y y w y y y y y y
POST /shop/loyalty/reward/add                            - y y w w w y y y y y y
POST /shop/loyalty/reward/remove                         - y y y w y y y y y y y
POST /shop/loyalty/update                                - y y y y y y y y y y y
POST /shop/loyalty/use                                   - y y y w w y y y y y y
POST /shop/loyalty/withdraw                              - y y w y y y y y y y y
"""

# What the forms carry; for "@" see `_get_form`.
FORMS = {
    "JSON /shop/cart/update": {"line_id": "@line", "quantity": 2},
    "JSON /shop/loyalty/preview": {"points": 10},
    "JSON /website_sale/get_combination_info": {
        "product_template_id": "@template",
        "product_id": "@product",
        "combination": [],
        "add_qty": 1,
    },
    "POST /loyalty/<int:program_id>/join": {"accept": "yes", "version": "@version"},
    "POST /shop/loyalty/reward/add": {
        "order_id": "@cart",
        "reward_id": "@reward",
        "reason": "Now",
        "request_key": "12345678-1234-4234-8234-888888888888",
    },
    "POST /shop/loyalty/remove": {"order_id": "@cart"},
    "POST /shop/loyalty/reward/remove": {"order_id": "@cart", "use_id": "@use"},
    "POST /shop/loyalty/use": {
        "order_id": "@cart",
        "points": 10,
        "reason": "Now",
        "request_key": "12345678-1234-4234-8234-999999999999",
    },
    "POST /shop/loyalty/withdraw": {"order_id": "@cart"},
}

# Odoo's pages to which we add; what we add writes nothing, see the table.
OF_ODOO = ("GET /shop/payment/validate",)

METHODS = """
loyalty.b2b.program.action_open_shop_page  - - - - - - y y y y y y
"""
