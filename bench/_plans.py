"""What an act makes PostgreSQL do in the ledger: rows read, statements, plans."""

import time
from contextlib import contextmanager
from unittest.mock import patch

from odoo.sql_db import Cursor

LEDGER = ("loyalty_b2b_entry", "loyalty_b2b_entry_line", "loyalty_b2b_allocation")


@contextmanager
def in_autocommit(cr):
    """Run statements that want no transaction around them."""
    cr.commit()
    cr._cnx.autocommit = True
    try:
        yield cr
    finally:
        cr._cnx.autocommit = False


def get_rows_read(cr):
    """Return how many rows of the ledger this transaction has read so far."""
    cr.execute(
        "SELECT COALESCE(SUM(seq_tup_read + COALESCE(idx_tup_fetch, 0)), 0)"
        "  FROM pg_stat_xact_user_tables WHERE relname = ANY(%s)",
        [list(LEDGER)],
    )
    return int(cr.fetchone()[0])


@contextmanager
def counted(cr):
    """Count the rows of the ledger that are read, by requests with own cursors, too.

    :return: list of numbers; their sum is the result.
    """
    init, commit, numbers, before = Cursor.__init__, Cursor.commit, [], {}

    def begin(other, *args):
        init(other, *args)
        # a connection may have read for others
        before[other] = get_rows_read(other)

    def end(other):
        numbers.append(get_rows_read(other) - before[other])
        commit(other)

    before[cr] = get_rows_read(cr)
    with patch.object(Cursor, "__init__", begin), patch.object(Cursor, "commit", end):
        yield numbers
    numbers.append(get_rows_read(cr) - before[cr])


@contextmanager
def logged():
    """Note every statement about the ledger with its seconds, on all cursors.

    :return: list of (seconds, statement with its values).
    """
    execute, notes = Cursor.execute, []

    def note(cr, query, params=None, log_exceptions=True):
        start = time.perf_counter()
        result = execute(cr, query, params, log_exceptions)
        seconds, statement = time.perf_counter() - start, cr._obj.query.decode()
        if any(table in statement for table in LEDGER):
            notes.append((seconds, statement))
        return result

    with patch.object(Cursor, "execute", note):
        yield notes


def explain(cr, statement):
    """Return the plan of a statement, not run."""
    cr.execute("EXPLAIN " + statement.replace("%", "%%"), [])
    return [line for (line,) in cr.fetchall()]
