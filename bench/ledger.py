"""The same acts in a small ledger and in a huge one: what grows with its rows?

    LOYALTY_B2B_ROWS=10000000 make bench ARGS=ledger

A customer with 100 entries of history acts where there are 10 000 entries in all and
where there are LOYALTY_B2B_ROWS of them (100 000 by default; 10^7 take ten minutes and
7 GB). The last columns are a customer with 10 000 entries of its own, among the many.
The three act in turns, so that times can be compared; the shortest one counts. Queries
and rows of the ledger that are read must be the same, times about the same (DESIGN §9).
Where they are not, the slowest statement is shown.
"""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import _fixtures as make  # noqa: E402
from _acts_of_one import Acts  # noqa: E402
from _copies import copied  # noqa: E402
from _history import History  # noqa: E402
from _plans import counted, explain, logged  # noqa: E402

FEW = 10_000
MANY = int(os.environ.get("LOYALTY_B2B_ROWS", 100_000))
EACH, OWN = 100, 10_000
TITLES = (f"{FEW:,} entries", f"{MANY:,} entries", f"and {OWN:,} of its own")
REPEAT = 8
# a row more or less is chance, of where PostgreSQL happens to put it; so is some time
MORE, SLOWER = 1.3, 2


def main(env):
    with copied() as small:
        few, many = Ledger(small), Ledger(env)
        few.fill(FEW // EACH, EACH)
        many.fill(MANY // EACH, EACH)
        own = Ledger(env, many)
        own.fill(2 * len(Acts.NAMES), OWN)
        results, plans = {}, []
        for name in Acts.NAMES:
            first, *others = results[name] = compare(
                name, few.get_acts(), many.get_acts(), own.get_acts()
            )
            plans += [
                show_plan(name, ledger.get_acts())
                for ledger, found in zip((many, own), others, strict=True)
                if found[1] > MORE * first[1] or found[2] > SLOWER * first[2]
            ]
        print("\n".join(many.history.get_size()))
        report(results)
        print("\n".join(plans))


class Ledger:
    """A ledger of some size, and customers that have not acted yet."""

    def __init__(self, env, other=None):
        self.env = make.make_company(env)
        self.program = other.program if other else make.make_program(self.env)
        self.product = other.product if other else make.make_product(self.env)
        self.history = (
            other.history if other else History(self.env, self.program, self.product)
        )
        self._wallets = iter(())

    def fill(self, count, length):
        start = time.perf_counter()
        ids = self.history.add_wallets(count, length).ids
        wallets = self.env["loyalty.b2b.wallet"]
        if length == EACH:
            self.history.check(wallets.browse(ids[0]))
        self._wallets = (wallets.browse(wallet_id) for wallet_id in ids)
        seconds = time.perf_counter() - start
        print(f"{self.history.rows:,} entries, {seconds:.0f} s", flush=True)

    def get_acts(self):
        """Return the acts of the next customer: they leave entries behind."""
        return Acts(self.env, self.program, self.product, next(self._wallets))


def compare(name, *customers):
    """Let customers do the same in turns.

    :return: for each (queries, rows of the ledger that are read, shortest seconds).
    """
    turns = [
        [make.measure_once(acts.env, *acts.get(name)) for acts in customers]
        for _turn in range(REPEAT + 1)
    ][1:]
    found = []
    for acts, measured in zip(customers, zip(*turns, strict=True), strict=True):
        queries, seconds = map(min, zip(*measured, strict=True))
        prepare, act = acts.get(name)
        records = make.get_ready(acts.env, prepare)
        with counted(acts.env.cr) as rows:
            make.finish(acts.env, act, records)
        found.append((queries, sum(rows), seconds))
    return found


def report(results):
    print(f"{'':36}" + "".join(f"{title:^32}" for title in TITLES))
    print(f"{'act':36}" + f"{'queries':>9}{'rows':>7}{'ms':>9}{'×':>6} " * len(TITLES))
    for name, found in results.items():
        print(f"{name:36}", end="")
        for queries, rows, seconds in found:
            times = f"{seconds * 1000:9.1f}{seconds / found[0][2]:6.2f}"
            print(f"{queries:9}{rows:7}{times} ", end="")
        print()


def show_plan(name, acts):
    """Return the slowest statement of an act and its plan, as text."""
    prepare, act = acts.get(name)
    records = make.get_ready(acts.env, prepare)
    with logged() as notes:
        make.finish(acts.env, act, records)
    seconds, statement = max(notes)
    plan = "\n".join(explain(acts.env.cr, statement))
    return f"\n{name}: {seconds * 1000:.1f} ms\n{statement}\n{plan}"
