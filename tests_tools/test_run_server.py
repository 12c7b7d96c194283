import socket

import databases
import pytest
import run_server
from base import Stop


def test_taken_port_is_named():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Stop, match=f"Port {port} is taken: .*PORT={port + 1}"):
            run_server.check_port("127.0.0.1", port)


def test_second_run_is_refused(home):
    with run_server.only_run("shop"):
        with pytest.raises(Stop, match="already runs on the database shop: stop it"):
            with run_server.only_run("shop"):
                pass
        with run_server.only_run("other"):
            pass


def test_foreign_database_is_left_alone(server):
    databases.create(server, "shop")
    with pytest.raises(Stop, match="was not made by `make run`: choose another name"):
        run_server.check_is_ours(server, "shop")
    databases.set_note(server, "shop", f"{run_server.NOTE} it's ours")
    run_server.check_is_ours(server, "shop")


def test_interrupted_run_starts_over(server, monkeypatch, capsys):
    databases.create(server, "shop_part")
    databases.execute(server, "COMMENT ON DATABASE {} IS 'half'", "shop_part")
    monkeypatch.setattr(databases, "install", lambda *args, **options: None)
    monkeypatch.setattr(databases, "run_script", lambda *args: None)
    monkeypatch.setattr(run_server.addons, "get_fingerprint", lambda names: "1")
    run_server.ensure_database(server, "shop")
    assert "interrupted: starting over" in capsys.readouterr().err
    assert databases.find(server, "shop") == ["shop"]
    assert databases.get_note(server, "shop").startswith(run_server.NOTE)


def test_demo_data_of_ours_only_are_loaded(server, monkeypatch):
    installed, scripts = [], []
    monkeypatch.setattr(
        databases, "install", lambda *_args, **options: installed.append(options)
    )
    monkeypatch.setattr(databases, "run_script", lambda *args: scripts.append(args[2:]))
    run_server.make_database(server, "shop", ["points", "points_shop"])
    assert installed == [{}]
    loaded = (run_server.LOAD_DEMO, {"ADDONS": "points,points_shop"})
    assert sorted(scripts, key=len) == [(run_server.ASSETS,), loaded]


def test_new_addon_brings_its_demo_data(server, monkeypatch):
    scripts = []
    monkeypatch.setattr(databases, "get_installed", lambda *_: {"points"})
    monkeypatch.setattr(databases, "install", lambda *_args, **_options: None)
    monkeypatch.setattr(databases, "run_script", lambda *args: scripts.append(args[2:]))
    run_server.update_database(server, "shop", ["points", "points_shop"])
    assert scripts == [(run_server.LOAD_DEMO, {"ADDONS": "points_shop"})]


def test_unchanged_addons_are_not_updated(server, monkeypatch):
    done = []
    monkeypatch.setattr(
        run_server, "make_database", lambda s, n, _: databases.create(s, n)
    )
    monkeypatch.setattr(
        run_server, "update_database", lambda *_: done.append("updated")
    )
    monkeypatch.setattr(run_server.addons, "get_fingerprint", lambda names: "1")
    run_server.ensure_database(server, "shop")
    run_server.ensure_database(server, "shop")
    assert not done
    monkeypatch.setattr(run_server.addons, "get_fingerprint", lambda names: "2")
    run_server.ensure_database(server, "shop")
    assert done == ["updated"]


def test_reset_drops_the_data(home):
    with run_server.postgres.serving("run") as server:
        databases.create(server, "loyalty_b2b")
        databases.set_note(server, "loyalty_b2b", run_server.NOTE)
    run_server.reset([])
    with run_server.postgres.serving("run") as server:
        assert not databases.exists(server, "loyalty_b2b")
    run_server.reset([])


def test_damaged_data_are_named_and_can_be_reset(home):
    cluster = run_server.postgres.Cluster.make("run")
    with run_server.postgres.serving("run"):
        pass
    (cluster.data / "global" / "pg_control").write_text("nonsense")
    with pytest.raises(Stop, match="does not start on .*: run `make reset`"):
        with run_server.postgres.serving("run"):
            pass
    run_server.reset([])
    with run_server.postgres.serving("run") as server:
        assert databases.execute(server, "SELECT 1") == [(1,)]
