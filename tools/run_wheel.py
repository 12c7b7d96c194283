"""`make wheel`: each addon as a wheel in `dist/`, complete with its data files.

Their Odoo requirement is in no index: they are installed with `pip install --no-deps`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import addons
from base import PYTHON, ROOT, VENV, Stop, call, say

DIST = ROOT / "dist"
BUILD_SYSTEM = """[build-system]
requires = ["whool"]
build-backend = "whool.buildapi"
"""
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")


def run(words: Sequence[str]) -> int:
    """Build the addons that the words name, or all."""
    shutil.rmtree(DIST, ignore_errors=True)
    for name in words or addons.get_addons():
        wheel = build(name)
        missing = sorted(get_files(name) - get_contents(wheel))
        if missing:
            raise Stop(f"{wheel.name} lacks {missing[0]}: is it ignored by git?")
        say(f"dist/{wheel.name} ({len(get_contents(wheel))} files)")
    return 0


def build(name: str) -> Path:
    """Build a wheel from a copy, as whool wants a file that the addon does not need."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / name
        shutil.copytree(ROOT / name, copy, ignore=LEFT_OUT)
        (copy / "pyproject.toml").write_text(BUILD_SYSTEM)
        call(
            [PYTHON, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
            + ["-w", DIST, copy],
            log=f"wheel-{name}",
            env={"PATH": f"{VENV / 'bin'}:{os.environ['PATH']}"},
            failure=f"The wheel of {name} cannot be built.",
        )
    return next(path for path in DIST.glob("*.whl") if has_addon(path, name))


def has_addon(wheel: Path, name: str) -> bool:
    return f"{name}/__manifest__.py" in get_contents(wheel)


def get_contents(wheel: Path) -> set[str]:
    """Return the files of addons in a wheel, such as `loyalty_b2b/__manifest__.py`."""
    prefix = "odoo/addons/"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    return {name.removeprefix(prefix) for name in names if name.startswith(prefix)}


def get_files(name: str) -> set[str]:
    """Return what must be in the wheel: all that the manifest or Odoo reads."""
    manifest = addons.get_manifest(name)
    listed = [*manifest.get("data", []), *manifest.get("demo", [])]
    found = [
        path.relative_to(ROOT).as_posix()
        for folder in ("views", "data", "demo", "security", "static", "i18n", "report")
        for path in (ROOT / name / folder).rglob("*")
        if path.is_file() and path.suffix != ".pyc" and not path.name.startswith(".")
    ]
    return {f"{name}/{path}" for path in listed} | set(found)
