"""A worker compiles the files of its own clone, and says why if it cannot."""

import asyncio
import pickle
from pathlib import Path

import pytest

from tests.workbench import deterministic
from varve.model.diagnostic import Report
from varve.model.unit import Selection, Unit
from varve.pipeline.part import Part
from varve.world.executor import worker
from varve.world.executor.delegated import Assignment, Files, Request, files_of, request
from varve.world.git import repository
from varve.world.snapshot.views import resolve


@pytest.fixture
def work_request(begun: Path, monkeypatch: pytest.MonkeyPatch) -> Request:
    """The request for what the small repository's newest commit holds."""
    deterministic(monkeypatch)
    report = Report()
    clone = repository.find(begun, report)
    assert clone is not None
    head = resolve(clone, "HEAD", report)
    assert head is not None
    files = files_of(clone, head, None, report)
    assert files is not None
    monkeypatch.setenv(worker.CLONE, str(begun))
    return request(Assignment(clone, Selection(), "HEAD"), Files(files.sources))


PARTS = [Part("acme", ("production",))]


def test_the_outcomes_of_a_worker_can_be_pickled(work_request: Request) -> None:
    found = worker.compiled(tuple(work_request), PARTS)
    assert isinstance(found, list)
    ((outcome,),) = found
    assert (outcome.unit, outcome.made is not None, outcome.verdict is not None) == (
        Unit("acme", "production"),
        True,
        True,
    )
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own


def test_a_commit_is_opened_once_for_all_its_parts(work_request: Request) -> None:
    worker.opened.cache_clear()
    for _ in range(3):
        worker.compiled(tuple(work_request), PARTS)
    assert worker.opened.cache_info().misses == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"compiler": "0" * 64}, "has a different varve, or different libraries"),
        ({"python": "2.7"}, "runs Python "),
        ({"commit": "0" * 40}, "cannot read the commit: unknown commit `0"),
        ({"files": "0" * 64}, "finds different files in the commit"),
    ],
    ids=["another varve", "another Python", "a commit that it does not have", "other files"],
)
def test_a_different_worker_says_so_and_compiles_nothing(
    changed: dict[str, str], words: str, work_request: Request
) -> None:
    other = Request(**{**work_request._asdict(), **changed})
    assert asyncio.run(worker.trouble(tuple(other))).startswith(words)
    answer = worker.compiled(tuple(other), PARTS)
    assert isinstance(answer, str)
    assert answer.startswith(words)
    assert asyncio.run(worker.trouble(tuple(work_request))) == ""


def test_a_worker_without_a_clone_says_so(
    work_request: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker.opened.cache_clear()
    monkeypatch.delenv(worker.CLONE)
    monkeypatch.chdir(tmp_path)
    assert asyncio.run(worker.trouble(tuple(work_request))).startswith(
        "cannot read the commit: there is no `varve.yaml` in"
    )
