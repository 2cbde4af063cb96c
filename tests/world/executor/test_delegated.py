"""A request to another machine is about files in a commit, or is refused here."""

import subprocess
from pathlib import Path

import pytest

from tests.world.work import Work
from varve.model.diagnostic import Report
from varve.model.unit import Selection
from varve.world.executor.delegated import Assignment, Files, Request, files_of, fingerprint, python, request
from varve.world.executor.fork import NotCompiled, reporting_lost_workers
from varve.world.package import digest, library


def _request(work: Work, revision: str = "HEAD") -> Request:
    seen = library.overlay(work.snapshot()[0], work.find())
    return request(Assignment(work.find(), Selection("production"), revision), Files(seen))


def test_a_request_contains_ids_and_digests(work: Work) -> None:
    head = work.git("rev-parse", "HEAD")
    there = files_of(work.find(), head, None, Report())
    assert there is not None
    assert _request(work) == Request(head, None, "production", None, fingerprint(there), digest.compiler(), python())


def test_artifacts_need_not_be_committed_and_change_nothing(work: Work) -> None:
    before = _request(work)
    work.write({"build/production/prometheus.yaml": "{}\n"})
    assert _request(work) == before


@pytest.mark.parametrize("file", ["tenants/acme/tenant.yaml", "environments/new.yaml"])
def test_uncommitted_sources_are_refused(file: str, work: Work) -> None:
    work.write({file: "a: 1\n"})
    report = Report()
    with reporting_lost_workers(report):
        _request(work)
    (finding,) = report
    assert (finding.rule.code, finding.place.file if finding.place else "") == ("world/not-committed", file)
    committed = work.commit()
    assert _request(work).commit == committed


def test_the_files_of_another_revision_are_refused(work: Work) -> None:
    first = work.git("rev-parse", "HEAD")
    work.commit({"tenants/acme/tenant.yaml": "tenant: {name: A}\n"})
    with pytest.raises(NotCompiled, match="differs from the commit"):
        _request(work, first)


def test_a_repository_without_a_commit_is_refused(work: Work) -> None:
    with pytest.raises(NotCompiled, match="unknown commit `nowhere`"):
        _request(work, "nowhere")


def test_a_clone_reads_the_same_of_a_commit_and_of_a_change(work: Work, tmp_path: Path) -> None:
    base = work.git("rev-parse", "HEAD")
    head = work.commit({"tenants/acme/users/bob.yaml": "name: Bob\n"})
    subprocess.run(["git", "clone", "--quiet", str(work.top), str(tmp_path / "clone")], check=True)  # noqa: S607
    clone = Work(tmp_path / "clone")
    for of in (None, base):
        both = [files_of(each.find(), head, of, Report()) for each in (work, clone)]
        assert both[0]
        assert both[1]
        assert fingerprint(both[0]) == fingerprint(both[1])
        assert (both[0].judges is None) == (of is None)
    report = Report()
    assert files_of(clone.find(), "0" * 40, None, report) is None
    assert [each.rule.code for each in report] == ["world/unknown-revision"]
