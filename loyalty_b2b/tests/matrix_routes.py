"""Who may open which page and send which form; see test_matrix_routes.

A letter for each of `matrix_common.ROLES`: "y" the page, the file or a way on, "-" the
answer of what does not exist, or the way home.
"""

# ruff: noqa: E501

ROUTES = """
GET /loyalty/<int:program_id>/<string:token>/logo.png               y y y y y y y y y y y y
GET /loyalty/invitation/<string:token>                              y y y y y y y y y y y y
GET /loyalty/invitation/<string:token>/logo                         y y y y y y y y y y y y
GET /my/loyalty                                                     - y - y y y - - - - - -
GET /my/loyalty/<int:entry_id>                                      - - - y y y - - - - - -
GET /my/loyalty/page/<int:page>                                     - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>                            - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/join                       - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/level/<int:tier_id>/image  - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/logo                       - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/messages                   - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/page/<int:page>            - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/recommend                  - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/rules                      - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/statement                  - y - y y y - - - - - -
GET /my/loyalty/program/<int:program_id>/statement/<string:kind>    - y - y y y - - - - - -
POST /loyalty/invitation/<string:token>/ask                         y y y y y y y y y y y y
POST /loyalty/invitation/<string:token>/join                        - y y y y y y y y y y y
POST /my/loyalty/program/<int:program_id>/channel                   - y - y y y - - - - - -
POST /my/loyalty/program/<int:program_id>/join                      - y - y y y - - - - - -
POST /my/loyalty/program/<int:program_id>/recommend                 - y - y y y - - - - - -
"""

# What the forms carry.
FORMS = {}
