"""`make i18n`: export each addon's terms; and the check that all are translated.

The check compares `i18n/<addon>.pot` with a fresh export and looks for missing, fuzzy
and superfluous terms in each `.po`. An addon without a folder `i18n` is left alone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import addons
import databases
import groups
import polib
import postgres
import templates
from base import ODOO, ROOT, call, say

SHOWN = 10  # terms of one kind


def run(words: Sequence[str]) -> int:
    """Write the `.pot` of each addon, and bring its translations in line with it."""
    names = list(words) or addons.get_addons()
    with tempfile.TemporaryDirectory() as folder:
        for name, exported in export(names, Path(folder)).items():
            target = ROOT / name / "i18n" / f"{name}.pot"
            target.parent.mkdir(exist_ok=True)
            if target.exists() and not get_differences(target, exported):
                say(f"{target.relative_to(ROOT)} is current")
            else:
                target.write_text(exported.read_text())
                say(f"{target.relative_to(ROOT)} written")
            for path in sorted(target.parent.glob("*.po")):
                missing = merge(path, target)
                say(f"{path.relative_to(ROOT)}: {missing} terms to translate")
    return 0


def merge(path: Path, pot: Path) -> int:
    """Give a translation the terms of the template, in their order.

    What is translated stays; a term that differs from an old one by its line breaks
    only keeps the translation. Terms that are gone are left out.

    :return: the number of terms without a translation
    """
    old = polib.pofile(str(path), wrapwidth=0)
    known = {(e.msgctxt or "", e.msgid): e for e in old if e.msgstr}
    alike = {" ".join(e.msgid.split()): e for e in known.values()}
    terms = polib.pofile(str(pot))
    old[:] = []
    for term in terms:
        same = known.get((term.msgctxt or "", term.msgid))
        same = same or alike.get(" ".join(term.msgid.split()))
        if same:
            term.msgstr, term.flags = same.msgstr, same.flags
        old.append(term)
    old.wrapwidth = 78
    old.save(str(path))
    return sum(not term.msgstr for term in old)


def check() -> bool:
    """Tell whether all translations are current and complete."""
    names = [name for name in addons.get_addons() if (ROOT / name / "i18n").is_dir()]
    if not names:
        return True
    complaints: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, exported in export(names, Path(folder)).items():
            complaints += check_addon(ROOT / name / "i18n", name, exported)
    for complaint in complaints:
        print(complaint)
    return not complaints


def export(names: Sequence[str], folder: Path) -> dict[str, Path]:
    """Export the terms of each addon to a file of its own."""
    files = {name: folder / f"{name}.pot" for name in names}
    wish = groups.get_wish(addons.get_addons())
    with (
        postgres.serving("test") as server,
        templates.cloned(server, wish) as (database, _template),
        databases.configured(server, database) as config,
    ):
        for name, path in files.items():
            call(
                [ODOO, "i18n", "export", "-c", config, "-d", database]
                + ["-l", "pot", "-o", path, name],
                log=f"i18n-{name}",
                failure=f"The terms of {name} cannot be exported.",
            )
    return files


def check_addon(folder: Path, name: str, exported: Path) -> list[str]:
    """Return what is wrong with an addon's translations, one sentence each."""
    pot = folder / f"{name}.pot"
    if not pot.exists():
        return [f"{name}/i18n/{name}.pot is missing: run `make i18n`."]
    complaints = []
    if differences := get_differences(pot, exported):
        words = "; ".join(differences)
        complaints.append(f"{name}/i18n/{name}.pot is stale, run `make i18n`: {words}")
    for path in sorted(folder.glob("*.po")):
        complaints += check_language(path, exported)
    return complaints


def get_terms(path: Path) -> set[tuple[str, str]]:
    return {(entry.msgctxt or "", entry.msgid) for entry in read(path)}


def read(path: Path) -> list[polib.POEntry]:
    return [entry for entry in polib.pofile(str(path)) if not entry.obsolete]


def get_differences(pot: Path, exported: Path) -> list[str]:
    """Compare the terms of two templates; dates and places in the code do not count."""
    old, new = get_terms(pot), get_terms(exported)
    return list_terms("new", new - old) + list_terms("gone", old - new)


def check_language(path: Path, exported: Path) -> list[str]:
    """Return what is wrong with one language."""
    entries = read(path)
    done = {(e.msgctxt or "", e.msgid) for e in entries if e.msgstr and not e.fuzzy}
    fuzzy = {(e.msgctxt or "", e.msgid) for e in entries if e.fuzzy}
    known = get_terms(exported)
    found = [
        *list_terms("not translated", known - done - fuzzy),
        *list_terms("fuzzy", fuzzy),
        *list_terms("no longer used", get_terms(path) - known),
    ]
    place = f"{path.parent.parent.name}/i18n/{path.name}"
    return [f"{place}: {text}" for text in found]


def list_terms(kind: str, terms: set[tuple[str, str]]) -> list[str]:
    if not terms:
        return []
    shown = ", ".join(repr(text[:60]) for _context, text in sorted(terms)[:SHOWN])
    return [f"{len(terms)} {kind}: {shown}{', …' if len(terms) > SHOWN else ''}"]
