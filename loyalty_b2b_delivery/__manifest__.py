{
    "name": "B2B Loyalty - Delivery",
    "summary": "Free delivery as a reward; delivery lines earn points if set",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Loyalty B2B contributors",
    "license": "LGPL-3",
    "depends": ["loyalty_b2b", "delivery"],
    "data": [
        "views/loyalty_b2b_program_views.xml",
        "views/loyalty_b2b_reward_views.xml",
    ],
    "post_init_hook": "post_init",
    "auto_install": True,
}
