"""`make lint`: every check of the source, each run even if an earlier one fails.

make lint              everything
make lint ARGS=ruff    one of them: ruff, format, odoo, pylint, test_lint, i18n
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import addons
import databases
import groups
import postgres
import run_i18n
import templates
from base import LOGS, ODOO, ROOT, VENV, Stop

OWN_FOLDERS = ("tools", "tests_tools", "bench", "conftest.py")
TEST_LINT = (
    "ManifestLinter",
    "TestTestHoles",
    "TestOnchangeDomains",
    "TestNaming",
    "TestIndex",
    "TestI18n",
    "RoutesLinter",
    "TestLintOverrideSignatures",
    "TestDunderinit",
)


def run(words: Sequence[str]) -> int:
    """Run the checks that the words name, or all.

    :return: the number of checks that found something
    """
    names = words or list(CHECKS)
    unknown = sorted(set(names) - set(CHECKS))
    if unknown:
        raise Stop(f"There is no check {unknown[0]}: name one of {', '.join(CHECKS)}.")
    failed = [name for name in names if not report(name, CHECKS[name])]
    if failed:
        print(f"✗ {', '.join(failed)} found something", file=sys.stderr)
    return min(len(failed), 1)


def report(name: str, check: Callable[[], bool]) -> bool:
    print(f"── {name}", flush=True)
    return check()


def get_sources() -> list[str]:
    own = [name for name in OWN_FOLDERS if (ROOT / name).exists()]
    return [*addons.get_addons(), *own]


def passes(*command: str | Path) -> bool:
    return subprocess.run([str(word) for word in command], cwd=ROOT).returncode == 0


def check_ruff() -> bool:
    return passes(VENV / "bin" / "ruff", "check", *get_sources())


def check_format() -> bool:
    return passes(VENV / "bin" / "ruff", "format", "--check", *get_sources())


def check_odoo() -> bool:
    paths = [f"--addons-path={path}" for path in addons.get_odoo_paths()]
    return passes(VENV / "bin" / "odl", "check", *paths, *addons.get_addons())


def check_pylint() -> bool:
    return passes(VENV / "bin" / "pylint", "--rcfile=.pylintrc", *addons.get_addons())


def check_test_lint() -> bool:
    """Run Odoo's own lint tests with our addons installed; Odoo itself passes them."""
    wish = groups.get_wish(addons.get_addons())
    tags = ",".join(f"/test_lint:{name}" for name in TEST_LINT)
    log = LOGS / "test-lint.log"
    with (
        postgres.serving("test") as server,
        templates.cloned(server, wish) as (name, _template),
        databases.configured(server, name) as config,
    ):
        command = [ODOO, "-c", config, "-i", "test_lint", "--stop-after-init"]
        with log.open("w") as output:
            done = subprocess.run(
                [str(word) for word in [*command, "--no-http", f"--test-tags={tags}"]],
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
    text = log.read_text(errors="replace")
    ran = re.search(r"\d+ failed, \d+ error\(s\) of (\d+) tests", text)
    if done.returncode or not ran or ran.group(1) == "0":
        print("\n".join(databases.get_complaints(text)) or text)
        return False
    print(f"{ran.group(1)} tests passed")
    return True


CHECKS: dict[str, Callable[[], bool]] = {
    "ruff": check_ruff,
    "format": check_format,
    "odoo": check_odoo,
    "pylint": check_pylint,
    "test_lint": check_test_lint,
    "i18n": run_i18n.check,
}
