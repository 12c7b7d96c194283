import os

import databases
import pytest
import templates
from base import CHECKOUT

PREFIX = f"lb2b_{CHECKOUT}"


@pytest.fixture
def template(server, monkeypatch):
    """Return a sealed template that any wish is answered with."""
    name = f"{PREFIX}_ours_000000_aaaaaaaaaaaa"
    with templates.building(server, name) as partial:
        folder = databases.FILESTORES / partial / "ab"
        folder.mkdir(parents=True)
        (folder / "abc").write_text("picture")
    monkeypatch.setattr(templates, "ensure_template", lambda server, wish: name)
    return name


def get_runs(server):
    return databases.find(server, f"{PREFIX}_run_")


def test_clone_has_the_files_and_is_dropped(server, template):
    with templates.cloned(server, templates.Wish(("points",))) as (name, source):
        assert source == template
        assert (databases.FILESTORES / name / "ab" / "abc").read_text() == "picture"
        server.connect(name).close()
    assert not get_runs(server)
    assert not (databases.FILESTORES / name).exists()


def test_clone_is_dropped_after_a_failure(server, template):
    with pytest.raises(SystemExit):
        with templates.cloned(server, templates.Wish(("points",))):
            raise SystemExit(143)
    assert not get_runs(server)


def test_concurrent_runs_leave_each_other_alone(server, template):
    wish = templates.Wish(("points",))
    with (
        templates.cloned(server, wish) as (first, _),
        templates.cloned(server, wish) as (second, _),
    ):
        assert set(get_runs(server)) == {first, second}
    assert not get_runs(server)


def test_copies_of_workers_live_as_long_as_their_run(server, template):
    wish = templates.Wish(("points",))
    with templates.cloned(server, wish) as (name, _):
        databases.copy(server, template, f"{name}-gw0")
        with templates.cloned(server, wish):
            assert databases.exists(server, f"{name}-gw0")
    assert not get_runs(server)


def test_clone_of_a_killed_run_is_dropped(server, template):
    databases.copy(server, template, f"{PREFIX}_run_1_dead")
    databases.copy(server, template, f"{PREFIX}_run_1_dead-gw1")
    with templates.cloned(server, templates.Wish(("points",))) as (name, _):
        assert get_runs(server) == [name]


def test_template_is_sealed(server, template):
    with pytest.raises(
        databases.psycopg2.OperationalError, match="not currently accept"
    ):
        server.connect(template)


def test_failed_template_is_not_kept(server):
    name = f"{PREFIX}_ours_000000_bbbbbbbbbbbb"
    with pytest.raises(ValueError, match="broken addon"):
        with templates.building(server, name):
            raise ValueError("broken addon")
    assert not databases.find(server, name)


def test_half_made_template_is_made_anew(server):
    name = f"{PREFIX}_ours_000000_cccccccccccc"
    databases.create(server, f"{name}_part")
    with templates.building(server, name):
        pass
    assert databases.find(server, name) == [name]


def test_old_templates_are_dropped_unless_used(server):
    names = [f"{PREFIX}_ours_000000_{n:012}" for n in range(templates.KEEP + 2)]
    with templates.open_lock(names[0]) as used:
        templates.fcntl.flock(used, templates.fcntl.LOCK_SH)
        for name in names:
            with templates.building(server, name):
                pass
        kept = databases.find(server, f"{PREFIX}_ours_000000_")
    assert sorted(kept) == sorted([names[0], *names[2:]])


def test_dependencies_of_every_group_are_kept(server):
    names = [f"{PREFIX}_deps_all_{n:012}" for n in range(templates.KEEP + 2)]
    for name in names:
        with templates.building(server, name):
            pass
    assert sorted(databases.find(server, f"{PREFIX}_deps_all_")) == names


def test_deprecated_use_stops(tmp_path, monkeypatch):
    monkeypatch.setattr(templates.addons, "get_addons", lambda: ["points"])
    log = tmp_path / "install.log"
    log.write_text(
        "… WARNING … py.warnings: points/models/a.py:1: DeprecationWarning: x"
    )
    with pytest.raises(templates.Stop, match="deprecated, replace it: "):
        templates.check_log(log)


def test_saved_file_makes_another_template(checkout):
    before = templates.addons.get_fingerprint(["points"])
    (checkout / "points" / "tests" / "test_x.py").write_text("x = 1")
    assert templates.addons.get_fingerprint(["points"]) == before
    (checkout / "points" / "__init__.py").write_text("x = 1")
    assert templates.addons.get_fingerprint(["points"]) != before


def test_file_saved_during_installation_starts_it_over(server, monkeypatch):
    keys = iter(["1" * 12, "2" * 12, "3" * 12, "3" * 12])
    name = f"{PREFIX}_ours_000000_"
    monkeypatch.setattr(
        templates, "get_addons_template", lambda server, wish: name + next(keys)
    )
    monkeypatch.setattr(templates, "ensure_dependencies", lambda server, wish: "")
    monkeypatch.setattr(databases, "install", lambda *args: os.devnull)
    monkeypatch.setattr(templates, "check_log", lambda log: None)
    made = templates.ensure_template(server, templates.Wish(("points",)))
    assert made == name + "3" * 12
    assert databases.find(server, name) == [made]
