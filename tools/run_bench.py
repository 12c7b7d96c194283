"""`make bench`: run the scripts of `bench/`, each in a database of its own.

    make bench                 all of them
    make bench ARGS=posting    bench/posting.py

A script defines `main(env)`. It gets a superuser's environment on a fresh copy of a
database with all our addons and with Odoo's own `sale_loyalty` and web shop, without
demo data; it prints its table and may commit, as the copy is dropped afterwards.
`env.registry` opens more cursors; LOYALTY_B2B_TEMPLATE, PGHOST, PGPORT and PGUSER lead
to more copies. A script with `main(env, plain)` gets an environment on a database
without ours, too; one whose `main()` takes nothing is run without a database. Files
whose names begin with an underscore are helpers that the scripts import.
"""

from __future__ import annotations

import ast
import contextlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import addons
import databases
import groups
import postgres
import templates
from base import PYTHON, ROOT, Stop

FOLDER = ROOT / "bench"
RUNNER = ROOT / "tools" / "in_odoo" / "run_script.py"


def run(words: Sequence[str]) -> int:
    """Run the scripts that the words name, or all.

    :return: the number of scripts that failed
    """
    failed = []
    with postgres.serving("test") as server:
        for script in find_scripts(words):
            print(f"── {script.stem}", flush=True)
            wanted = count_databases(script)
            if run_on(server, script, wanted) if wanted else run_plain(script):
                failed.append(script.stem)
    if failed:
        print(f"✗ failed: {', '.join(failed)}", file=sys.stderr)
    return min(len(failed), 1)


def find_scripts(words: Sequence[str]) -> list[Path]:
    known = {p.stem: p for p in sorted(FOLDER.glob("*.py")) if p.name[0] != "_"}
    if not known:
        raise Stop(
            "There are no benchmarks yet: add a script with main(env) to bench/."
        )
    for word in words:
        if Path(word).stem not in known:
            names = ", ".join(known)
            raise Stop(f"There is no benchmark {word}: ARGS can name {names}.")
    return [known[Path(word).stem] for word in words] or list(known.values())


def count_databases(script: Path) -> int:
    """Return how many environments the script's `main` takes."""
    for node in ast.parse(script.read_text()).body:
        if isinstance(node, ast.FunctionDef) and node.name == "main":
            return len(node.args.args)
    raise Stop(f"{script} defines no main(): add one.")


def run_plain(script: Path) -> int:
    command = [str(PYTHON), str(script)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def run_on(server: postgres.Server, script: Path, wanted: int) -> int:
    """Run a script on a database with ours, and on one without if it wants two."""
    with contextlib.ExitStack() as stack:
        names = addons.get_addons()
        wishes = [groups.get_wish(names, ours=one) for one in (True, False)[:wanted]]
        copies = [stack.enter_context(templates.cloned(server, w)) for w in wishes]
        (name, template), *others = copies
        config = stack.enter_context(databases.configured(server, name))
        environ = {**server.environ(name), "LOYALTY_B2B_TEMPLATE": template}
        more = [other for other, _template in others]
        return subprocess.run(
            [str(word) for word in (PYTHON, RUNNER, config, script, *more)],
            cwd=ROOT,
            env={**os.environ, **environ},
            check=False,
        ).returncode
