"""`make test`: our addons' tests in databases of their own, with pytest-odoo.

    make test                                    everything, browser tours included,
                                                 on two processors if there are two
    make test ARGS="-k expiry -x"                what pytest selects
    make test ARGS=loyalty_b2b/tests/test_x.py   one file
    make test ADDONS=loyalty_b2b                 the core alone, without the others

They run in two groups (`groups.py`): the addons that need no website in a database
without one, then the others beside all. What `ADDONS` names is one group.

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

import databases
import groups
import postgres
import templates
from base import PYTHON, ROOT, Stop, say

WORKERS = 2
NOTHING_SELECTED = 5  # pytest.ExitCode.NO_TESTS_COLLECTED
COPIERS = ("createdb", "dropdb")  # what pytest-odoo calls for its workers
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def run(words: Sequence[str]) -> int:
    """Run the tests.

    :param words: arguments for pytest
    :return: pytest's exit code, that of the first group with a failure
    """
    if not words and not any(map(shutil.which, BROWSERS)):
        raise Stop("The browser tests need Chromium: `apt-get install chromium`.")
    shares = groups.share_out(words, groups.get_groups())
    return combine([run_group(group, chosen) for group, chosen in shares])


def run_group(group: groups.Group, words: Sequence[str]) -> int:
    """Run the tests of a group; return pytest's exit code."""
    say(f"tests of {', '.join(group.tested)}")
    wish = templates.Wish(group.ours, group.extra, assets=not words)
    with (
        postgres.serving("test") as server,
        templates.cloned(server, wish) as (name, template),
        databases.configured(server, name) as config,
    ):
        words = [*words, *([] if words else get_workers())]
        command = get_command(words, group.tested, name, config)
        environ = {**server.environ(name), "LOYALTY_B2B_TEMPLATE": template}
        return wait_for(command, environ)


def combine(codes: Sequence[int]) -> int:
    """Return the exit code of all groups: that of the first one with a failure.

    A group in which nothing was selected is no failure, unless all are such.
    """
    ran = [code for code in codes if code != NOTHING_SELECTED]
    return next((code for code in ran if code), 0) if ran else NOTHING_SELECTED


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
    return [*words, *([] if groups.get_places(words) else places)]


def wait_for(command: Sequence[str], environ: dict[str, str]) -> int:
    """Run a command in the foreground; Ctrl-C reaches it, and we wait for its end.

    :raises KeyboardInterrupt: then, so that nothing more is started
    """
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environ})
    interrupted = False
    while True:
        try:
            code = process.wait()
        except KeyboardInterrupt:
            interrupted = True
            continue
        except SystemExit:
            process.send_signal(signal.SIGTERM)
            process.wait()
            raise
        if interrupted:
            raise KeyboardInterrupt
        return code
