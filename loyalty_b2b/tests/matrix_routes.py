"""Who may open which page and send which form; see test_matrix_routes.

A letter for each of `matrix_common.ROLES`: "w" the form wrote something; "y" a page, a
file or a way on, and nothing was written; "-" the answer of what does not exist, or the
way home.
"""

# ruff: noqa: E501

ROUTES = """
GET /loyalty/<int:program_id>/<string:token>/logo.png                    y y y y y y y y y y y y
GET /loyalty/administrator                                               y y y y y y y y y y y y
GET /loyalty/administrator/<string:token>                                y y y y y y y y y y y y
GET /loyalty/approval-answered                                           y y y y y y y y y y y y
GET /loyalty/approval/<string:token>                                     y y y y y y y y y y y y
GET /loyalty/invitation/<string:token>                                   y y y y y y y y y y y y
GET /loyalty/invitation/<string:token>/logo                              y y y y y y y y y y y y
GET /my/loyalty                                                          - y - y y y - - - - - -
GET /my/loyalty/<int:entry_id>                                           - - - y y y - - - - - -
GET /my/loyalty/approval/<int:approval_id>                               - - - - - y - - - - - -
GET /my/loyalty/page/<int:page>                                          - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>                                 - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/approvals                       - - - - - y - - - - - -
GET /my/loyalty/program/<int:program_id>/join                            - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/level/<int:tier_id>/image       - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/logo                            - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/messages                        - y y y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/page/<int:page>                 - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/people                          - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/people/page/<int:page>          - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/recommend                       - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/reward/<int:reward_id>          - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/reward/<int:reward_id>/image    - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/rewards                         - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/rewards/page/<int:page>         - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/rules                           - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/statement                       - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/statement/<string:kind>         - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/terms                           - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/uses                            - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/uses/page/<int:page>            - y - y y y - - - - - -
GET /my/loyalty/use/<int:use_id>                                         - - - y y y - - - - - -
GET /my/orders/<int:order_id>                                            - - y y y y - y y y y y
JSON /my/loyalty/order/<int:order_id>/preview                            - - - y y y - - - - - -
POST /loyalty/administrator/<string:token>                               w w w w w w w w w w w w
POST /loyalty/approval/<string:token>                                    w w w w w w w w w w w w
POST /loyalty/invitation/<string:token>/ask                              w w w w w w w w w w w w
POST /loyalty/invitation/<string:token>/join                             - y y y y y y y y y y y
POST /my/loyalty/approval/<int:approval_id>                              - - - - - w - - - - - -
POST /my/loyalty/order/<int:order_id>/remove                             - - - y y y - - - - - -
POST /my/loyalty/order/<int:order_id>/use                                - - - w w w - - - - - -
POST /my/loyalty/order/<int:order_id>/withdraw                           - - - y y y - - - - - -
POST /my/loyalty/program/<int:program_id>/channel                        - y - y y y - - - - - -
POST /my/loyalty/program/<int:program_id>/consent                        - w w w w w - - - - - -
POST /my/loyalty/program/<int:program_id>/join                           - y - y y y - - - - - -
POST /my/loyalty/program/<int:program_id>/people/ask                     - w - y y y - - - - - -
POST /my/loyalty/program/<int:program_id>/people/give                    - y - y y w - - - - - -
POST /my/loyalty/program/<int:program_id>/people/invite                  - y - y y w - - - - - -
POST /my/loyalty/program/<int:program_id>/people/take                    - y - y y w - - - - - -
POST /my/loyalty/program/<int:program_id>/recommend                      - w - w w w - - - - - -
POST /my/loyalty/program/<int:program_id>/reward/<int:reward_id>/redeem  - y - w w w - - - - - -
POST /my/loyalty/program/<int:program_id>/terms                          - y - y y y - - - - - -
POST /my/loyalty/use/<int:use_id>/withdraw                               - - - w y y - - - - - -
"""

# What the forms carry; "@" stands before somebody's role.
FORMS = {
    "JSON /my/loyalty/order/<int:order_id>/preview": {"points": 10},
    "POST /loyalty/administrator/<string:token>": {"answer": "confirm"},
    "POST /loyalty/approval/<string:token>": {"verdict": "accepted"},
    "POST /loyalty/invitation/<string:token>/ask": {
        "accept": "yes",
        "name": "Budmax",
        "tax_id": "7010202000",
        "contact": "Jan",
        "email": "jan@budmax.test",
    },
    "POST /my/loyalty/approval/<int:approval_id>": {"verdict": "accepted"},
    "POST /my/loyalty/order/<int:order_id>/use": {"points": 10, "reason": "Now"},
    "POST /my/loyalty/program/<int:program_id>/consent": {
        "kind": "offers",
        "channel": "email",
        "act": "give",
    },
    "POST /my/loyalty/program/<int:program_id>/people/give": {
        "partner_id": "@colleague",
        "role": "uses",
    },
    "POST /my/loyalty/program/<int:program_id>/people/invite": {
        "name": "Ewa",
        "email": "ewa@wisla.test",
        "role": "uses",
    },
    "POST /my/loyalty/program/<int:program_id>/people/take": {"partner_id": "@buyer"},
    "POST /my/loyalty/program/<int:program_id>/recommend": {
        "name": "Skanska",
        "email": "jan@skanska.test",
    },
    "POST /my/loyalty/program/<int:program_id>/reward/<int:reward_id>/redeem": {
        "quantity": 1,
        "reason": "Now",
        "request_key": "12345678-1234-4234-8234-999999999999",
    },
}
