"""The tools are tested in a folder of their own, never in the checkout's `.odoo`."""

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))

import addons  # noqa: E402
import base  # noqa: E402
import databases  # noqa: E402
import environment  # noqa: E402
import odoo_source  # noqa: E402
import postgres  # noqa: E402
import run_server  # noqa: E402
import run_wheel  # noqa: E402
import templates  # noqa: E402

MODULES = (
    *(addons, base, databases, environment, odoo_source, postgres),
    *(run_server, run_wheel, templates),
)
SETTINGS = ("ODOO_HOME", "ODOO_SOURCE", "ODOO_GIT_URL", "ADDONS", "DB", "PG_SOURCE")
SETTINGS += ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD")
pytest_plugins = ["pytester"]


def move_home(monkeypatch, home):
    """Let every tool work below another folder."""
    places = {"HOME": home, "LOGS": home / "logs", "DATA": home / "data"}
    places["FILESTORES"] = home / "data" / "filestore"
    for module in MODULES:
        for name, place in places.items():
            if hasattr(module, name):
                monkeypatch.setattr(module, name, place)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Return an empty folder that stands for `.odoo`."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "home"
    folder.mkdir()
    move_home(monkeypatch, folder)
    yield folder
    shutil.rmtree(
        f"/var/tmp/loyalty-b2b-{base.digest(str(folder))}", ignore_errors=True
    )


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """Return a folder that stands for the checkout, with two addons."""
    root = tmp_path / "checkout"
    for name, depends in (("points", ["sale"]), ("points_shop", ["points", "website"])):
        (root / name / "tests").mkdir(parents=True)
        (root / name / "__manifest__.py").write_text(repr({"depends": depends}))
        (root / name / "__init__.py").write_text("")
    monkeypatch.setattr(addons, "ROOT", root)
    monkeypatch.setattr(addons.get_addons, "__defaults__", (root,))
    monkeypatch.setattr(addons.get_manifest, "__defaults__", (root,))
    monkeypatch.setattr(addons.get_fingerprint, "__defaults__", (root,))
    return root


@pytest.fixture
def server(home):
    """Return a PostgreSQL of the test's own."""
    with postgres.serving("test") as running:
        yield running


@pytest.fixture
def make_odoo():
    """Return a function that makes something that looks like Odoo's source."""

    def make(folder, version="(19, 0, 0, FINAL, 0, '')"):
        (folder / "odoo" / "addons" / "base").mkdir(parents=True)
        (folder / "addons" / "sale").mkdir(parents=True)
        (folder / "odoo" / "release.py").write_text(f"version_info = {version}\n")
        return folder

    return make
