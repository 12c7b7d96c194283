{
    "name": "B2B Loyalty - Coupons and Loyalty of Sales",
    "summary": "Points beside Odoo's promotions, gift cards and eWallets; take over its"
    " loyalty cards",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Loyalty B2B contributors",
    "license": "LGPL-3",
    "depends": ["loyalty_b2b", "sale_loyalty"],
    "data": [
        "security/ir.model.access.csv",
        "security/loyalty_b2b_migration_rules.xml",
        "wizard/loyalty_b2b_migration_views.xml",
        "views/loyalty_b2b_program_views.xml",
        "views/loyalty_program_views.xml",
        "views/res_config_settings_views.xml",
        "views/sale_order_views.xml",
    ],
    "auto_install": True,
}
