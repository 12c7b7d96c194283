"""Template databases, so that a test run starts with a copy and not an installation.

1. Odoo's addons that ours depend on, named by a fingerprint of the Python needs, of
   Odoo, of PostgreSQL and of the list of addons;
2. our addons, named by a fingerprint of their files, too;
3. the same with web assets made in advance, for runs with browser tests.

All are without demo data and sealed. Old ones are dropped when new ones are made.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import addons
import databases
import environment
from base import (
    CHECKOUT,
    LOCK_FILE,
    LOGS,
    ROOT,
    Stop,
    digest,
    locked,
    need_space,
    open_lock,
    say,
    try_lock,
)
from postgres import Server

FORMAT = "1"  # raise it when the way templates are made changes
KEEP = 5  # templates of one kind
KEEP_DEPENDENCIES = 12  # whatever they depend on, they are one kind
ATTEMPTS = 3
DEPENDENCIES = "_deps_all_"
PREGENERATE = ROOT / "tools" / "in_odoo" / "pregenerate_assets.py"


class FilesChanged(Exception):
    """Somebody saved a file while its addon was being installed."""


@dataclass(frozen=True)
class Wish:
    """What a database should hold."""

    ours: tuple[str, ...]
    extra: tuple[str, ...] = ()  # more addons of Odoo's own
    assets: bool = False

    @property
    def depends(self) -> list[str]:
        return sorted({*addons.get_external_depends(self.ours), *self.extra})


@contextlib.contextmanager
def cloned(server: Server, wish: Wish) -> Iterator[tuple[str, str]]:
    """Have a database of one's own; yield its name and that of its template."""
    name = f"lb2b_{CHECKOUT}_run_{os.getpid()}_{secrets.token_hex(3)}"
    with contextlib.ExitStack() as stack:
        with locked("templates", "waiting for another run that makes a test database"):
            drop_abandoned(server)
            template = ensure_template(server, wish)
            used = stack.enter_context(open_lock(template))
            fcntl.flock(used, fcntl.LOCK_SH)
            mine = stack.enter_context(open_lock(name))
            fcntl.flock(mine, fcntl.LOCK_EX)
            stack.callback(Path(mine.name).unlink, missing_ok=True)
            stack.callback(drop_copies, server, name)
            databases.copy(server, template, name)
        yield name, template


def drop_copies(server: Server, name: str) -> None:
    """Drop a run's database, and the copies that its parallel workers made of it."""
    for copy in databases.find(server, name):
        databases.drop(server, copy)


def drop_abandoned(server: Server) -> None:
    """Drop the databases of runs that were killed."""
    for name in databases.find(server, f"lb2b_{CHECKOUT}_run_"):
        run, _, _worker = name.partition("-")
        with open_lock(run) as lock:
            if try_lock(lock, fcntl.LOCK_EX):
                databases.drop(server, name)
                Path(lock.name).unlink(missing_ok=True)


def ensure_template(server: Server, wish: Wish) -> str:
    """Return the name of a template that holds what is wished."""
    for _attempt in range(ATTEMPTS - 1):
        with contextlib.suppress(FilesChanged):
            return make_template(server, wish, careful=True)
    return make_template(server, wish)


def make_template(server: Server, wish: Wish, *, careful: bool = False) -> str:
    """Make the template, unless it is there.

    :param bool careful: give up if somebody saves a file of an addon meanwhile
    :raises FilesChanged: then
    """
    if not wish.ours:
        return ensure_dependencies(server, wish)
    name = get_addons_template(server, wish)
    warm = f"{name}_assets"
    if databases.exists(server, warm):
        return warm
    if not databases.exists(server, name):
        base = ensure_dependencies(server, wish)
        say(f"making the test database of {', '.join(wish.ours)}")
        with building(server, name, base) as partial:
            check_log(databases.install(server, partial, wish.ours))
            if careful and get_addons_template(server, wish) != name:
                raise FilesChanged
    if not wish.assets:
        return name
    say("making the web assets")
    with building(server, warm, name) as partial:
        databases.run_script(server, partial, PREGENERATE)
    return warm


def ensure_dependencies(server: Server, wish: Wish) -> str:
    name = get_dependencies_template(server, wish)
    if not databases.exists(server, name):
        need_space(2, "making test databases")
        say(f"installing {', '.join(wish.depends)} (once; about a minute)")
        with building(server, name) as partial:
            databases.install(server, partial, wish.depends, ours=False)
            databases.run_script(server, partial, PREGENERATE)
    return name


@contextlib.contextmanager
def building(server: Server, name: str, base: str = "") -> Iterator[str]:
    """Have a database to fill; it becomes a sealed template only if all goes well."""
    partial = f"{name}_part"
    databases.drop(server, partial)
    try:
        if base:
            databases.copy(server, base, partial)
        else:
            databases.create(server, partial)
        yield partial
        databases.seal(server, partial)
        databases.rename(server, partial, name)
    finally:
        databases.drop(server, partial)
    drop_old(server, name)


def drop_old(server: Server, name: str) -> None:
    """Drop older templates of the same kind, unless a run uses them."""
    kind = "_".join(name.split("_")[:4]) + "_"
    keep = KEEP_DEPENDENCIES if DEPENDENCIES in kind else KEEP
    for old in databases.find(server, kind)[keep:]:
        with open_lock(old) as lock:
            if try_lock(lock, fcntl.LOCK_EX):
                databases.drop(server, old)
                Path(lock.name).unlink(missing_ok=True)
                for log in LOGS.glob(f"*-{old}_part.log"):
                    log.unlink()


def get_dependencies_template(server: Server, wish: Wish) -> str:
    source = environment.get_installed_source()
    with contextlib.closing(server.connect()) as connection:
        version = str(connection.server_version)
    places = [source.origin, str(source.folder), source.version]
    key = digest(FORMAT, LOCK_FILE.read_text(), *places, version, *wish.depends)
    return f"lb2b_{CHECKOUT}{DEPENDENCIES}{key}"


def get_addons_template(server: Server, wish: Wish) -> str:
    base = get_dependencies_template(server, wish)
    key = digest(base, addons.get_fingerprint(wish.ours))
    label = digest(*wish.ours, "+", *wish.extra)[:6]
    return f"lb2b_{CHECKOUT}_ours_{label}_{key}"


def check_log(log: Path) -> None:
    """Repeat what Odoo complained about while it installed our addons.

    :raises Stop: if something of ours is deprecated
    """
    names = addons.get_addons()
    for row in log.read_text(errors="replace").splitlines():
        if not any(name in row for name in names):
            continue
        if "DeprecationWarning" in row:
            raise Stop(f"An addon uses something deprecated, replace it: {row}")
        if " WARNING " in row or " ERROR " in row:
            say(row)
