import contextlib
import os
import secrets
import threading
import unittest
from unittest.mock import patch

import psycopg2
from psycopg2 import sql

from odoo import SUPERUSER_ID, Command, api, fields, sql_db, tools
from odoo.exceptions import ConcurrencyError, UserError
from odoo.modules.registry import Registry
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, retrying
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

PREFIX = "lb2b_proc"
LOST = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError)


@unittest.skipUnless("LOYALTY_B2B_TEMPLATE" in os.environ, "needs `make test`")
@tagged("post_install", "-at_install")
class ProcessCase(BaseCase):
    """Real connections that commit, on a copy of the template database.

    `make test` names the template in LOYALTY_B2B_TEMPLATE. Threads stand for Odoo's
    workers: each has its own transaction, and loses and retries as a request does.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._drop_abandoned()
        cls.database = f"{PREFIX}_{os.getpid()}_{secrets.token_hex(3)}"
        cls._execute(
            "CREATE DATABASE {} TEMPLATE {}",
            cls.database,
            os.environ["LOYALTY_B2B_TEMPLATE"],
        )
        cls.addClassCleanup(cls._drop, cls.database)
        options = {"test_enable": False}
        patcher = patch.dict(tools.config.options, options)
        cls.startClassPatcher(patcher)
        muted = mute_logger("odoo.sql_db", "odoo.service.model", "odoo.tools.cache")
        muted.__enter__()
        cls.addClassCleanup(muted.__exit__, None, None, None)
        cls.registry = Registry(cls.database)
        with cls._environment() as env:
            cls._prepare_company(env)

    # === DATABASE === #

    @staticmethod
    def _execute(statement, *names, values=()):
        """Run a statement on the server, outside of a transaction."""
        with contextlib.closing(psycopg2.connect(dbname="postgres")) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute(
                sql.SQL(statement).format(*map(sql.Identifier, names)), values
            )
            return cursor.fetchall() if cursor.description else []

    @classmethod
    def _drop(cls, name):
        Registry.delete(name)
        sql_db.close_db(name)
        cls._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    @classmethod
    def _drop_abandoned(cls):
        """Drop the copies of runs that were killed."""
        query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        for (name,) in cls._execute(query, values=[f"{PREFIX}_"]):
            try:
                os.kill(int(name.split("_")[2]), 0)
            except ProcessLookupError:
                cls._drop(name)
            except PermissionError:
                continue

    @classmethod
    @contextlib.contextmanager
    def _environment(cls):
        """Have a transaction of one's own, committed at the end."""
        with cls.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})

    # === FIXTURES === #

    @classmethod
    def _prepare_company(cls, env):
        company = env.company
        if not company.chart_template:
            env["account.chart.template"].try_loading(
                "generic_coa", company, install_demo=False
            )
        product = env["product.product"].create(
            {"name": "Drill", "list_price": 100.0, "invoice_policy": "order"}
        )
        product.taxes_id = False
        cls.product_id = product.id
        cls.program_id = cls._create_program(env).id

    @classmethod
    def _create_program(cls, env, **rule):
        program = env["loyalty.b2b.program"].create(
            {
                "name": "Club",
                "tz": "Europe/Warsaw",
                "rate_tax": "net",
                "notices": False,
                "rate_ids": [
                    Command.create(
                        {"date_start": "2015-01-01", "points": 1000, "amount": 10.0}
                    )
                ],
                "rule_ids": [
                    Command.create(
                        {"name": "Everything", "points": 1, "amount": 1.0, **rule}
                    )
                ],
            }
        )
        program.action_start()
        return program

    @classmethod
    def _create_wallet(cls, points=0, **values):
        """Create a customer with a wallet, committed.

        :return: ids of wallet and customer.
        """
        with cls._environment() as env:
            partner = env["res.partner"].create(
                {
                    "name": f"Customer {secrets.token_hex(3)}",
                    "is_company": True,
                    **values,
                }
            )
            program = env["loyalty.b2b.program"].browse(cls.program_id)
            day = fields.Date.to_date("2015-01-01")
            wallet = program._enrol(partner, date_start=day)[partner]
            if points:
                wallet._open_balance(points, f"opening:{wallet.id}")
            return wallet.id, partner.id

    @classmethod
    def _prepare_invoice(cls, partner_id, amount, **values):
        line = {
            "product_id": cls.product_id,
            "price_unit": amount,
            "tax_ids": [Command.clear()],
        }
        return {
            "move_type": "out_invoice",
            "partner_id": partner_id,
            "invoice_date": fields.Date.today(),
            "invoice_line_ids": [Command.create(line)],
            **values,
        }

    # === PROCESSES === #

    def run_together(self, *calls):
        """Run functions of an environment at the same moment, each as a request does.

        :return: for each its result, or the exception with which it ended.
        """
        start = threading.Barrier(len(calls))
        results = [None] * len(calls)

        def work(place, call):
            try:
                results[place] = self._request(call, start)
            except Exception as error:  # noqa: BLE001
                results[place] = error

        threads = [
            threading.Thread(target=work, args=item, name=f"worker {item[0]}")
            for item in enumerate(calls)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    def _request(self, call, start=None):
        """Run a function as Odoo runs a request: it is tried again if it loses."""
        with self._environment() as env:
            if start:
                env.cr.execute(
                    "SELECT 1"
                )  # the snapshot is taken before the others act
                start.wait()
            return retrying(lambda: call(env), env)

    def decide(self, *calls):
        """Run functions together until each is decided: done, or refused in words.

        After five lost races Odoo gives up, and the user clicks again.
        """
        results = self.run_together(*calls)
        for place, call in enumerate(calls):
            while isinstance(results[place], LOST):
                (results[place],) = self.run_together(call)
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, UserError):
                raise result
        return results

    def count_done(self, results):
        return sum(not isinstance(result, UserError) for result in results)

    # === ASSERTIONS === #

    def assertSound(self, wallet_id, **figures):
        """Check the whole ledger, and a wallet's figures before and after settling."""
        with self._environment() as env:
            wallet = env["loyalty.b2b.wallet"].browse(wallet_id)
            for _turn in ("before settling", "after settling"):
                real = {name: wallet[name] for name in figures}
                self.assertEqual(real, figures, _turn)
                self.assertEqual(wallet._verify_all(), [])
                wallet._lock()
                wallet._settle()
                wallet._invalidate_figures()
