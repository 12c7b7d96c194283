"""What every tool of the project shares: places, messages, commands, locks."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
# Everything that `make` installs or builds; ignored by git.
HOME = Path(os.environ.get("LOYALTY_B2B_HOME") or ROOT / ".odoo").resolve()
VENV = HOME / "venv"
PYTHON = VENV / "bin" / "python"
ODOO = VENV / "bin" / "odoo"
LOGS = HOME / "logs"
DATA = HOME / "data"
LOCK_FILE = ROOT / "tools" / "requirements.lock"
# Tells the databases of several checkouts on one PostgreSQL server apart.
CHECKOUT = hashlib.sha256(str(HOME).encode()).hexdigest()[:6]

NO_SPACE = "No space left on device"
# What `call` has started, and whether it may start more (see `at_once`).
RUNNING: set[subprocess.Popen] = set()
ENDING = threading.Event()


class Stop(Exception):
    """A problem that the developer can solve: one sentence that says how."""


class Ended(Exception):
    """What was done at the same time has failed: nothing more to do or to say."""


def say(text: str) -> None:
    """Tell the developer what is going on."""
    print(f"· {text}", file=sys.stderr, flush=True)


def no_space_left() -> Stop:
    return Stop(
        f"The disk that holds {HOME} is full: free some space and run it again."
    )


def need_space(gigabytes: float, purpose: str) -> None:
    """Stop before starting something that cannot fit on the disk."""
    HOME.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(HOME).free / 1e9
    if free < gigabytes:
        raise Stop(
            f"Only {free:.1f} GB are free where {HOME} is, and {purpose} needs"
            f" {gigabytes:g} GB: free some space and run it again."
        )


def call(
    command: Sequence[str | Path],
    *,
    log: str,
    failure: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    script: Path | None = None,
    user: tuple[int, int] | None = None,
) -> Path:
    """Run a command quietly, its output in a log file.

    :param str log: name of the log file, below `.odoo/logs`
    :param str failure: what to say if the command fails
    :param Path script: file to feed to the command's standard input
    :param user: (uid, gid) to run it as
    :raises Stop: with `failure` and the place of the log
    """
    if ENDING.is_set():
        raise Ended
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / f"{log}.log"
    identity = {"user": user[0], "group": user[1], "extra_groups": []} if user else {}
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(path.open("w"))
        stdin = stack.enter_context(script.open()) if script else subprocess.DEVNULL
        code = wait_for(
            subprocess.Popen(
                [str(part) for part in command],
                env={**os.environ, **(env or {})},
                cwd=cwd,
                stdin=stdin,
                stdout=output,
                stderr=subprocess.STDOUT,
                **identity,
            )
        )
    if code:
        if ENDING.is_set():
            raise Ended
        if NO_SPACE in path.read_text(errors="replace"):
            raise no_space_left()
        raise Stop(f"{failure} (details in {path})")
    return path


def wait_for(process: subprocess.Popen) -> int:
    """Return the exit code of a process; it is killed if somebody ends us."""
    RUNNING.add(process)
    try:
        if ENDING.is_set():
            process.kill()
        return process.wait()
    except BaseException:
        process.kill()
        raise
    finally:
        RUNNING.discard(process)


def at_once(*tasks: Callable[[], object]) -> list:
    """Do things at the same time; return their results.

    What is still running when one fails, or somebody ends us, is killed.

    :raises: what the first one that failed raised
    """
    with ThreadPoolExecutor(len(tasks)) as pool:
        futures = [pool.submit(task) for task in tasks]
        try:
            for future in as_completed(futures):
                future.result()
        except BaseException:
            ENDING.set()
            for process in list(RUNNING):
                process.kill()
            raise
        finally:
            pool.shutdown()
            ENDING.clear()
    return [future.result() for future in futures]


@contextlib.contextmanager
def locked(name: str, waiting: str = "") -> Iterator[IO[str]]:
    """Hold a lock of this checkout; the kernel frees it when the process ends."""
    handle = open_lock(name)
    try:
        if not try_lock(handle, fcntl.LOCK_EX):
            if waiting:
                say(waiting)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        handle.close()


def open_lock(name: str) -> IO[str]:
    folder = HOME / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    return (folder / name).open("w")


def try_lock(handle: IO[str], kind: int) -> bool:
    """Take a lock if nobody stands in the way, and say whether it worked."""
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def digest(*parts: str) -> str:
    """Return a short fingerprint of the parts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
