"""The one place where time is simulated: demo documents enter the ledger in the past.

The ledger stamps what it books with the programme's today, and nothing can write
another date. A year of demo documents posted in one minute would all stand in this
month's statement. So the installer lets each document happen on its own day.
"""

import threading
from contextlib import contextmanager
from datetime import datetime, time
from unittest.mock import patch

from odoo import fields


@contextmanager
def at(day, cr):
    """Let it be 9 o'clock UTC of a day, for this thread and cursor alone.

    Other requests of the same process keep the true time, and so do
    `fields.Date.today` and PostgreSQL: the ledger, which is written in SQL, says in its
    creation dates when it was really made.

    :param date day: the day on which things happen.
    :param cr: cursor whose records say in their creation dates that they are of then.
    """
    thread = threading.get_ident()
    moment = datetime.combine(day, time(9))
    true_now = fields.Datetime.now

    def now(*args):
        return moment if threading.get_ident() == thread else true_now(*args)

    with (
        patch.object(fields.Datetime, "now", staticmethod(now)),
        patch.object(cr, "now", lambda: moment),
    ):
        yield
