"""What the benchmarks share: a company with accounts, customers, documents, a clock."""

import statistics
import time
from unittest.mock import patch

from werkzeug.test import Client

import odoo.http
from odoo import Command, sql_db
from odoo.service import security

MOVE = "odoo.addons.loyalty_b2b.models.account_move.AccountMove"


def make_company(env):
    """Return an environment as administrator of a company that can invoice."""
    env = env(user=env.ref("base.user_admin").id)
    company = env.company
    if not company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", company)
    env.user.group_ids |= env.ref("account.group_account_manager")
    env.user.group_ids |= env.ref("sales_team.group_sale_manager")
    return env(context={**env.context, "tracking_disable": True})


def make_program(env, rules=1):
    """Return a running programme: 1 point per 1.00, 1 000 points = 10.00."""
    program = env["loyalty.b2b.program"].create(
        {
            "name": "Bench",
            "notices": False,
            "rate_ids": [Command.create({"date_start": "2015-01-01"})],
            "rule_ids": [
                Command.create({"name": f"Rule {n}", "points": 1, "amount": 1.0})
                for n in range(rules)
            ],
        }
    )
    program.action_start()
    return program


def make_customer(env, name="Customer"):
    return env["res.partner"].create({"name": name, "is_company": True})


def make_portal_user(env, partner, login):
    """Return a person of a customer who signs in to the portal."""
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": "Bench",
                "login": login,
                "parent_id": partner.id,
                "group_ids": [Command.set(env.ref("base.group_portal").ids)],
            }
        )
    )


def sign_in(env, user):
    """Return a browser in which a user is signed in; what was done is committed."""
    # requests have cursors of their own
    env.cr.commit()
    env = env(user=user.id)
    session = odoo.http.root.session_store.new()
    session.update(odoo.http.get_default_session(), db=env.cr.dbname)
    session.update(uid=user.id, login=user.login, _trace_disable=True)
    session.session_token = security.compute_session_token(session, env)
    session.context = dict(env["res.users"].context_get())
    odoo.http.root.session_store.save(session)
    client = Client(odoo.http.root)
    client.set_cookie("session_id", session.sid)
    return client


def make_product(env):
    return env["product.product"].create(
        {"name": "Drill", "type": "service", "list_price": 100.0}
    )


def make_order(env, partner, product, lines=5):
    return env["sale.order"].create(
        {
            "partner_id": partner.id,
            "order_line": [
                Command.create({"product_id": product.id, "price_unit": 100.0 + n})
                for n in range(lines)
            ],
        }
    )


def make_invoices(env, partner, product, count=1, lines=5):
    return env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": "2026-01-15",
                "invoice_line_ids": [
                    Command.create({"product_id": product.id, "price_unit": 100.0 + n})
                    for n in range(lines)
                ],
            }
            for _number in range(count)
        ]
    )


def hooks_off():
    """Switch off what posting and payments tell the wallet."""
    return (
        patch(f"{MOVE}._book_loyalty_b2b"),
        patch(f"{MOVE}._queue_loyalty_b2b_activation"),
    )


def measure(env, prepare, act, repeat=7):
    """Return (queries, seconds) of an act on what was prepared: warm, the median."""
    turns = [measure_once(env, prepare, act) for _turn in range(repeat + 1)][1:]
    numbers, times = zip(*turns, strict=True)
    return min(numbers), statistics.median(times)


def measure_once(env, prepare, act):
    """Return (queries, seconds) of an act on what was prepared, on all cursors."""
    records = get_ready(env, prepare)
    before, start = sql_db.sql_counter, time.perf_counter()
    finish(env, act, records)
    return sql_db.sql_counter - before, time.perf_counter() - start


def get_ready(env, prepare):
    """Return what was prepared, written to the database and not in memory."""
    records = prepare()
    env.flush_all()
    env.cr.flush()
    env.invalidate_all()
    return records


def finish(env, act, records):
    """Act, and write what was done to the database."""
    act(records)
    env.flush_all()
    env.cr.flush()
