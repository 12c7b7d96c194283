"""The time to expire 10^6 lots, beside the bare SQL statement doing the same writes.

Both in one run on like data: 100 000 wallets of 10 lapsed lots each, in two programmes.
The bare statement books, allocates and closes all lots and counts up all wallets at
once. The job does it in batches, each locked, settled where needed and committed, so
that it can be broken off. Allowed: 1.5 times the bare statement. LOTS= takes fewer.
"""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import _fixtures as make  # noqa: E402

LOTS = int(os.environ.get("LOTS", 1_000_000))
PER_WALLET = 10
TURNS = ("bare SQL", "daily job", "daily job", "bare SQL")

BARE = """
    WITH lapsed AS (
        SELECT e.*, w.version
          FROM loyalty_b2b_entry e JOIN loyalty_b2b_wallet w ON w.id = e.wallet_id
         WHERE e.program_id = %(program)s AND e.state = 'posted' AND e.points > 0
           AND e.points_open > 0 AND e.date_expiry < CURRENT_DATE
    ), counted AS (
        UPDATE loyalty_b2b_wallet SET version = version + 1
         WHERE program_id = %(program)s
    ), expired AS (
        INSERT INTO loyalty_b2b_entry (
            wallet_id, program_id, company_id, currency_id, kind, state, points,
            points_open, date_event, date_booked, booking, key, reversed_entry_id,
            amount, round, awaits_payment, to_settle, user_id, user_name,
            create_uid, create_date, write_uid, write_date)
        SELECT wallet_id, program_id, company_id, currency_id, 'expire', 'posted',
               -points_open, 0, date_expiry, CURRENT_DATE,
               nextval('loyalty_b2b_booking'), 'expire:' || id || ':' || version + 1,
               id, 0, 0, FALSE, FALSE, 1, 'Bench', 1, now(), 1, now()
          FROM lapsed RETURNING id, reversed_entry_id, points
    ), allocated AS (
        INSERT INTO loyalty_b2b_allocation (
            debit_id, credit_id, points,
            create_uid, create_date, write_uid, write_date)
        SELECT id, reversed_entry_id, -points, 1, now(), 1, now() FROM expired
    )
    UPDATE loyalty_b2b_entry e SET points_open = 0
      FROM expired WHERE e.id = expired.reversed_entry_id
"""


def main(env):
    env = make.make_company(env)
    env.company.loyalty_b2b_several_programs = True
    programs = [make.make_program(env) for _turn in TURNS]
    lots = max(PER_WALLET, LOTS // len(TURNS) * 2)
    for program in programs:
        fill(env, program, lots)
    env.cr.execute("ANALYZE loyalty_b2b_entry, loyalty_b2b_wallet")
    env.cr.commit()
    env.invalidate_all()
    seconds = dict.fromkeys(TURNS, 0.0)
    for name, program in zip(TURNS, programs, strict=True):
        checkpoint(env)
        start = time.perf_counter()
        run_bare(env, program) if name == "bare SQL" else program._daily_expire()
        seconds[name] += time.perf_counter() - start
        check(env, program, lots)
    for name, time_taken in seconds.items():
        print(f"{name:12} {2 * lots:9,d} lots {time_taken:8.1f} s")
    print(f"ratio        {seconds['daily job'] / seconds['bare SQL']:.2f}")


def fill(env, program, lots):
    """Insert wallets with lots whose last day was yesterday."""
    values = {
        "program": program.id,
        "company": program.company_id.id,
        "currency": program.currency_id.id,
        "wallets": lots // PER_WALLET,
        "each": PER_WALLET,
        "name": f"Bench {program.id}",
    }
    env.cr.execute(
        """
        INSERT INTO res_partner (name, complete_name, is_company, active, type,
                                 autopost_bills)
        SELECT %(name)s, %(name)s, TRUE, TRUE, 'contact', 'ask'
          FROM generate_series(1, %(wallets)s)
        """,
        values,
    )
    env.cr.execute(
        """
        INSERT INTO loyalty_b2b_wallet
               (program_id, company_id, partner_id, state, date_joined, version)
        SELECT %(program)s, %(company)s, id, 'active', '2024-01-01', 0
          FROM res_partner WHERE name = %(name)s
        """,
        values,
    )
    env.cr.execute(
        """
        INSERT INTO loyalty_b2b_entry
               (wallet_id, program_id, company_id, currency_id, kind, state, points,
                points_open, date_event, date_available, date_booked, date_expiry,
                booking, key, to_settle)
        SELECT w.id, %(program)s, %(company)s, %(currency)s, 'earn', 'posted', 100, 100,
               '2024-01-01', '2024-01-01', '2024-01-01', CURRENT_DATE - 1,
               nextval('loyalty_b2b_booking'), 'bench:' || w.id || ':' || n, FALSE
          FROM generate_series(1, %(each)s) n, loyalty_b2b_wallet w
         WHERE w.program_id = %(program)s
        """,
        values,
    )


def run_bare(env, program):
    env.cr.execute(BARE, {"program": program.id})
    env.cr.commit()


def checkpoint(env):
    """Let nobody pay for what the one before has left to write."""
    env.cr.execute("CHECKPOINT")
    env.cr.commit()


def check(env, program, lots):
    """Fail unless all lots of a programme have expired."""
    env.cr.execute(
        "SELECT COUNT(*) FROM loyalty_b2b_entry"
        " WHERE program_id = %s AND kind = 'expire' AND points = -100",
        [program.id],
    )
    (count,) = env.cr.fetchone()
    if count != lots:
        raise SystemExit(f"{count} of {lots} lots have expired")
    env.cr.commit()
