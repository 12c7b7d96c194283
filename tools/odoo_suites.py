"""Odoo's own test suites: which we run, and what two runs of them have to say."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from base import ROOT, Stop

# Tests of `account` that make, post, pay, send, print or merge what we listen to.
INVOICES = (
    *("account_move_out_invoice", "account_move_out_refund", "account_move_in_invoice"),
    *("account_move_in_refund", "account_move_duplicate", "account_move_send"),
    *("account_move_payments_widget", "account_payment_register"),
    *("account_invoice_report", "download_docs", "early_payment_discount"),
    *("invoice_taxes", "portal_invoice", "res_partner_merge", "unexpected_invoice"),
)
# Odoo's addon, and the tests of it as `--test-tags` wants them.
SUITES = {
    "sale": "/sale",
    "sale_loyalty": "/sale_loyalty",
    "website_sale_loyalty": "/website_sale_loyalty",
    "account": ",".join(f"/account/tests/test_{name}.py" for name in INVOICES),
    "portal": "/portal",
}
LIGHT = ("sale_loyalty", "portal")
# Thousands of sums without any document: nothing of ours is in their way.
SLOW = ("-/sale:TestTaxesDownPaymentSale", "-/sale:TestTaxesGlobalDiscountSale")
# What fails in Odoo without us, so that CI need not run everything twice.
KNOWN = ROOT / "tools" / "odoo_failures.txt"
KINDS = ("passed", "failed", "skipped")
# Test (its full Python name): passed, failed or skipped.
Outcomes = Mapping[str, str]


@dataclass(frozen=True)
class Difference:
    """What becomes of a test with us, and what without."""

    test: str
    ours: str
    plain: str

    def __str__(self) -> str:
        return f"{self.test}: {self.ours}, {self.plain} without us"


def get_tags(names: Iterable[str], *, slow: bool = False) -> str:
    """Return the suites as Odoo's `--test-tags` wants them."""
    left_out = SLOW if "sale" in names and not slow else ()
    return ",".join([*(SUITES[name] for name in names), *left_out])


def get_tags_of(tests: Iterable[str]) -> str:
    """Return single tests as Odoo's `--test-tags` wants them."""
    tags = set()
    for test in tests:
        _odoo, _addons, addon, *_places, case, method = test.split(".")
        whole = method in ("setUpClass", "tearDownClass")
        tags.add(f"/{addon}:{case}" + ("" if whole else f".{method}"))
    return ",".join(sorted(tags))


def read(path: Path) -> Outcomes:
    """Read what `in_odoo/run_suites.py` wrote.

    :raises Stop: if the run did not come to its end
    """
    rows = [json.loads(row) for row in path.read_text().splitlines()]
    if not rows or rows.pop()[0] != "ended":
        raise Stop(
            "Odoo did not come to the end of its tests, or has none of that name."
        )
    outcomes: dict[str, str] = {}
    for what, test in rows:
        if outcomes.get(test) != "failed":
            outcomes[test] = what
    return outcomes


def compare(ours: Outcomes, plain: Outcomes) -> list[Difference]:
    """Return the tests that pass without us and not with us, or fail with us alone."""
    found = []
    for test in sorted({*ours, *plain}):
        mine, theirs = ours.get(test, "not run"), plain.get(test, "not run")
        worse = theirs == "passed" or mine == "failed"
        if worse and mine not in ("passed", theirs):
            found.append(Difference(test, mine, theirs))
    return found


def get_known(path: Path | None = None) -> set[str]:
    """Return the tests that are known to fail in Odoo without us."""
    path = path or KNOWN
    rows = path.read_text().splitlines() if path.exists() else []
    return {row for row in map(str.strip, rows) if row and not row.startswith("#")}


def record(plain: Outcomes, version: str, path: Path | None = None) -> None:
    """Write down what fails without us, in place of what was known of its suites."""
    ran = {get_suite(test) for test in plain}
    kept = {test for test in get_known(path) if get_suite(test) not in ran}
    failed = {test for test, what in plain.items() if what == "failed"}
    head = f"# Fails in Odoo {version} without us: `make test-odoo ARGS=--record`.\n"
    rows = "".join(f"{test}\n" for test in sorted(kept | failed))
    (path or KNOWN).write_text(head + rows)


def get_suite(test: str) -> str:
    """Return the addon that a test is of."""
    return test.split(".")[2]


def count(outcomes: Outcomes) -> dict[str, Counter]:
    """Return how many tests of each suite passed, failed and were skipped."""
    counts: dict[str, Counter] = {}
    for test, what in outcomes.items():
        counts.setdefault(get_suite(test), Counter())[what] += 1
    return counts


def describe(names: Sequence[str], sides: Mapping[str, Outcomes]) -> str:
    """Return a table: a row each suite, its counts on each side."""
    columns = [(side, kind) for side in sides for kind in KINDS]
    counts = {side: count(outcomes) for side, outcomes in sides.items()}
    rows = [f"{'suite':22}" + "".join(f"{f'{s} {k}':>15}" for s, k in columns)]
    for name in names:
        cells = [counts[side].get(name, Counter())[kind] for side, kind in columns]
        rows.append(f"{name:22}" + "".join(f"{cell:15}" for cell in cells))
    return "\n".join(rows)
