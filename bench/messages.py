"""What it costs to tell customers: expiry with notices, and the daily messages.

Expiry of like lots in programmes of 10 lots a wallet: without messages, with messages
sent in time, and with nobody told, so that all are prolonged. Then the notices of as
many lots that end soon, and the messages that tell of them, one a wallet. LOTS= takes
other numbers.
"""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import _fixtures as make  # noqa: E402
import expiry  # noqa: E402

LOTS = int(os.environ.get("LOTS", 40_000))


def main(env):
    env = make.make_company(env)
    env.company.loyalty_b2b_several_programs = True
    names = ("without messages", "all told in time", "nobody told")
    programs = [make.make_program(env) for _name in names]
    for name, program in zip(names, programs, strict=True):
        expiry.fill(env, program, LOTS)
        program.notices = name != names[0]
    tell(env, programs[1])
    env.cr.execute(
        "UPDATE res_partner SET email = 'a@b.example' WHERE name LIKE 'Bench%'"
    )
    env.cr.execute("ANALYZE loyalty_b2b_entry, loyalty_b2b_wallet, loyalty_b2b_notice")
    env.cr.commit()
    env.invalidate_all()
    base = 0
    for name, program in zip(names, programs, strict=True):
        seconds = measure(env, f"expire, {name}", LOTS, program._daily_expire)
        base = base or seconds
        print(f"{'':34} {seconds / base:8.2f} × without messages")
    program = make.make_program(env)
    expiry.fill(env, program, LOTS)
    program.notices = True
    env.cr.execute(
        "UPDATE loyalty_b2b_entry SET date_expiry = CURRENT_DATE + 30"
        " WHERE program_id = %s",
        [program.id],
    )
    env.cr.execute(
        "UPDATE res_partner SET email = 'a@b.example' WHERE name LIKE 'Bench%'"
    )
    env.cr.commit()
    env.invalidate_all()
    wallets = LOTS // expiry.PER_WALLET
    measure(env, "queue notices of wallets", wallets, program._daily_announce_expiry)
    measure(env, "messages of persons", wallets, program._daily_digests)
    measure(env, "again, nothing to tell", wallets, program._daily_digests)


def measure(env, name, count, step):
    """Print the time and queries of a step; return the seconds."""
    expiry.checkpoint(env)
    queries, start = env.cr.sql_log_count, time.perf_counter()
    step()
    env.cr.commit()
    seconds = time.perf_counter() - start
    queries = env.cr.sql_log_count - queries
    each = seconds * 1000 / count
    print(f"{name:34} {count:8,d} {seconds:8.1f} s {each:7.2f} ms each {queries:8,d} q")
    return seconds


def tell(env, program):
    """Note that everybody was told in time."""
    env.cr.execute(
        """
        INSERT INTO loyalty_b2b_notice (wallet_id, program_id, company_id, topic, key,
               state, date_due, date_last, date_told, booking)
        SELECT w.id, w.program_id, w.company_id, 'expiring', 'bench', 'sent',
               CURRENT_DATE - 30, CURRENT_DATE - 1, CURRENT_DATE - 30,
               (SELECT last_value FROM loyalty_b2b_booking)
          FROM loyalty_b2b_wallet w WHERE w.program_id = %s
        """,
        [program.id],
    )
