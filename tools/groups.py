"""The groups in which our addons are tested, each in a database of its own.

The web shop changes much of Odoo, and most databases have none: what does not need a
website is tested without one, and what needs it with all our addons.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import addons
import templates
from base import ROOT

WEBSITE = "website"
# Addons of Odoo's own that there are beside all of ours.
BESIDE = {"payment_demo", "sale_loyalty", "website_sale"}
# What stands after these words of pytest's is no file.
TAKES_VALUE = ("-k", "-m")


@dataclass(frozen=True)
class Group:
    """Addons that are tested in one database, and those that are installed there."""

    name: str
    tested: tuple[str, ...]
    ours: tuple[str, ...]

    @property
    def extra(self) -> tuple[str, ...]:
        """Return the addons of Odoo's own that the tests need and ours do not."""
        needs = get_tested_with()
        return tuple(sorted({x for name in self.tested for x in needs.get(name, ())}))


def get_groups() -> list[Group]:
    """Return the groups of all addons; those that `ADDONS` names are one."""
    names = addons.get_chosen()
    if os.environ.get("ADDONS", "").strip():
        return [Group("chosen", tuple(names), tuple(names))]
    shop = [name for name in names if WEBSITE in addons.get_all_depends(name)]
    base = [name for name in names if name not in shop]
    groups = [Group("base", tuple(base), tuple(base))]
    groups += [Group("shop", tuple(shop), tuple(names))]
    return [group for group in groups if group.tested]


def get_tested_with() -> dict[str, list[str]]:
    """Return what `pyproject.toml` says that the tests of each addon need."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return settings.get("tool", {}).get("loyalty-b2b", {}).get("tested-with", {})


def get_wish(
    names: Sequence[str], *, ours: bool = True, assets: bool = False
) -> templates.Wish:
    """Return the database with addons of ours, the web shop and Odoo's loyalty.

    That of all addons is the one of the last group, so it need not be made anew.

    :param bool ours: without, it holds the same addons of Odoo's own and none of ours
    """
    extra = sorted(BESIDE - {*addons.get_external_depends(names)})
    wish = templates.Wish(tuple(names), tuple(extra), assets)
    return wish if ours else templates.Wish((), tuple(wish.depends))


def share_out(
    words: Sequence[str], groups: Sequence[Group]
) -> list[tuple[Group, list[str]]]:
    """Return the groups that pytest's arguments are for, each with its own.

    A file is for the group that tests its addon; where none is named, all are asked.
    """
    places = get_places(words)
    if not places:
        return [(group, list(words)) for group in groups]
    shares = []
    for group in groups:
        others = {place for place in places if find_group(place, groups) is not group}
        if others < {*places}:
            shares.append((group, [word for word in words if word not in others]))
    return shares


def find_group(place: str, groups: Sequence[Group]) -> Group:
    """Return the group of a file; the first one if it is in no addon."""
    path = (ROOT / place.split("::")[0]).resolve()
    addon = path.relative_to(ROOT).parts[:1] if path.is_relative_to(ROOT) else ()
    return next((group for group in groups if {*addon} & {*group.tested}), groups[0])


def get_places(words: Sequence[str]) -> list[str]:
    """Return the files and folders among pytest's arguments."""
    before = ["", *words]
    return [
        word
        for last, word in zip(before, words, strict=False)
        if last not in TAKES_VALUE and is_place(word)
    ]


def is_place(word: str) -> bool:
    place = word.split("::")[0]
    return bool(place) and Path(ROOT / place).exists()
