"""Databases and their filestores: make, copy, rename, seal, drop."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import addons
import psycopg2
from base import DATA, HOME, LOGS, ODOO, ROOT, Stop, call
from postgres import Server
from psycopg2 import sql

FILESTORES = DATA / "filestore"


def execute(server: Server, statement: str, *names: str, values: Sequence = ()) -> list:
    """Run one statement outside of a transaction; `{}` stands for a quoted name."""
    with contextlib.closing(server.connect()) as connection:
        cursor = connection.cursor()
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)), values)
        return cursor.fetchall() if cursor.description else []


def exists(server: Server, name: str) -> bool:
    query = "SELECT 1 FROM pg_database WHERE datname = %s"
    return bool(execute(server, query, values=[name]))


def find(server: Server, prefix: str) -> list[str]:
    """Return the databases whose names start so, newest first."""
    query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
    rows = execute(server, f"{query} ORDER BY oid DESC", values=[prefix])
    return [name for (name,) in rows]


def create(server: Server, name: str) -> None:
    """Create an empty database, with the extensions that Odoo likes to have."""
    execute(server, "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name)
    with contextlib.closing(server.connect(name)) as connection:
        for extension in ("pg_trgm", "unaccent"):
            with contextlib.suppress(psycopg2.Error):
                connection.cursor().execute(
                    f"CREATE EXTENSION IF NOT EXISTS {extension}"
                )


def copy(server: Server, source: str, target: str) -> None:
    """Copy a database that nobody is connected to, and its filestore."""
    execute(server, "CREATE DATABASE {} TEMPLATE {}", target, source)
    if (FILESTORES / source).exists():
        # Odoo never changes a stored file: links are enough.
        shutil.copytree(FILESTORES / source, FILESTORES / target, copy_function=os.link)


def rename(server: Server, source: str, target: str) -> None:
    """Rename a database that nobody is connected to, and its filestore."""
    if (FILESTORES / source).exists():
        (FILESTORES / source).rename(FILESTORES / target)
    execute(server, "ALTER DATABASE {} RENAME TO {}", source, target)


def drop(server: Server, name: str) -> None:
    """Drop a database, whoever is connected to it, and its filestore."""
    execute(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    shutil.rmtree(FILESTORES / name, ignore_errors=True)


def seal(server: Server, name: str) -> None:
    """Forbid connections, so that a template stays as it is and can be copied."""
    execute(server, "ALTER DATABASE {} ALLOW_CONNECTIONS false", name)


def get_note(server: Server, name: str) -> str:
    """Return what was noted about a database."""
    query = (
        "SELECT coalesce(shobj_description(oid, 'pg_database'), '')"
        " FROM pg_database WHERE datname = %s"
    )
    rows = execute(server, query, values=[name])
    return rows[0][0] if rows else ""


def set_note(server: Server, name: str, note: str) -> None:
    # psycopg2 fills the value in as a literal, which COMMENT insists on.
    execute(server, "COMMENT ON DATABASE {} IS %s", name, values=[note])


# === ODOO === #


@contextlib.contextmanager
def configured(
    server: Server, name: str, *, ours: bool = True, purpose: str = ""
) -> Iterator[Path]:
    """Have a configuration file for Odoo on one database.

    :param bool ours: whether our addons are on the addons path
    :param str purpose: sets it apart from that of another Odoo on the database
    """
    settings = {
        "db_host": server.host,
        "db_port": server.port,
        "db_user": server.user,
        "db_name": name,
        "dbfilter": f"^{name}$",
        "list_db": "False",
        "data_dir": DATA,
        "addons_path": ",".join(map(str, addons.get_paths(ours=ours))),
        "http_interface": "127.0.0.1",
        "max_cron_threads": "0",
    }
    if server.password:
        settings["db_password"] = server.password
    folder = HOME / "conf"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}{purpose}.conf"
    rows = [f"{key} = {value}" for key, value in settings.items()]
    path.touch(mode=0o600)
    path.write_text("\n".join(["[options]", *rows, ""]))
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def install(
    server: Server,
    name: str,
    modules: Sequence[str],
    *,
    ours: bool = True,
    update: Sequence[str] = (),
    options: Sequence[str] = (),
) -> Path:
    """Install and update modules in a database; return Odoo's log.

    :raises Stop: with Odoo's own words, if it fails or leaves one out
    """
    words = ["-i", ",".join(modules)] if modules else []
    words += ["-u", ",".join(update)] if update else []
    with configured(server, name, ours=ours) as config:
        try:
            log = call(
                [
                    ODOO,
                    "-c",
                    config,
                    "--no-http",
                    "--stop-after-init",
                    *words,
                    *options,
                ],
                log=f"install-{name}",
                failure="Odoo cannot install the addons: correct what it says.",
                cwd=ROOT,
            )
        except Stop as problem:
            raise Stop(f"{problem}{explain(f'install-{name}')}") from None
    check_installed(server, name, [*modules, *update], log)
    return log


def check_installed(
    server: Server, name: str, modules: Sequence[str], log: Path
) -> None:
    """Stop if Odoo left a module out, as it does if a dependency is missing."""
    missing = sorted(set(modules) - get_installed(server, name))
    if missing:
        words = ", ".join(missing)
        raise Stop(
            f"Odoo did not install {words}: check the names and dependencies in the"
            f" manifests (details in {log}){explain(log.stem)}"
        )


def get_installed(server: Server, name: str) -> set[str]:
    query = "SELECT name FROM ir_module_module WHERE state = 'installed'"
    with contextlib.closing(server.connect(name)) as connection:
        cursor = connection.cursor()
        cursor.execute(query)
        return {row[0] for row in cursor.fetchall()}


def explain(log: str) -> str:
    """Return the last complaint in a log of Odoo's."""
    complaints = get_complaints((LOGS / f"{log}.log").read_text(errors="replace"))
    return "\n" + "\n".join(complaints[-1].splitlines()[-40:]) if complaints else ""


def get_complaints(text: str) -> list[str]:
    """Return the errors in a log of Odoo's, each with its traceback."""
    records = re.split(r"(?m)^(?=\d{4}-\d\d-\d\d )", text)
    words = (" ERROR ", " CRITICAL ", "Traceback ")
    return [record.strip() for record in records if any(w in record for w in words)]


def run_script(
    server: Server, name: str, script: Path, environ: Mapping[str, str] | None = None
) -> None:
    """Run a script with `env`, as `odoo shell` does.

    :param environ: more variables for it to read
    :raises Stop: with Odoo's own words, if it fails
    """
    log = f"{script.stem}-{name}"
    with configured(server, name, purpose=f"-{script.stem}") as config:
        try:
            call(
                [ODOO, "shell", "-c", config, "--no-http", "--log-level=warn"],
                log=log,
                failure=f"{script.name} failed.",
                script=script,
                cwd=ROOT,
                env=environ,
            )
        except Stop as problem:
            raise Stop(f"{problem}{explain(log)}") from None
