"""In CI no test is skipped or left out: a plugin (`-p tests.complete`) under which that fails, and says why."""

from collections.abc import Generator, Sequence
from typing import TypeVar

import pytest

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that was skipped, or that was expected to fail."""
    return _refuse((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Fail a module that was skipped whole."""
    return _refuse((yield))


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Fail where a test was left out; workers do not tell who started them how many they left out."""
    message = f"not allowed in CI: {len(items)} left out, such as {items[0].nodeid}"
    items[0].config.hook.pytest_collectreport(report=pytest.CollectReport("", "failed", message, []))


def _refuse(report: Report) -> Report:
    if report.outcome == "skipped":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else "expected to fail"
        report.outcome = "failed"
        report.longrepr = f"not allowed in CI: {reason}"
    return report
