"""`make run`: Odoo with our addons and their demo data; `make reset` drops them."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import addons
import databases
import postgres
from base import (
    LOGS,
    ODOO,
    ROOT,
    Stop,
    at_once,
    digest,
    need_space,
    open_lock,
    say,
    try_lock,
)
from postgres import Server

DATABASE = "loyalty_b2b"
LOAD_DEMO = ROOT / "tools" / "in_odoo" / "load_demo.py"
ASSETS = ROOT / "tools" / "in_odoo" / "generate_assets.py"
NOTE = "Loyalty B2B, made by make run:"
START_SECONDS = 120
# Addons of Odoo's own in which people see what ours do: payments.
SHOWN_WITH = {"loyalty_b2b_website_sale": ("payment_custom", "payment_demo")}
LOGINS = (
    ("admin", "admin", "administrator"),
    ("sales", "sales", "salesperson"),
    ("accountant", "accountant", "accountant"),
    ("boss", "boss", "the customer's boss, in the portal"),
    ("buyer", "buyer", "the customer's buyer, in the portal"),
    ("solar", "solar", "of a company that has not joined yet"),
)


def get_options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make run")
    parser.add_argument("--port", type=int, default=8069)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--db", default=os.environ.get("DB") or DATABASE)
    parser.add_argument(
        "--check", action="store_true", help="sign in with each demo login, then stop"
    )
    return parser.parse_args(words)


def run(words: Sequence[str]) -> int:
    """Make or update the database, start Odoo, and stop everything at the end."""
    options = get_options(words)
    check_port(options.host, options.port)
    with only_run(options.db), postgres.serving("run") as server:
        ensure_database(server, options.db)
        with databases.configured(server, options.db) as config:
            command = [ODOO, "-c", config, "--workers=0", "--max-cron-threads=1"]
            command += [f"--http-interface={options.host}"]
            with started([*command, f"--http-port={options.port}"]) as process:
                address = f"http://localhost:{options.port}"
                wait_until_ready(process, address)
                say_hello(address)
                if options.check:
                    return check_logins(address, options.db)
                return wait_for_end(process)


def reset(words: Sequence[str]) -> int:
    """Drop the database of `make run`, or the whole cluster if it is damaged."""
    options = get_options(words)
    with only_run(options.db):
        try:
            with postgres.serving("run") as server:
                check_is_ours(server, options.db)
                databases.drop(server, f"{options.db}_part")
                databases.drop(server, options.db)
        except postgres.Damaged:
            shutil.rmtree(postgres.Cluster.make("run").data)
            shutil.rmtree(databases.FILESTORES / options.db, ignore_errors=True)
    say("the data of `make run` are gone; the next `make run` starts anew")
    return 0


@contextlib.contextmanager
def only_run(name: str) -> Iterator[None]:
    """Make sure that this checkout runs Odoo once on a database."""
    with open_lock(f"run-{name}") as lock:
        if not try_lock(lock, fcntl.LOCK_EX):
            raise Stop(
                f"`make run` already runs on the database {name}: stop it with Ctrl-C,"
                " or choose another one, as in `make run DB=mine PORT=8070`."
            )
        yield


def check_port(host: str, port: int) -> None:
    """Stop if somebody else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise Stop(
                f"Port {port} is taken: stop what uses it, or choose another one, as in"
                f" `make run PORT={port + 1}`."
            ) from None


# === DATABASE === #


def ensure_database(server: Server, name: str) -> None:
    """Make the database the first time; later bring it up to date with our addons."""
    names = addons.get_addons()
    wanted = f"{NOTE} {digest(addons.get_fingerprint(names))}"
    if not databases.exists(server, name):
        make_database(server, name, names)
    elif databases.get_note(server, name) != wanted:
        check_is_ours(server, name)
        update_database(server, name, names)
    else:
        return
    databases.set_note(server, name, wanted)


def check_is_ours(server: Server, name: str) -> None:
    if databases.exists(server, name):
        if not databases.get_note(server, name).startswith(NOTE):
            raise Stop(
                f"The database {name} on {server.host} was not made by `make run`:"
                " choose another name, as in `make run DB=loyalty_demo`."
            )


def make_database(server: Server, name: str, names: Sequence[str]) -> None:
    """Make it under another name first: half a database is never mistaken for one."""
    need_space(2, "the demo database")
    partial = f"{name}_part"
    if databases.exists(server, partial):
        say("an earlier run was interrupted: starting over")
        databases.drop(server, partial)
    say(f"making the database {name} with demo data (once; about a minute)")
    databases.create(server, partial)
    databases.install(server, partial, [*names, *get_shown(names)])
    at_once(
        lambda: load_demo(server, partial, names),
        lambda: databases.run_script(server, partial, ASSETS),
    )
    databases.drop(server, name)
    databases.rename(server, partial, name)


def get_shown(names: Sequence[str]) -> list[str]:
    """Return the addons of Odoo's own that the demo database has besides."""
    return sorted({extra for name in names for extra in SHOWN_WITH.get(name, ())})


def load_demo(server: Server, name: str, names: Sequence[str]) -> None:
    """Load the demo data of our addons, and none of Odoo's own."""
    databases.run_script(server, name, LOAD_DEMO, {"ADDONS": ",".join(names)})


def update_database(server: Server, name: str, names: Sequence[str]) -> None:
    say("the addons changed: updating the database")
    present = databases.get_installed(server, name)
    old = [addon for addon in names if addon in present]
    new = [addon for addon in names if addon not in present]
    databases.install(server, name, [*new, *get_shown(new)], update=old)
    if new:
        load_demo(server, name, new)


# === ODOO === #


@contextlib.contextmanager
def started(command: Sequence[str | Path]) -> Iterator[subprocess.Popen]:
    """Have Odoo as a process; it is stopped at the end, whatever happens."""
    LOGS.mkdir(parents=True, exist_ok=True)
    with (LOGS / "odoo.log").open("w") as log:
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is ours to pass on, once
        )
        try:
            yield process
        finally:
            say("stopping")
            stop(process)


def stop(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until_ready(process: subprocess.Popen, address: str) -> None:
    """Wait until the sign-in page is there."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(f"{address}/web/login", timeout=60):
                return
        time.sleep(0.2)
    raise Stop(
        f"Odoo does not start (details in {LOGS / 'odoo.log'}): correct what it says,"
        f" or run `make reset`.{databases.explain('odoo')}"
    )


def say_hello(address: str) -> None:
    rows = [f"  {login:<12}{password:<12}{who}" for login, password, who in LOGINS]
    table = "\n".join(rows)
    print(
        f"\nOdoo is ready: {address}\n\n  login       password\n{table}\n", flush=True
    )
    print(f"Its log: {LOGS / 'odoo.log'}. Ctrl-C stops it; the data stay.", flush=True)


def wait_for_end(process: subprocess.Popen) -> int:
    try:
        code = process.wait()
    except KeyboardInterrupt:
        return 0
    raise Stop(
        f"Odoo ended by itself with code {code} (details in {LOGS / 'odoo.log'}):"
        f" correct what it says and run it again.{databases.explain('odoo')}"
    )


def check_logins(address: str, database: str) -> int:
    """Sign in as everybody that `make run` promises."""
    refused = [
        login
        for login, password, _who in LOGINS
        if not may_sign_in(address, database, login, password)
    ]
    if refused:
        raise Stop(f"The demo data define no login {', '.join(refused)}: add them.")
    say("every demo login works")
    return 0


def may_sign_in(address: str, database: str, login: str, password: str) -> bool:
    body = {
        "jsonrpc": "2.0",
        "params": {"db": database, "login": login, "password": password},
    }
    request = urllib.request.Request(
        f"{address}/web/session/authenticate",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return bool(json.load(answer).get("result", {}).get("uid"))
