"""Run Odoo's own tests: run_suites.py CONFIG PORT TAGS RESULTS (see run_test_odoo.py).

Odoo's own runner, on a database in which everything is installed. The tests that Odoo
runs while it loads their module wait, too, until all modules are loaded: only then can
ours stand in their way. What becomes of each test is written to RESULTS, one JSON list
a line.
"""

import json
import re
import sys

from odoo.cli.command import main
from odoo.tests import loader
from odoo.tests.result import OdooTestResult
from odoo.tests.suite import OdooSuite

OF_CLASS = re.compile(r"(setUpClass|tearDownClass) \((.+)\)")


def run(config: str, port: str, tags: str, results: str) -> None:
    make_suite, run_suite = loader.make_suite, loader.run_suite

    def make_late_suite(names, position):
        if position == "at_install":
            return OdooSuite()
        positions = ["at_install", position]
        return OdooSuite(test for p in positions for test in make_suite(names, p))

    def run_to_the_end(suite, global_report=None):
        tests = suite.countTestCases()
        done = run_suite(suite, global_report)
        if tests:
            write("ended", None)
        return done

    with open(results, "w", buffering=1) as Recorder.file:
        loader.make_suite, loader.run_suite = make_late_suite, run_to_the_end
        loader.OdooTestResult = Recorder
        sys.argv = ["odoo", "-c", config, f"--http-port={port}", "--stop-after-init"]
        sys.argv += ["--workers=0", f"--test-tags={tags}"]
        main()


class Recorder(OdooTestResult):
    """Writes down what becomes of each test; its parts count as the test."""

    file = None

    def startTest(self, test):
        write("passed", test)
        super().startTest(test)

    def addError(self, test, err):
        write("failed", test)
        super().addError(test, err)

    def addFailure(self, test, err):
        write("failed", test)
        super().addFailure(test, err)

    def addSkip(self, test, reason):
        write("skipped", test)
        super().addSkip(test, reason)


def write(what, test):
    """Write down that a test passed (until something else is said), failed, … ."""
    name = getattr(test, "test_case", test).id() if test else ""
    if of_class := OF_CLASS.fullmatch(name):
        name = f"{of_class[2]}.{of_class[1]}"
    Recorder.file.write(json.dumps([what, name]) + "\n")


run(*sys.argv[1:])
