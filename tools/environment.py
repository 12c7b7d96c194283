"""Odoo and its Python needs, in the project's own ignored folder.

Run as a script it makes sure that they are there; later runs cost a few milliseconds.
Only the standard library is used, as nothing else is installed yet.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
from pathlib import Path

from base import (
    HOME,
    LOCK_FILE,
    LOGS,
    ODOO,
    PYTHON,
    VENV,
    Stop,
    at_once,
    call,
    digest,
    locked,
    need_space,
    no_space_left,
    say,
)
from odoo_source import Source, get_source

SUPPORTED_PYTHON = ((3, 11), (3, 13))
LAUNCHER = """#!{python}
from odoo.cli.command import main

main()
"""
STATE = HOME / "environment.json"


def main() -> int:
    try:
        ensure_environment()
    except Stop as problem:
        print(f"✗ {problem}", file=sys.stderr)
        return 1
    except OSError as problem:
        if problem.errno != 28:  # ENOSPC
            raise
        print(f"✗ {no_space_left()}", file=sys.stderr)
        return 1
    return 0


def ensure_environment() -> None:
    """Install what is missing or out of date."""
    if read_state().get("wanted") == get_wanted():
        return
    with locked("environment", "waiting for another run that installs Odoo"):
        if read_state().get("wanted") == get_wanted():
            return
        check_python(sys.version_info[:2])
        _none, source = at_once(ensure_venv, get_source)
        link_odoo(source)
        write_state(source)


def get_wanted() -> str:
    """Fingerprint what was asked for, to see whether it changed since."""
    asked = [os.environ.get(name, "") for name in ("ODOO_HOME", "ODOO_SOURCE")]
    code = [p.read_text() for p in (LOCK_FILE, Path(__file__))]
    return digest(get_python_name(), str(HOME), *asked, *code)


def get_python_name() -> str:
    """Return what packages are compiled for, such as `cpython-311`."""
    return sys.implementation.cache_tag


def read_state() -> dict[str, str]:
    if not (STATE.exists() and PYTHON.exists()):
        return {}
    state = json.loads(STATE.read_text())
    return state if (Path(state["folder"]) / "odoo" / "release.py").exists() else {}


def write_state(source: Source) -> None:
    state = {
        "wanted": get_wanted(),
        "origin": source.origin,
        "folder": str(source.folder),
        "version": source.version,
    }
    partial = STATE.with_suffix(".partial")
    partial.write_text(json.dumps(state, indent=2))
    partial.rename(STATE)


def get_installed_source() -> Source:
    state = read_state()
    return Source(state["origin"], Path(state["folder"]), state["version"])


def ensure_venv() -> None:
    """Make the virtual environment, or bring an older one up to date."""
    stamp = VENV / f"complete-{get_python_name()}"
    wanted = digest(LOCK_FILE.read_text(), str(VENV))
    complete = PYTHON.exists() and stamp.exists()
    if complete and stamp.read_text() == wanted:
        return
    need_space(1, "installing Odoo's Python needs")
    say("installing Odoo's Python needs")
    if not complete:
        make_venv()
    # The lock names everything, and Python compiles what is imported.
    call(
        [PYTHON, "-m", "pip", "install", "-q", "--no-deps", "--no-compile"]
        + ["--disable-pip-version-check", "-r", LOCK_FILE],
        log="pip",
        failure="Odoo's Python needs could not be installed: check the network and run"
        " it again.",
    )
    stamp.write_text(wanted)


def make_venv() -> None:
    """Make the environment anew, whatever an interrupted run left of it."""
    shutil.rmtree(VENV, ignore_errors=True)
    call(
        [sys.executable, "-m", "venv", VENV],
        log="venv",
        failure="The virtual environment cannot be made: install python3-venv.",
    )


def check_python(version: tuple[int, int]) -> None:
    lowest, highest = SUPPORTED_PYTHON
    if not lowest <= version <= highest:
        raise Stop(
            f"Python {version[0]}.{version[1]} does not run Odoo 19 here: install one"
            " from 3.11 to 3.13 and name it, as in `make run PYTHON=python3.12`."
        )
    if not importlib.util.find_spec("ensurepip"):
        raise Stop("Python's venv module is missing: `apt-get install python3-venv`.")


def link_odoo(source: Source) -> None:
    """Make Odoo importable and startable."""
    packages = next(VENV.glob("lib/python3*/site-packages"))
    (packages / "odoo_source.pth").write_text(f"{source.folder}\n")
    # `python -m odoo --workers N` crash-loops its websocket child: use a script.
    ODOO.write_text(LAUNCHER.format(python=PYTHON))
    ODOO.chmod(0o755)
    call(
        [ODOO, "--version"],
        log="odoo-version",
        failure=f"Odoo does not start: delete {HOME} and run it again.",
    )


if __name__ == "__main__":
    LOGS.mkdir(parents=True, exist_ok=True)
    sys.exit(main())
