"""Who may call what; see the tables of the core for the letters."""

METHODS = """
loyalty.b2b.migration.action_book                         - - - - - - - - - - - -
loyalty.b2b.migration.action_dry_run                      - - - - - - - - - - - -
loyalty.b2b.migration.action_report                       - - - - - - - - - - - -
loyalty.b2b.program.action_take_over                      - - - - - - - - - - o -
loyalty.b2b.program.action_view_rivals                    - - - - - - o o o o o o
loyalty.program.action_loyalty_b2b_take_over              - - - - - - - - - - - -
sale.order.action_confirm                                 - - - - - - - y y y y -
"""
