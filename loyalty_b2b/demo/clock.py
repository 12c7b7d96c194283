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
def at(day):
    """Let `fields.Datetime.now` be 9 o'clock UTC of a day, for this thread alone.

    Other requests of the same process keep the true time, and so do
    `fields.Date.today` and PostgreSQL, hence the creation dates of all records.
    """
    thread = threading.get_ident()
    moment = datetime.combine(day, time(9))
    true_now = fields.Datetime.now

    def now(*args):
        return moment if threading.get_ident() == thread else true_now(*args)

    with patch.object(fields.Datetime, "now", staticmethod(now)):
        yield
