import shutil
import subprocess
import threading
import time
from collections import namedtuple
from pathlib import Path

import base
import environment
import pytest

TOOLS = Path(environment.__file__).parent
Usage = namedtuple("Usage", "total used free")


@pytest.mark.parametrize("version", [(3, 10), (3, 14)])
def test_unsupported_python_is_refused(version):
    with pytest.raises(base.Stop, match="install one from 3.11 to 3.13 and name it"):
        environment.check_python(version)


def test_missing_venv_module_is_named(monkeypatch):
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(base.Stop, match="apt-get install python3-venv"):
        environment.check_python((3, 12))


def test_full_disk_is_noticed_in_advance(monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10, 10, 1e6))
    with pytest.raises(base.Stop, match="Only 0.0 GB are free .* free some space"):
        base.need_space(2, "unpacking Odoo")


def test_disk_that_fills_up_is_noticed():
    with pytest.raises(base.Stop, match="is full: free some space and run it again"):
        base.call(["bash", "-c", "echo x > /dev/full"], log="x", failure="It failed.")


def test_failed_command_names_its_log(home):
    with pytest.raises(base.Stop, match=f"It failed. .details in {home}/logs/x.log."):
        base.call(["bash", "-c", "echo why; exit 3"], log="x", failure="It failed.")
    assert (home / "logs" / "x.log").read_text() == "why\n"


def test_two_things_are_done_at_once():
    meeting = threading.Barrier(2, timeout=10)
    places = base.at_once(meeting.wait, meeting.wait)
    assert sorted(places) == [0, 1]


def test_failure_ends_what_is_done_at_the_same_time():
    def fail():
        while not base.RUNNING:
            time.sleep(0.01)
        raise base.Stop("There is no network.")

    def sleep():
        try:
            base.call(["sleep", "60"], log="sleep", failure="It cannot sleep.")
        except base.Stop:
            base.call(["touch", left], log="touch", failure="It cannot touch.")

    left = base.LOGS / "started_afterwards"
    begin = time.monotonic()
    with pytest.raises(base.Stop, match="There is no network."):
        base.at_once(fail, sleep)
    assert time.monotonic() - begin < 30
    assert not left.exists() and not base.RUNNING
    base.call(["true"], log="true", failure="Nothing may be started any more.")


def test_half_made_environment_is_made_anew(home, monkeypatch):
    commands = []
    monkeypatch.setattr(environment, "VENV", home / "venv")
    monkeypatch.setattr(environment, "PYTHON", home / "venv" / "python")
    (home / "venv").mkdir()
    (home / "venv" / "half").touch()

    def make(words, **_options):
        commands.append(words)
        (home / "venv").mkdir(exist_ok=True)
        (home / "venv" / "python").touch()

    monkeypatch.setattr(environment, "call", make)
    environment.ensure_venv()
    assert not (home / "venv" / "half").exists()
    assert len(commands) == 2
    environment.ensure_venv()
    assert len(commands) == 2


def test_missing_python_is_told(tmp_path):
    done = subprocess.run(
        [str(TOOLS / "dev"), "test"],
        env={"PATH": "/usr/bin:/bin", "PYTHON": str(tmp_path / "python")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "apt-get install python3 python3-venv" in done.stderr


def test_new_requirements_do_not_make_it_anew(home, monkeypatch, tmp_path):
    commands = []
    monkeypatch.setattr(environment, "VENV", home / "venv")
    monkeypatch.setattr(environment, "PYTHON", home / "venv" / "python")
    monkeypatch.setattr(environment, "LOCK_FILE", tmp_path / "requirements.lock")
    monkeypatch.setattr(environment, "call", lambda words, **_: commands.append(words))
    (home / "venv").mkdir()
    (home / "venv" / "python").touch()
    (home / "venv" / f"complete-{environment.get_python_name()}").write_text("old")
    (tmp_path / "requirements.lock").write_text("lxml==5.4.0")
    environment.ensure_venv()
    assert [words[2] for words in commands] == ["pip"]
