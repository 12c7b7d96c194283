"""The root's conftest: what `make test` counts as a failure."""

import shutil
from pathlib import Path

import pytest

RULES = Path(__file__).parents[1] / "conftest.py"


@pytest.fixture
def addon(pytester):
    """Return the folder of an addon in a checkout with our rules."""
    shutil.copy(RULES, pytester.path / "conftest.py")
    folder = pytester.path / "points"
    (folder / "tools").mkdir(parents=True)
    (folder / "__manifest__.py").write_text("{}")
    return folder


def run(pytester):
    return pytester.runpytest_subprocess("-p", "no:odoo", "points")


@pytest.mark.parametrize(
    "code",
    [
        "import pytest\n@pytest.mark.skip(reason='no browser')\ndef test_x(): pass",
        "import unittest\nclass TestX(unittest.TestCase):\n"
        "    def test_x(self): self.skipTest('no browser')",
        "import unittest\nclass TestX(unittest.TestCase):\n    @classmethod\n"
        "    def setUpClass(cls): raise unittest.SkipTest('no browser')\n"
        "    def test_x(self): pass",
        "import pytest\npytest.skip('no browser', allow_module_level=True)",
    ],
)
def test_skip_is_a_failure(pytester, addon, code):
    (addon / "test_x.py").write_text(code)
    result = run(pytester)
    assert result.ret in (1, 2)
    result.stdout.fnmatch_lines(["*must not be skipped*no browser*"])


def test_expected_failure_is_none(pytester, addon):
    code = "import pytest\n@pytest.mark.xfail\ndef test_x(): assert False"
    (addon / "test_x.py").write_text(code)
    assert run(pytester).ret == 0


def test_deprecation_of_ours_is_a_failure(pytester, addon):
    (addon / "test_x.py").write_text(
        "import warnings\ndef test_x(): warnings.warn('old', DeprecationWarning)"
    )
    result = run(pytester)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["DEPRECATED */points/test_x.py:2: old"])


def test_deprecation_of_others_is_none(pytester, addon):
    (pytester.path / "library.py").write_text(
        "import warnings\ndef use(): warnings.warn('old', DeprecationWarning)"
    )
    (addon / "test_x.py").write_text(
        "import sys; sys.path.insert(0, '.')\ndef test_x():\n"
        "    import library; library.use()"
    )
    assert run(pytester).ret == 0


def test_doctests_of_an_addons_tools_run(pytester, addon):
    (addon / "tools" / "sums.py").write_text('"""\n>>> 1 + 1\n3\n"""')
    result = run(pytester)
    assert result.ret == 1
    result.assert_outcomes(failed=1)
