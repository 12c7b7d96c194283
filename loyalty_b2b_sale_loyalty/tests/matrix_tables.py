"""Who may call what; see the tables of the core for the letters."""

METHODS = """
loyalty.b2b.migration.action_book                         - - - - - - - - - - - -
loyalty.b2b.migration.action_dry_run                      - - - - - - - - - - - -
loyalty.b2b.migration.action_report                       - - - - - - - - - - - -
"""
