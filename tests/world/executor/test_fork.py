"""The results of several processes come in order, and the end of one of them is noticed."""

import os
import signal

import pytest

from varve.model.diagnostic import Report
from varve.world.executor.fork import WorkerLost, forked, reporting_lost_workers
from varve.world.git.command import GitError


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a command, which has no other threads; those of whoever runs the tests hold nothing that is needed here."""
    monkeypatch.setattr("varve.world.executor.fork.active_count", lambda: 1)


TENANTS = [f"t{number:02}" for number in range(100)]


def test_results_come_in_the_order_of_the_tenants_from_several_processes() -> None:
    found = list(forked(2)(lambda tenant: (tenant, os.getpid()), TENANTS))
    assert [tenant for tenant, _ in found] == TENANTS
    assert found[0][1] == os.getpid()
    assert len({process for _, process in found[1:]} - {os.getpid()}) == 2


def test_beside_another_thread_nothing_is_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("varve.world.executor.fork.active_count", lambda: 2)
    assert set(forked(2)(lambda _: os.getpid(), TENANTS)) == {os.getpid()}


def test_few_tenants_or_one_process_are_done_here() -> None:
    assert set(forked(2)(lambda _: os.getpid(), TENANTS[:5])) == {os.getpid()}
    assert set(forked(1)(lambda _: os.getpid(), TENANTS)) == {os.getpid()}


def test_an_exception_of_the_work_is_raised_in_the_parent() -> None:
    def fail(tenant: str) -> str:
        if tenant == "t50":
            raise GitError("the object is missing")
        return tenant

    with pytest.raises(GitError, match="the object is missing"):
        list(forked(2)(fail, TENANTS))


def test_a_process_that_is_killed_is_noticed() -> None:
    here = os.getpid()

    def die(tenant: str) -> str:
        if tenant == "t50" and os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return tenant

    with pytest.raises(WorkerLost):
        list(forked(2)(die, TENANTS))


def test_no_process_remains_if_the_results_are_abandoned() -> None:
    found = forked(2)(lambda _: os.getpid(), TENANTS)
    next(found)
    process = next(found)
    found.close()  # type: ignore[attr-defined]
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_a_lost_process_is_a_diagnostic() -> None:
    report, here = Report(), os.getpid()
    with reporting_lost_workers(report):
        list(forked(2)(lambda tenant: tenant if os.getpid() == here else os.kill(os.getpid(), signal.SIGKILL), TENANTS))
    assert [each.rule.code for each in report] == ["world/worker-lost"]
