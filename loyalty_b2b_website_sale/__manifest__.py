{
    "name": "B2B Loyalty - Web Shop",
    "summary": "Points in the web shop: what an order earns, points and rewards at"
    " checkout, joining",
    "version": "19.0.1.0.0",
    "category": "Website/Website",
    "author": "Loyalty B2B contributors",
    "license": "LGPL-3",
    "depends": ["loyalty_b2b", "website_sale"],
    "data": [
        "views/loyalty_b2b_program_views.xml",
        "views/checkout_templates.xml",
        "views/product_templates.xml",
        "views/cart_earning_templates.xml",
        "views/joining_templates.xml",
    ],
    "assets": {
        "web.assets_frontend": [
            "loyalty_b2b_website_sale/static/src/**/*",
        ],
        "web.assets_tests": ["loyalty_b2b_website_sale/static/tests/tours/**/*"],
    },
    "demo": ["demo/loyalty_b2b_website_sale_demo.xml"],
    "auto_install": True,
}
