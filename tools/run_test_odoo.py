"""`make test-odoo`: Odoo's own tests, with our addons installed and without.

    make test-odoo                            all suites: sale, sale_loyalty,
                                              website_sale_loyalty, account (invoices)
                                              and portal
    make test-odoo ARGS="sale_loyalty portal" some of them
    make test-odoo ARGS=--light               the quick ones, with us only, as CI does
    make test-odoo ARGS=--slow                what takes many minutes, too
    make test-odoo ARGS=--record              and write down what fails without us
    make test-odoo ADDONS=loyalty_b2b         with some of our addons

Prints the counts, and the tests that fail only with us; then the exit code is 1. Before
it says so of a test it tries it again, alone.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import addons
import databases
import environment
import groups
import odoo_suites
import postgres
import templates
from base import LOGS, PYTHON, ROOT, Stop, say
from odoo_suites import LIGHT, SUITES, Difference, Outcomes

RUNNER = ROOT / "tools" / "in_odoo" / "run_suites.py"


def get_options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make test-odoo")
    parser.add_argument("suites", nargs="*", help=", ".join(SUITES))
    parser.add_argument("--light", action="store_true", help="the quick ones, with us")
    parser.add_argument("--slow", action="store_true", help="what takes long, too")
    parser.add_argument(
        "--record", action="store_true", help="write down what fails without us"
    )
    options = parser.parse_args(words)
    options.suites = options.suites or list(LIGHT if options.light else SUITES)
    if unknown := sorted(set(options.suites) - set(SUITES)):
        raise Stop(f"There is no suite {unknown[0]}: name one of {', '.join(SUITES)}.")
    return options


def run(words: Sequence[str]) -> int:
    """Run the suites, and compare.

    :return: 1 if a test fails only with us
    """
    options = get_options(words)
    tags = odoo_suites.get_tags(options.suites, slow=options.slow)
    with postgres.serving("test") as server:
        sides = {"ours": run_side(server, tags)}
        if options.light:
            worse = find_unknown(server, sides["ours"])
        else:
            sides["plain"] = run_side(server, tags, ours=False)
            worse = odoo_suites.compare(sides["ours"], sides["plain"])
        print(odoo_suites.describe(options.suites, sides))
        if options.record and not options.light:
            record(server, sides["plain"])
        return report(worse, try_again(server, worse))


def record(server: postgres.Server, plain: Outcomes) -> None:
    """Write down what fails without us, and fails again if it is tried alone."""
    failed = [test for test, what in plain.items() if what == "failed"]
    tags = odoo_suites.get_tags_of(failed)
    again = run_side(server, tags, ours=False) if failed else {}
    version = environment.get_installed_source().version
    steady = {test: again.get(test, "failed") for test in failed}
    odoo_suites.record({**plain, **steady}, version)


def find_unknown(server: postgres.Server, ours: Outcomes) -> list[Difference]:
    """Return what fails with us and is neither known nor seen to fail without us."""
    known = odoo_suites.get_known()
    failed = [t for t, what in ours.items() if what == "failed" and t not in known]
    if not failed:
        return []
    plain = run_side(server, odoo_suites.get_tags_of(failed), ours=False)
    return odoo_suites.compare({test: "failed" for test in failed}, plain)


def try_again(server: postgres.Server, worse: Sequence[Difference]) -> list[Difference]:
    """Return the differences that are there again if the tests run alone."""
    if not worse:
        return []
    again = run_side(server, odoo_suites.get_tags_of(one.test for one in worse))
    return [one for one in worse if again.get(one.test, one.ours) == one.ours]


def report(worse: Sequence[Difference], again: Sequence[Difference]) -> int:
    """Print what is worse with us; return the exit code."""
    for one in worse:
        if one in again:
            print(f"✗ {one}")
        else:
            print(f"  {one}, and passes if it is tried again")
    if not again:
        print("No test fails only with us.")
    return min(len(again), 1)


def run_side(server: postgres.Server, tags: str, *, ours: bool = True) -> Outcomes:
    """Run tests on a database of their own, with us or without.

    :raises Stop: with Odoo's own words, if it does not come to their end
    """
    side = "ours" if ours else "plain"
    start, log = time.monotonic(), LOGS / f"test-odoo-{side}.log"
    say(f"Odoo's tests {'with' if ours else 'without'} us (log: {log})")
    wish = groups.get_wish(addons.get_chosen(), ours=ours, assets=True)
    with (
        templates.cloned(server, wish) as (name, _template),
        databases.configured(server, name, ours=ours) as config,
        tempfile.TemporaryDirectory() as folder,
    ):
        results = Path(folder) / "results"
        results.touch()
        with log.open("w") as output:
            subprocess.run(
                list(map(str, [PYTHON, RUNNER, config, find_port(), tags, results])),
                cwd=ROOT,
                env={**os.environ, "ODOO_TEST_MAX_FAILED_TESTS": "10000"},
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        try:
            outcomes = odoo_suites.read(results)
        except Stop as problem:
            raise Stop(f"{problem}{databases.explain(log.stem)}") from None
    say(f"{len(outcomes)} tests in {time.monotonic() - start:.0f} s")
    return outcomes


def find_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
