import addons
import groups
import pytest
import run_tests
from base import Stop

FILE = "points/tests/test_x.py"
SHOP_FILE = "points_shop/tests/test_y.py"


@pytest.fixture(autouse=True)
def odoo(checkout, tmp_path, monkeypatch):
    """Return the addons of Odoo's own, of which `shop` builds on `website`."""
    folder = tmp_path / "odoo"
    needs = {"sale": ["base"], "base": [], "website": ["base"], "shop": ["website"]}
    for name, depends in needs.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "__manifest__.py").write_text(repr({"depends": depends}))
    (checkout / "points_shop" / "__manifest__.py").write_text(
        repr({"depends": ["points", "shop"]})
    )
    for file in (FILE, SHOP_FILE):
        (checkout / file).write_text("")
    (checkout / "pyproject.toml").write_text(
        '[tool.loyalty-b2b.tested-with]\npoints_shop = ["payment_demo"]\n'
    )
    monkeypatch.setattr(addons, "get_odoo_paths", lambda: (folder,))
    monkeypatch.setattr(groups, "ROOT", checkout)
    return folder


def share_out(*words):
    shares = groups.share_out(words, groups.get_groups())
    return {group.name: list(chosen) for group, chosen in shares}


def test_what_needs_a_website_is_tested_beside_all():
    base, shop = groups.get_groups()
    assert (base.tested, base.ours) == (("points",), ("points",))
    assert (shop.tested, shop.ours) == (("points_shop",), ("points", "points_shop"))
    assert (base.extra, shop.extra) == ((), ("payment_demo",))


def test_there_is_no_group_without_tests(checkout):
    (checkout / "points_shop" / "__manifest__.py").unlink()
    assert [group.name for group in groups.get_groups()] == ["base"]


def test_named_addons_are_tested_in_one_database(monkeypatch):
    monkeypatch.setenv("ADDONS", "points_shop")
    (chosen,) = groups.get_groups()
    assert chosen.tested == chosen.ours == ("points", "points_shop")
    assert chosen.extra == ("payment_demo",)


def test_unknown_dependency_is_named(odoo):
    (odoo / "shop" / "__manifest__.py").unlink()
    with pytest.raises(Stop, match="There is no addon shop: correct the manifest"):
        groups.get_groups()


def test_all_groups_run_if_no_file_is_named():
    assert share_out() == {"base": [], "shop": []}
    assert share_out("-k", "tiers") == {
        "base": ["-k", "tiers"],
        "shop": ["-k", "tiers"],
    }
    assert share_out("-k", "points").keys() == {"base", "shop"}


def test_file_is_for_the_group_of_its_addon():
    assert share_out(FILE, "-x") == {"base": [FILE, "-x"]}
    assert share_out("-x", f"{SHOP_FILE}::TestShop") == {
        "shop": ["-x", f"{SHOP_FILE}::TestShop"]
    }
    assert share_out(FILE, SHOP_FILE) == {"base": [FILE], "shop": [SHOP_FILE]}


def test_file_of_no_addon_is_for_the_first_group(checkout):
    (checkout / "conftest.py").write_text("")
    assert share_out("conftest.py") == {"base": ["conftest.py"]}


@pytest.mark.parametrize(
    ("codes", "code"),
    [([0, 0], 0), ([0, 1], 1), ([1, 0], 1), ([2, 1], 2)]
    + [([5, 0], 0), ([0, 5], 0), ([5, 1], 1), ([5, 5], 5), ([5], 5)],
)
def test_failure_of_either_group_counts(codes, code, monkeypatch):
    answers = iter(codes)
    monkeypatch.setattr(run_tests.groups, "get_groups", lambda: codes)
    monkeypatch.setattr(
        run_tests.groups, "share_out", lambda words, found: [(n, words) for n in found]
    )
    monkeypatch.setattr(run_tests, "run_group", lambda group, words: next(answers))
    assert run_tests.run(["-k", "tiers"]) == code


def test_interruption_ends_the_other_groups_too(monkeypatch):
    class Interrupted:
        answers = iter([KeyboardInterrupt, 2])

        def wait(self):
            answer = next(self.answers)
            if answer is KeyboardInterrupt:
                raise answer
            return answer

    monkeypatch.setattr(
        run_tests.subprocess, "Popen", lambda *args, **options: Interrupted()
    )
    with pytest.raises(KeyboardInterrupt):
        run_tests.wait_for(["pytest"], {})


def test_database_without_ours_has_the_same_of_odoos():
    wish = groups.get_wish(["points", "points_shop"])
    assert wish.ours == groups.get_groups()[-1].ours
    assert {*wish.depends} == {*groups.BESIDE, "sale", "shop"}
    plain = groups.get_wish(["points", "points_shop"], ours=False)
    assert (plain.ours, plain.depends) == ((), wish.depends)
