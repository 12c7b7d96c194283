{
    "name": "B2B Loyalty - Coupons and Loyalty of Sales",
    "summary": "Take over the points of Odoo's own loyalty cards into wallets",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Loyalty B2B contributors",
    "license": "LGPL-3",
    "depends": ["loyalty_b2b", "sale_loyalty"],
    "data": [
        "security/ir.model.access.csv",
        "security/loyalty_b2b_migration_rules.xml",
        "wizard/loyalty_b2b_migration_views.xml",
    ],
    "auto_install": True,
}
