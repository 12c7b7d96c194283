"""Rules for `make test`: nothing is skipped, nothing of ours is deprecated."""

from pathlib import Path

import pytest
from _pytest.doctest import DoctestModule

ROOT = Path(__file__).parent
ADDONS = sorted(path.parent.name for path in ROOT.glob("*/__manifest__.py"))
DEPRECATED: list[str] = []


def pytest_collect_file(file_path, parent):
    """Collect the doctests of an addon's `tools`, which need no database."""
    inside = file_path.relative_to(ROOT).parts if ROOT in file_path.parents else ()
    if len(inside) > 2 and inside[0] in ADDONS and inside[1] == "tools":
        if file_path.suffix == ".py" and file_path.name != "__init__.py":
            return DoctestModule.from_parent(parent, path=file_path)
    return None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn a skip into a failure: without its browser a tour proves nothing."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"A test must not be skipped: {call.excinfo.value}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"A test file must not be skipped: {report.longrepr}"
    return report


def pytest_warning_recorded(warning_message):
    """Remember deprecation warnings that name an addon of ours."""
    if not issubclass(warning_message.category, DeprecationWarning):
        return
    place = f"{warning_message.filename}:{warning_message.lineno}"
    text = f"{place}: {warning_message.message}"
    names_ours = any(f"/{name}/" in text or f".{name}" in text for name in ADDONS)
    if names_ours and text not in DEPRECATED:
        DEPRECATED.append(text)


def pytest_terminal_summary(terminalreporter):
    for text in DEPRECATED:
        terminalreporter.write_line(f"DEPRECATED {text}", red=True)


def pytest_sessionfinish(session):
    if DEPRECATED and not session.exitstatus:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
