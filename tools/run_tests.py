"""`make test`: our addons' tests in a database of their own, with pytest-odoo.

    make test                                    everything, browser tours included,
                                                 on two processors if there are two
    make test ARGS="-k expiry -x"                what pytest selects
    make test ARGS=loyalty_b2b/tests/test_x.py   one file
    make test ADDONS=loyalty_b2b                 the core alone, without the others

The tests see no demo data. They find the name of the sealed template in
LOYALTY_B2B_TEMPLATE and the server in PGHOST, PGPORT and PGUSER, for databases of their
own (`createdb --template`).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import addons
import databases
import postgres
import templates
from base import PYTHON, ROOT, Stop

WORKERS = 2
# Addons of Odoo's own that tests need and the addon itself does not.
TESTED_WITH = {"loyalty_b2b_website_sale": ("payment_demo",)}
COPIERS = ("createdb", "dropdb")  # what pytest-odoo calls for its workers
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def run(words: Sequence[str]) -> int:
    """Run the tests.

    :param words: arguments for pytest
    :return: pytest's exit code
    """
    chosen = addons.get_chosen()
    narrowed = bool(words)
    if not narrowed and not any(map(shutil.which, BROWSERS)):
        raise Stop("The browser tests need Chromium: `apt-get install chromium`.")
    extra = sorted({name for one in chosen for name in TESTED_WITH.get(one, ())})
    wish = templates.Wish(tuple(chosen), tuple(extra), assets=not narrowed)
    with (
        postgres.serving("test") as server,
        templates.cloned(server, wish) as (name, template),
        databases.configured(server, name) as config,
    ):
        words = [*words, *([] if narrowed else get_workers())]
        command = get_command(words, chosen, name, config)
        environ = {**server.environ(name), "LOYALTY_B2B_TEMPLATE": template}
        return wait_for(command, environ)


def get_workers() -> list[str]:
    """Return pytest's arguments for two workers, each with a copy of the database.

    One alone where there is one processor, or no PostgreSQL client that makes copies.
    """
    if (os.cpu_count() or 1) < WORKERS or not all(map(shutil.which, COPIERS)):
        return []
    return ["-n", str(WORKERS), "--dist", "loadfile"]


def run_own(words: Sequence[str]) -> int:
    """`make tools-test`: the tests of these tools, without Odoo's plugin."""
    command = [str(PYTHON), "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:odoo"]
    return wait_for([*command, *add_places(words, ["tests_tools"])], {})


def get_command(
    words: Sequence[str], chosen: Sequence[str], name: str, config: Path
) -> list[str]:
    return [
        str(PYTHON),
        *("-m", "pytest", "-p", "no:cacheprovider", "--odoo-http"),
        f"--odoo-config={config}",
        f"--odoo-database={name}",
        *add_places(words, chosen),
    ]


def add_places(words: Sequence[str], places: Sequence[str]) -> list[str]:
    """Return pytest's arguments; the words may name files, else all are collected."""
    named = any((ROOT / word.split("::")[0]).exists() for word in words)
    return [*words, *([] if named else places)]


def wait_for(command: Sequence[str], environ: dict[str, str]) -> int:
    """Run a command in the foreground; Ctrl-C reaches it, and we wait for its end."""
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environ})
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue
        except SystemExit:
            process.send_signal(signal.SIGTERM)
            process.wait()
            raise
