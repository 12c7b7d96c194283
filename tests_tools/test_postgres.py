import multiprocessing
import os
import pwd
import tempfile
from pathlib import Path

import base
import databases
import postgres
import pytest
from base import Stop


def test_server_runs_only_while_it_is_used(home):
    with postgres.serving("test") as first:
        with postgres.serving("test") as second:
            assert first == second
        assert databases.execute(first, "SELECT 1") == [(1,)]
    with pytest.raises(postgres.psycopg2.OperationalError):
        first.connect()


def test_half_made_cluster_is_made_anew(home):
    cluster = postgres.Cluster.make("test")
    cluster.data.mkdir()
    (cluster.data / "half").touch()
    with postgres.serving("test") as server:
        assert databases.execute(server, "SELECT 1") == [(1,)]


def test_named_server_is_used(server, monkeypatch):
    for name, value in server.environ().items():
        monkeypatch.setenv(name, value)
    with postgres.serving("run") as named:
        assert (named.host, named.user) == (server.host, "odoo")
    assert databases.execute(server, "SELECT 1") == [(1,)]


def test_named_server_that_is_silent_says_what_to_do(tmp_path):
    with pytest.raises(
        Stop, match="does not answer .*: correct PGHOST, PGPORT, PGUSER"
    ):
        postgres.find_server({"PGHOST": str(tmp_path), "PGUSER": "odoo"})


def test_user_that_odoo_refuses_is_refused():
    with pytest.raises(Stop, match="set PGUSER to another one"):
        postgres.find_server({"PGHOST": "localhost", "PGUSER": "postgres"})


def test_user_without_the_right_is_refused(server):
    databases.execute(server, "CREATE ROLE {} LOGIN", "visitor")
    environ = {**server.environ(), "PGUSER": "visitor"}
    with pytest.raises(Stop, match="grant CREATEDB"):
        postgres.find_server(environ)


def test_embedded_server_works_where_the_machine_has_none(home, monkeypatch):
    monkeypatch.setenv("PG_SOURCE", "embedded")
    with postgres.serving("test") as server:
        assert "embedded" in server.binaries
        databases.create(server, "with_extensions")
        with server.connect("with_extensions") as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT extname FROM pg_extension")
            assert {"pg_trgm", "unaccent"} <= {name for (name,) in cursor.fetchall()}
        connection.close()


def test_machine_comes_before_the_wheel(tmp_path, monkeypatch):
    for version in ("9", "15", "17"):
        folder = tmp_path / "usr" / "lib" / "postgresql" / version / "bin"
        folder.mkdir(parents=True)
        for name in ("initdb", "pg_ctl"):
            (folder / name).touch()
    found = postgres.find_binaries(tmp_path, tmp_path)
    assert found == tmp_path / "usr" / "lib" / "postgresql" / "17" / "bin"


def test_wheel_comes_last(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres.shutil, "which", lambda name: None)
    monkeypatch.setattr(postgres, "install_embedded", lambda target: target)
    assert postgres.find_binaries(tmp_path, tmp_path) == tmp_path / "embedded"


def test_no_server_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres.shutil, "which", lambda name: None)
    monkeypatch.setenv("PG_SOURCE", "machine")
    with pytest.raises(Stop, match="apt-get install postgresql"):
        postgres.find_binaries(tmp_path, tmp_path)


def test_long_path_gets_a_short_socket(home, monkeypatch):
    assert not postgres.fits_socket(home / ("x" * 100))
    monkeypatch.setattr(postgres, "HOME", home / ("x" * 100))
    folder = postgres.get_clusters_home("")
    assert folder.parent == Path("/var/tmp")
    folder.rmdir()


def use_server_as(account):
    """Use a server after giving up root's rights, if we have them."""
    if os.getuid() == 0:
        entry = pwd.getpwnam(account)
        os.setgroups([])
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
    with postgres.serving("test") as server:
        server.connect().close()


def test_unprivileged_user_has_a_server(monkeypatch):
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        os.chmod(folder, 0o777)
        for module in (postgres, base):
            monkeypatch.setattr(module, "HOME", Path(folder))
            monkeypatch.setattr(module, "LOGS", Path(folder) / "logs")
        context = multiprocessing.get_context("fork")
        process = context.Process(target=use_server_as, args=["nobody"])
        process.start()
        process.join()
        assert process.exitcode == 0
        assert (Path(folder) / "postgres").is_dir()
