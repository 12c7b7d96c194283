import pytest
import run_bench
from base import Stop


@pytest.mark.parametrize(
    ("code", "databases"),
    [
        ("def main(): pass", 0),
        ("def main(env): pass", 1),
        ("def main(env, plain): pass", 2),
    ],
)
def test_script_says_which_databases_it_wants(tmp_path, code, databases):
    script = tmp_path / "sums.py"
    script.write_text(code)
    assert run_bench.count_databases(script) == databases


def test_script_without_main_is_refused(tmp_path):
    script = tmp_path / "sums.py"
    script.write_text("x = 1")
    with pytest.raises(Stop, match="sums.py defines no main"):
        run_bench.count_databases(script)


def test_unknown_script_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(run_bench, "FOLDER", tmp_path)
    for name in ("shop.py", "_shop.py"):
        (tmp_path / name).write_text("def main(): pass")
    assert [path.name for path in run_bench.find_scripts([])] == ["shop.py"]
    with pytest.raises(Stop, match="no benchmark cart: ARGS can name shop."):
        run_bench.find_scripts(["cart"])
