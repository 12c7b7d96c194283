"""The wallet list at scale: 100 000 wallets with 500 000 open lots, sorted.

Beside it the bare SQL that sums the same lots without knowing days or debts.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import _fixtures as make  # noqa: E402

WALLETS, LOTS, INVOICES, PRODUCTS = 100_000, 5, 3, 500


def main(env):
    env = make.make_company(env)
    program = make.make_program(env)
    env["loyalty.b2b.tier"].create(
        {"name": "Silver", "program_id": program.id, "threshold": 2500.0}
    )
    program.tier_measure = "points"
    fill(env, program)
    wallets = env["loyalty.b2b.wallet"]
    bare = clock(
        env,
        "SELECT wallet_id, SUM(points_open) AS points FROM loyalty_b2b_entry"
        " WHERE state = 'posted' AND points_open > 0"
        " GROUP BY wallet_id ORDER BY points DESC LIMIT 80",
    )
    rows = [("bare SQL: sum and sort", bare)]
    for name, call in {
        "first page, sorted by available": lambda: wallets.search(
            [], order="available desc", limit=80
        ).mapped("available"),
        "search available > 4 500": lambda: wallets.search_count(
            [("available", ">", 4500)]
        ),
        "my customers: sorted by what expires soon": lambda: wallets.search(
            [], order="expiring_soon desc", limit=80
        ).mapped("next_step"),
        "my customers: silent for 90 days": lambda: wallets.search_count(
            [("last_purchase_date", "<", "2026-01-01")]
        ),
        "my customers: sorted by last invoice": lambda: wallets.search(
            [], order="last_purchase_date", limit=80
        ),
        "my customers: near a level": lambda: wallets.search_count(
            [("level_percent", ">=", 80)]
        ),
        "my customers: waiting for approval": lambda: wallets.search_count(
            [("approval_count", ">", 0)]
        ),
        "share that used points, by level": lambda: wallets._read_group(
            [], ["tier_id"], ["used_share:avg"]
        ),
        "products worth suggesting to 10 customers": lambda: [
            wallet._get_product_suggestions() for wallet in wallets.search([], limit=10)
        ],
        "figures of one page": lambda: wallets.search([], limit=80).mapped("balance"),
    }.items():
        env.invalidate_all()
        start = time.perf_counter()
        call()
        rows.append((name, time.perf_counter() - start))
    for name, seconds in rows:
        print(f"{name:45} {seconds:7.2f} s")


def fill(env, program):
    """Insert wallets and lots as the ledger would have them."""
    values = (program.id, program.company_id.id, program.currency_id.id)
    env.cr.execute(
        """
        INSERT INTO res_partner (name, complete_name, is_company, active, type,
                                 commercial_partner_id, autopost_bills)
        SELECT 'Bench ' || n, 'Bench ' || n, TRUE, TRUE, 'contact', NULL, 'ask'
          FROM generate_series(1, %s) n
        """,
        [WALLETS],
    )
    env.cr.execute(
        """
        INSERT INTO loyalty_b2b_wallet
               (program_id, company_id, partner_id, state, date_joined, version)
        SELECT %s, %s, id, 'active', '2024-01-01', 0
          FROM res_partner WHERE name LIKE 'Bench %%'
        """,
        values[:2],
    )
    env.cr.execute(
        """
        INSERT INTO loyalty_b2b_entry
               (wallet_id, program_id, company_id, currency_id, kind, state, points,
                points_open, date_earned, date_event, date_available, date_booked,
                date_expiry, booking, key)
        SELECT w.id, %s, %s, %s, 'earn', 'posted', p.points, p.points,
               CURRENT_DATE, '2026-01-01', '2026-01-01', '2026-01-01',
               CURRENT_DATE + (n * 30 - 20), nextval('loyalty_b2b_booking'),
               'bench:' || w.id || ':' || n
          FROM loyalty_b2b_wallet w, generate_series(1, %s) n,
               LATERAL (SELECT (w.id * 7919 + n * 104729) %% 1000 + 1 AS points) p
        """,
        [*values, LOTS],
    )
    fill_invoices(env, *values[:2])
    env.cr.execute("ANALYZE loyalty_b2b_entry")
    env.cr.execute("ANALYZE loyalty_b2b_wallet")
    env.cr.commit()
    env.invalidate_all()


def fill_invoices(env, program, company):
    """Insert who takes part, and three invoices of each: bare rows of moves."""
    env.cr.execute(
        """
        INSERT INTO loyalty_b2b_participant
               (wallet_id, program_id, company_id, partner_id, date_start)
        SELECT id, program_id, company_id, partner_id, '2024-01-01'
          FROM loyalty_b2b_wallet WHERE program_id = %s
        """,
        [program],
    )
    journal = env["account.journal"].search(
        [("type", "=", "sale"), ("company_id", "=", company)], limit=1
    )
    env.cr.execute(
        """
        INSERT INTO account_move
               (name, journal_id, company_id, currency_id, state, move_type, auto_post,
                date, invoice_date, partner_id, commercial_partner_id)
        SELECT 'B' || w.id || '/' || n, %s, %s, %s, 'posted', 'out_invoice', 'no',
               d.day, d.day, w.partner_id, w.partner_id
          FROM loyalty_b2b_wallet w, generate_series(1, %s) n,
               LATERAL (SELECT CURRENT_DATE - ((w.id * 31 + n * 97) %% 700)::int) d(day)
         WHERE w.program_id = %s
        """,
        [journal.id, company, env.company.currency_id.id, INVOICES, program],
    )
    fill_lines(env, company)
    env.cr.execute("ANALYZE account_move")
    env.cr.execute("ANALYZE loyalty_b2b_participant")


def fill_lines(env, company):
    """Insert two lines of each invoice, of 500 products; some sell far more often."""
    products = env["product.product"].create(
        [{"name": f"Bench {number}", "type": "consu"} for number in range(PRODUCTS)]
    )
    account = env["account.account"].search(
        [("account_type", "=", "income"), ("company_ids", "=", company)], limit=1
    )
    env.cr.execute(
        """
        INSERT INTO account_move_line
               (move_id, account_id, partner_id, product_id, date, parent_state,
                display_type, company_id, currency_id, balance, amount_currency)
        SELECT m.id, %s, m.partner_id, (%s::int[])[1 + (POWER(h.hash, 2) * %s)::int],
               m.date, 'posted', 'product', m.company_id, m.currency_id, -10, -10
          FROM account_move m, generate_series(1, 2) n,
               LATERAL (SELECT (m.id::bigint * 7919 + n * 104729) %% 9973 / 9973.0)
                       h(hash)
         WHERE m.name LIKE 'B%%/%%'
        """,
        [account.id, products.ids, PRODUCTS - 1],
    )
    env.cr.execute("ANALYZE account_move_line")


def clock(env, query):
    start = time.perf_counter()
    env.cr.execute(query)
    env.cr.fetchall()
    return time.perf_counter() - start
