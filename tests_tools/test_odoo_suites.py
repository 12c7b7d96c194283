import json

import odoo_suites
import pytest
import run_test_odoo
from base import Stop

SALE = "odoo.addons.sale.tests.test_sale.TestSale"
PORTAL = "odoo.addons.portal.tests.test_portal.TestPortal"
A, B = f"{PORTAL}.test_a", f"{PORTAL}.test_b"
ALONE = "/portal:TestPortal.test_a"


def write(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_worst_outcome_of_a_test_counts(tmp_path):
    rows = [
        ("passed", f"{SALE}.test_a"),
        ("failed", f"{SALE}.test_a"),
        ("passed", f"{SALE}.test_a"),
        ("passed", f"{SALE}.test_b"),
        ("skipped", f"{SALE}.test_b"),
        ("failed", f"{PORTAL}.setUpClass"),
        ("ended", ""),
    ]
    assert odoo_suites.read(write(tmp_path / "results", *rows)) == {
        f"{SALE}.test_a": "failed",
        f"{SALE}.test_b": "skipped",
        f"{PORTAL}.setUpClass": "failed",
    }


@pytest.mark.parametrize("rows", [[], [("passed", f"{SALE}.test_a")]])
def test_run_that_stopped_early_is_none(tmp_path, rows):
    with pytest.raises(Stop, match="did not come to the end of its tests"):
        odoo_suites.read(write(tmp_path / "results", *rows))


@pytest.mark.parametrize(
    ("ours", "plain", "differs"),
    [
        ("passed", "passed", False),
        ("failed", "failed", False),
        ("passed", "failed", False),
        ("failed", "passed", True),
        ("skipped", "passed", True),
        ("skipped", "failed", False),
        (None, "passed", True),
        ("failed", None, True),
        ("failed", "skipped", True),
        ("passed", None, False),
    ],
)
def test_what_is_worse_with_us_is_found(ours, plain, differs):
    sides = [{"x": what} if what else {} for what in (ours, plain)]
    assert bool(odoo_suites.compare(*sides)) is differs


def test_difference_says_what_happens_on_both_sides():
    (one,) = odoo_suites.compare({}, {"x": "passed"})
    assert str(one) == "x: not run, passed without us"


def test_tests_are_named_as_odoo_wants_them():
    names = [f"{SALE}.test_a", f"{PORTAL}.setUpClass", f"{PORTAL}.tearDownClass"]
    assert odoo_suites.get_tags_of(names) == "/portal:TestPortal,/sale:TestSale.test_a"
    assert odoo_suites.get_tags(["portal"]) == "/portal"
    assert "-/sale:" in odoo_suites.get_tags(["sale"])
    assert "-/sale:" not in odoo_suites.get_tags(["sale"], slow=True)


def test_recording_leaves_other_suites_alone(tmp_path):
    path = tmp_path / "known.txt"
    path.write_text(f"# of old\n{SALE}.test_old\n{PORTAL}.test_old\n")
    outcomes = {f"{SALE}.test_a": "failed", f"{SALE}.test_old": "passed"}
    odoo_suites.record(outcomes, "19.0-1", path)
    assert odoo_suites.get_known(path) == {f"{SALE}.test_a", f"{PORTAL}.test_old"}
    assert "19.0-1" in path.read_text()


def test_table_counts_each_suite():
    sides = {
        "ours": {f"{SALE}.test_a": "passed", f"{SALE}.test_b": "failed"},
        "plain": {f"{SALE}.test_a": "passed", f"{PORTAL}.test_c": "skipped"},
    }
    table = odoo_suites.describe(["sale", "portal"], sides).splitlines()
    assert [row.split() for row in table[1:]] == [
        ["sale", "1", "1", "0", "1", "0", "0"],
        ["portal", "0", "0", "0", "0", "0", "1"],
    ]


def test_every_suite_is_of_its_addon():
    for name, tags in odoo_suites.SUITES.items():
        assert all(tag.split("/")[1] == name for tag in tags.split(","))
    assert {*odoo_suites.LIGHT} < {*odoo_suites.SUITES}


# === THE COMMAND === #


@pytest.fixture
def runs(monkeypatch, tmp_path):
    """Return what each run answers; they are taken in turn, and asked for by tags."""
    answers, asked = [], []

    def run_side(server, tags, *, ours=True):
        asked.append(("ours" if ours else "plain", tags))
        return answers.pop(0)

    monkeypatch.setattr(run_test_odoo, "run_side", run_side)
    monkeypatch.setattr(
        run_test_odoo.postgres, "serving", lambda purpose: open(__file__)
    )
    monkeypatch.setattr(odoo_suites, "KNOWN", tmp_path / "known.txt")
    return answers, asked


def test_failure_only_with_us_is_tried_again(runs, capsys):
    answers, asked = runs
    answers += [{A: "failed", B: "failed"}, {A: "passed", B: "failed"}, {A: "failed"}]
    assert run_test_odoo.run(["portal"]) == 1
    assert asked == [("ours", "/portal"), ("plain", "/portal"), ("ours", ALONE)]
    assert f"✗ {A}: failed, passed without us" in capsys.readouterr().out


def test_failure_that_does_not_come_again_is_told_and_not_counted(runs, capsys):
    answers, _asked = runs
    answers += [{A: "failed"}, {A: "passed"}, {A: "passed"}]
    assert run_test_odoo.run(["portal"]) == 0
    assert f"{A}: failed, passed without us, and passes if" in capsys.readouterr().out


def test_same_failures_on_both_sides_are_none(runs, capsys):
    answers, _asked = runs
    answers += [{A: "failed", B: "passed"}, {A: "failed", B: "passed"}]
    assert run_test_odoo.run(["portal"]) == 0
    assert "No test fails only with us." in capsys.readouterr().out


def test_only_what_fails_twice_without_us_is_recorded(runs, monkeypatch):
    class Source:
        version = "19.0-1"

    environment = run_test_odoo.environment
    monkeypatch.setattr(environment, "get_installed_source", Source)
    answers, asked = runs
    failed = {A: "failed", B: "failed"}
    answers += [failed, failed, {A: "failed", B: "passed"}]
    assert run_test_odoo.run(["portal", "--record"]) == 0
    assert asked[2] == ("plain", f"{ALONE},/portal:TestPortal.test_b")
    assert odoo_suites.get_known() == {A}


def test_light_run_knows_what_fails_without_us(runs):
    answers, asked = runs
    odoo_suites.record({A: "failed"}, "19.0-1")
    answers += [{A: "failed", B: "passed"}]
    assert run_test_odoo.run(["--light"]) == 0
    assert asked == [("ours", "/sale_loyalty,/portal")]


def test_light_run_tries_an_unknown_failure_without_us(runs):
    answers, asked = runs
    answers += [{A: "failed"}, {A: "failed"}]
    assert run_test_odoo.run(["--light"]) == 0
    assert asked[1:] == [("plain", ALONE)]
    answers += [{A: "failed"}, {A: "passed"}, {A: "failed"}]
    assert run_test_odoo.run(["--light"]) == 1


def test_unknown_suite_is_refused():
    with pytest.raises(Stop, match="no suite crm: name one of sale, sale_loyalty"):
        run_test_odoo.run(["crm"])
