{
    "name": "B2B Loyalty",
    "summary": "A loyalty programme for business customers: one wallet a company, "
    "points from invoices, used as discounts on orders",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Loyalty B2B contributors",
    "license": "LGPL-3",
    "depends": ["sale_management", "account", "portal", "mail"],
    "data": [
        "security/loyalty_b2b_groups.xml",
        "security/ir.model.access.csv",
        "security/loyalty_b2b_rules.xml",
        "data/ir_cron.xml",
    ],
    "application": True,
}
