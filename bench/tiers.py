"""The time to review the levels of 10^5 wallets, beside the bare SQL statement.

    LOYALTY_B2B_ROWS=10000000 make bench ARGS=tiers

100 000 wallets with 100 entries each over three years (a tenth of both by default);
all levels are due for review. The bare statement sums up the turnover of all wallets,
decides, writes wallets and history at once. The nightly step does it in batches, each
locked and committed, so that it can be broken off. Both in turns on the same data, put
back in between. Allowed: 1.5 times the bare statement.
"""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import _fixtures as make  # noqa: E402
from _plans import in_autocommit  # noqa: E402

from odoo import Command  # noqa: E402

ROWS = int(os.environ.get("LOYALTY_B2B_ROWS", 1_000_000))
EACH = 100
DAYS = 1000
TURNS = ("bare SQL", "nightly step", "nightly step", "bare SQL")
THRESHOLDS = {"Basic": 0, "Silver": 2000, "Gold": 2250}
TABLES = ("loyalty_b2b_entry", "loyalty_b2b_wallet", "loyalty_b2b_tier_change")

WALLETS = """
    WITH partners AS (
        INSERT INTO res_partner (name, complete_name, is_company, active, type,
                                 autopost_bills)
        SELECT 'Bench', 'Bench', TRUE, TRUE, 'contact', 'ask'
          FROM generate_series(1, %(wallets)s) RETURNING id
    )
    INSERT INTO loyalty_b2b_wallet
           (program_id, company_id, partner_id, state, date_joined, version)
    SELECT %(program)s, %(company)s, id, 'active', '2020-01-01', 0 FROM partners
"""
# Of ten entries seven are earned, one is taken back, two are used: in order of time, as
# a ledger grows.
ENTRIES = """
    INSERT INTO loyalty_b2b_entry
           (wallet_id, program_id, company_id, currency_id, kind, state, points,
            points_open, date_event, date_available, date_booked, booking, key,
            group_ref, partner_id, partner_name, move_ref, move_name, date_earned,
            turnover, awaits_payment, to_settle)
    SELECT w.id, %(program)s, %(company)s, %(currency)s, k.kind, 'posted',
           k.sign * a.amount, 0, d.day, d.day, d.day,
           nextval('loyalty_b2b_booking'), 'bench:' || w.id || ':' || n,
           'order:' || w.id || ':' || n, w.partner_id, 'Bench customer', n,
           'INV/2026/' || n, CASE WHEN k.kind <> 'redeem' THEN d.day END,
           CASE WHEN k.kind <> 'redeem' THEN k.sign * a.amount ELSE 0 END, FALSE, FALSE
      FROM generate_series(1, %(each)s) n
     CROSS JOIN LATERAL (SELECT CURRENT_DATE - ((%(each)s - n) * %(days)s / %(each)s)
            AS day) d
     CROSS JOIN LATERAL (SELECT
            CASE n %% 10 WHEN 0 THEN 'reversal' WHEN 3 THEN 'redeem'
                 WHEN 7 THEN 'redeem' ELSE 'earn' END AS kind,
            CASE WHEN n %% 10 IN (0, 3, 7) THEN -1 ELSE 1 END AS sign) k
     CROSS JOIN loyalty_b2b_wallet w
     CROSS JOIN LATERAL (SELECT 60 + (w.id * 7919 + n * 104729) %% 80 AS amount) a
     WHERE w.program_id = %(program)s
"""
RESET = """
    UPDATE loyalty_b2b_wallet
       SET tier_id = t.id, tier_earned_id = t.id, tier_since = %(since)s,
           tier_until = %(until)s
      FROM (SELECT (%(ids)s)[2 + n] AS id, n FROM generate_series(0, 1) n) t
     WHERE program_id = %(program)s AND t.n = loyalty_b2b_wallet.id %% 2
"""
BARE = """
    WITH sums AS (
        SELECT wallet_id,
               SUM(turnover) FILTER (WHERE date_earned > %(until)s) AS running,
               SUM(turnover) FILTER (WHERE date_earned <= %(until)s) AS ended
          FROM loyalty_b2b_entry
         WHERE program_id = %(program)s AND state = 'posted'
           AND date_earned BETWEEN %(start)s AND %(end)s
         GROUP BY wallet_id
    ), ranked AS (
        SELECT w.id, w.company_id, w.tier_earned_id, s.running, s.ended,
               ARRAY_POSITION(%(ids)s, w.tier_earned_id) AS held,
               WIDTH_BUCKET(s.running, %(thresholds)s) AS now_rank,
               WIDTH_BUCKET(GREATEST(s.running, s.ended), %(thresholds)s) AS kept
          FROM loyalty_b2b_wallet w JOIN sums s ON s.wallet_id = w.id
         WHERE w.program_id = %(program)s AND w.tier_until + 60 < CURRENT_DATE
    ), decided AS (
        SELECT r.*, CASE WHEN now_rank > held THEN now_rank
                         WHEN kept < held THEN held - 1 ELSE held END AS rank
          FROM ranked r
    ), updated AS (
        UPDATE loyalty_b2b_wallet w
           SET tier_id = (%(ids)s)[d.rank], tier_earned_id = (%(ids)s)[d.rank],
               tier_until = CASE WHEN d.rank > 1 THEN %(end)s::date END,
               tier_since = CASE WHEN d.rank <> d.held THEN CURRENT_DATE
                                 ELSE w.tier_since END
          FROM decided d WHERE w.id = d.id
    )
    INSERT INTO loyalty_b2b_tier_change (
        wallet_id, program_id, company_id, date, tier_from_id, tier_to_id, cause,
        measure, date_until, user_id, create_uid, create_date, write_uid, write_date)
    SELECT id, %(program)s, company_id, CURRENT_DATE, tier_earned_id, (%(ids)s)[rank],
           CASE WHEN rank > held THEN 'reached' WHEN rank < held THEN 'lost'
                ELSE 'kept' END, GREATEST(running, ended),
           CASE WHEN rank > 1 THEN %(end)s::date END, 1, 1, now(), 1, now()
      FROM decided
"""
OUTCOME = """
    SELECT cause, tier_to_id, date_until, COUNT(*), SUM(measure)
      FROM loyalty_b2b_tier_change WHERE program_id = %(program)s
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def main(env):
    env = make.make_company(env)
    program = make.make_program(env)
    program.notices = False
    program.tier_ids = [
        Command.create({"name": name, "threshold": threshold})
        for name, threshold in THRESHOLDS.items()
    ]
    values = get_values(program)
    fill(env, values)
    seconds, outcomes = dict.fromkeys(TURNS, 0.0), []
    for name in TURNS:
        reset(env, values)
        start = time.perf_counter()
        if name == "bare SQL":
            env.cr.execute(BARE, values)
            env.cr.commit()
        else:
            program._daily_tiers()
        taken = time.perf_counter() - start
        seconds[name] += taken
        print(f"{name:12} {values['wallets']:9,d} wallets {taken:8.1f} s", flush=True)
        env.cr.execute(OUTCOME, values)
        outcomes.append(env.cr.fetchall())
    if any(found != outcomes[0] for found in outcomes):
        raise SystemExit(f"They do not come to the same: {outcomes}")
    print(f"ratio        {seconds['nightly step'] / seconds['bare SQL']:.2f}")
    print(", ".join(f"{row[0]} {row[3]:,}" for row in outcomes[0]))


def get_values(program):
    year = program._today().year
    levels = program._get_tier_terms().levels
    return {
        "program": program.id,
        "company": program.company_id.id,
        "currency": program.currency_id.id,
        "wallets": ROWS // EACH,
        "each": EACH,
        "days": DAYS,
        "ids": [level.id for level in levels],
        "thresholds": [level.threshold for level in levels],
        "since": f"{year - 1}-05-10",
        "start": f"{year - 1}-01-01",
        "until": f"{year - 1}-12-31",
        "end": f"{year}-12-31",
    }


def fill(env, values):
    """Insert wallets and their entries, and the indexes after them."""
    execute, start = env.cr.execute, time.perf_counter()
    execute(WALLETS, values)
    execute("SET LOCAL session_replication_role = replica")
    execute("SET LOCAL maintenance_work_mem = '1GB'")
    execute(
        "SELECT indexname, indexdef FROM pg_indexes i"
        " WHERE tablename = 'loyalty_b2b_entry' AND NOT EXISTS ("
        "   SELECT FROM pg_constraint c WHERE c.conname = i.indexname)"
    )
    indexes = env.cr.fetchall()
    for name, _definition in indexes:
        execute(f'DROP INDEX "{name}"')
    execute(ENTRIES, values)
    for _name, definition in indexes:
        execute(definition)
    env.cr.commit()
    seconds = time.perf_counter() - start
    print(f"{values['wallets'] * EACH:,} entries, {seconds:.0f} s", flush=True)


def reset(env, values):
    """Put all wallets back; let nobody pay for what the one before has left."""
    env.cr.execute("TRUNCATE loyalty_b2b_tier_change")
    env.cr.execute(RESET, values)
    env.cr.commit()
    env.invalidate_all()
    with in_autocommit(env.cr) as cr:
        for table in TABLES:
            cr.execute(f"VACUUM (ANALYZE) {table}")
        cr.execute("CHECKPOINT")
