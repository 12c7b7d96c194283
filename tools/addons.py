"""The project's addons: every top-level folder with a manifest."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import environment
from base import ROOT, Stop, digest

# What no database remembers; a change there needs no new one.
NOT_IN_DATABASE = ("tests/", "static/tests/", "static/description/", "readme/")
NOT_IN_DATABASE_SUFFIXES = (".pyc", ".md", ".pot", ".swp", "~")


def get_addons(root: Path = ROOT) -> list[str]:
    """Return the installable addons."""
    names = sorted(path.parent.name for path in root.glob("*/__manifest__.py"))
    return [name for name in names if get_manifest(name, root).get("installable", True)]


def get_chosen() -> list[str]:
    """Return the addons that `ADDONS` names, or all.

    :raises Stop: if there is none, or one is unknown
    """
    known = get_addons()
    if not known:
        raise Stop(
            f"There is no addon in {ROOT}: it needs a folder with __manifest__.py."
        )
    chosen = os.environ.get("ADDONS", "").replace(",", " ").split() or known
    unknown = sorted(set(chosen) - set(known))
    if unknown:
        names = ", ".join(known)
        raise Stop(f"There is no addon {unknown[0]}: ADDONS can name {names}.")
    return sorted(add_dependencies(chosen, known))


def add_dependencies(chosen: Iterable[str], known: Sequence[str]) -> set[str]:
    """Return the addons and those of ours that they build on."""
    found: set[str] = set()
    todo = list(chosen)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += [other for other in get_depends(name) if other in known]
    return found


def get_manifest(name: str, root: Path = ROOT) -> dict:
    path = root / name / "__manifest__.py"
    try:
        return ast.literal_eval(path.read_text())
    except (SyntaxError, ValueError) as problem:
        raise Stop(f"{path} cannot be read: {problem}.") from None


def get_depends(name: str) -> list[str]:
    return get_manifest(name).get("depends") or ["base"]


def get_external_depends(names: Sequence[str]) -> list[str]:
    """Return the addons of Odoo's own that ours build on."""
    known = get_addons()
    return sorted({other for name in names for other in get_depends(name)} - {*known})


def get_all_depends(name: str) -> set[str]:
    """Return the addons that one builds on, Odoo's own and theirs included."""
    found: set[str] = set()
    todo = [name]
    while todo:
        folder = find_folder(todo.pop())
        depends = get_manifest(folder.name, folder.parent).get("depends") or []
        todo += [other for other in depends if other not in found]
        found.update(depends)
    return found


def find_folder(name: str) -> Path:
    """Return the folder of an addon, ours or Odoo's own.

    :raises Stop: if there is none
    """
    folders = [path / name for path in get_paths()]
    for folder in folders:
        if (folder / "__manifest__.py").exists():
            return folder
    raise Stop(f"There is no addon {name}: correct the manifest that names it.")


def get_paths(*, ours: bool = True) -> list[Path]:
    """Return the addons path."""
    return [*get_odoo_paths(), *([ROOT] if ours else [])]


@cache
def get_odoo_paths() -> tuple[Path, ...]:
    return tuple(environment.get_installed_source().addons_paths)


def get_fingerprint(names: Sequence[str], root: Path = ROOT) -> str:
    """Return what changes when a database has to be made anew."""
    parts = []
    for name in names:
        for path in sorted((root / name).rglob("*")):
            inside = path.relative_to(root / name).as_posix()
            if is_in_database(inside) and path.is_file():
                parts += [f"{name}/{inside}", digest_file(path)]
    return digest(*parts)


def is_in_database(inside: str) -> bool:
    """Tell whether a file of an addon leaves a trace in the database."""
    return not (
        inside.startswith(NOT_IN_DATABASE)
        or inside.endswith(NOT_IN_DATABASE_SUFFIXES)
        or "__pycache__" in inside
    )


def digest_file(path: Path) -> str:
    try:
        return digest(path.read_bytes().hex())
    except FileNotFoundError:  # somebody is editing
        return ""
