"""`make shell` and `make psql`: look into the database of `make run`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

import databases
import postgres
import run_server
from base import ODOO, ROOT, Stop
from postgres import Server


def shell(words: Sequence[str]) -> int:
    """Open a Python shell with `env`."""
    options = run_server.get_options(words)
    with postgres.serving("run") as server:
        check_database(server, options.db)
        with databases.configured(server, options.db) as config:
            command = [str(ODOO), "shell", "-c", str(config), "--no-http"]
            return subprocess.run(command, cwd=ROOT, check=False).returncode


def psql(words: Sequence[str]) -> int:
    """Open an SQL shell."""
    options = run_server.get_options(words)
    with postgres.serving("run") as server:
        check_database(server, options.db)
        environ = {**os.environ, **server.environ(options.db)}
        return subprocess.run(["psql"], env=environ, check=False).returncode


def check_database(server: Server, name: str) -> None:
    if not databases.exists(server, name):
        raise Stop(f"There is no database {name}: start `make run` once.")
