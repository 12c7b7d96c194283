"""A second database in one run, to measure two states of the same thing in turns."""

import os
from contextlib import closing, contextmanager
from unittest.mock import patch

import psycopg2
from psycopg2 import sql

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import config

# Copies of runs that were killed are dropped by the process tests.
NAME = f"lb2b_proc_{os.getpid()}_bench"


@contextmanager
def copied():
    """Have an environment on another fresh copy of the template."""
    execute("CREATE DATABASE {} TEMPLATE {}", NAME, os.environ["LOYALTY_B2B_TEMPLATE"])
    served = {"db_name": [*config["db_name"], NAME], "dbfilter": ""}
    try:
        with patch.dict(config.options, served), Registry(NAME).cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})
    finally:
        Registry.delete(NAME)
        sql_db.close_db(NAME)
        execute("DROP DATABASE {} WITH (FORCE)", NAME)


def execute(statement, *names):
    with closing(psycopg2.connect(dbname="postgres")) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
