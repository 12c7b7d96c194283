"""Online migration at scale: 100 000 customers that take part, 300 000 orders.

Each row is what one screen asks for; the list of customers is sorted by a figure that
is worked out of all orders.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import _fixtures as make  # noqa: E402

CUSTOMERS, ORDERS = 100_000, 3
SPEC = {
    name: {}
    for name in (
        "partner_id",
        "user_id",
        "currency_id",
        "date_joined",
        "share_before",
        "share_since",
        "online_change",
        "orders_before",
        "orders_since",
        "amount_since",
        "online_amount_since",
    )
}
SPEC["partner_id"] = {"fields": {"display_name": {}}}


def main(env):
    env = make.make_company(env)
    program = make.make_program(env)
    fill(env, program)
    orders = env["loyalty.b2b.channel.report"]
    customers = env["loyalty.b2b.channel.customer"]
    measures = ["order_count:sum", "online_share:avg", "online_amount_share:avg"]
    kept = [("is_control", "=", False)]
    one = customers.search([], limit=1).partner_id

    def read(domain, order="", offset=0):
        return customers.web_search_read(
            domain, SPEC, order=order, limit=80, offset=offset, count_limit=10001
        )

    for name, call in {
        "graph: turnover by month and channel": lambda: orders.formatted_read_group(
            [], ["date:month", "channel"], ["amount:sum"]
        ),
        "pivot: shares by month and participation": lambda: orders.formatted_read_group(
            [], ["date:month", "period"], measures
        ),
        "orders: first page": lambda: orders.web_search_read(
            [], {"date": {}, "order_id": {}, "channel": {}, "amount": {}}, limit=80
        ),
        "orders of one customer by channel": lambda: orders.formatted_read_group(
            [("partner_id", "=", one.id)], ["period", "channel"], measures
        ),
        "customers: first page, by change": lambda: read(kept),
        "customers: first page, by name": lambda: read(kept, "partner_id"),
        "customers: moved online": lambda: read([*kept, ("online_change", ">", 0)]),
        "customers: mine": lambda: read([*kept, ("user_id", "=", env.uid)]),
        "customers: shares by account manager": lambda: customers.formatted_read_group(
            kept, ["user_id"], ["share_before:avg", "share_since:avg"]
        ),
    }.items():
        seconds = min(clock(env, call) for _turn in range(2))
        print(f"{name:45} {seconds:7.2f} s")


def clock(env, call):
    env.invalidate_all()
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def fill(env, program):
    """Insert customers, wallets, participants and confirmed orders as bare rows."""
    company = program.company_id.id
    env.cr.execute(
        """
        INSERT INTO res_partner (name, complete_name, is_company, active, type,
                                 autopost_bills, user_id)
        SELECT 'Bench ' || n, 'Bench ' || n, TRUE, TRUE, 'contact', 'ask',
               CASE WHEN n %% 1000 = 0 THEN %s END
          FROM generate_series(1, %s) n
        """,
        [env.uid, CUSTOMERS],
    )
    env.cr.execute(
        "UPDATE res_partner SET commercial_partner_id = id WHERE name LIKE 'Bench %'"
    )
    env.cr.execute(
        """
        INSERT INTO loyalty_b2b_wallet
               (program_id, company_id, partner_id, user_id, state, date_joined,
                version)
        SELECT %s, %s, id, user_id, 'active', '2025-01-01', 0
          FROM res_partner WHERE name LIKE 'Bench %%'
        """,
        [program.id, company],
    )
    env.cr.execute(
        """
        INSERT INTO loyalty_b2b_participant
               (wallet_id, program_id, company_id, partner_id, date_start)
        SELECT id, program_id, company_id, partner_id,
               '2025-01-01'::date + (id * 31 %% 500)::int
          FROM loyalty_b2b_wallet WHERE program_id = %s
        """,
        [program.id],
    )
    fill_orders(env, program)
    for table in ("res_partner", "loyalty_b2b_wallet", "loyalty_b2b_participant"):
        env.cr.execute(f"ANALYZE {table}")
    env.cr.commit()
    env.invalidate_all()


def fill_orders(env, program):
    """Insert orders of two years; the later, the more of them online."""
    env.cr.execute(
        """
        INSERT INTO sale_order
               (name, company_id, partner_id, partner_invoice_id, partner_shipping_id,
                state, date_order, amount_untaxed, amount_total, currency_id,
                currency_rate, user_id, create_uid, loyalty_b2b_channel)
        SELECT 'B' || w.id || '/' || n, w.company_id, w.partner_id, w.partner_id,
               w.partner_id, 'sale', '2024-07-01'::timestamp + h.day * INTERVAL '1 day',
               100 + h.day, 123 + h.day, %s, 1, %s, %s,
               CASE WHEN h.day < 60 THEN NULL
                    WHEN h.hash < h.day THEN 'web'
                    WHEN h.hash < h.day + 100 THEN 'portal' ELSE 'sales' END
          FROM loyalty_b2b_wallet w, generate_series(1, %s) n,
               LATERAL (SELECT (w.id * 31 + n * 97) %% 700 AS day,
                               (w.id * 7919 + n * 104729) %% 1000 AS hash) h
         WHERE w.program_id = %s
        """,
        [program.currency_id.id, env.uid, env.uid, ORDERS, program.id],
    )
    env.cr.execute("ANALYZE sale_order")
