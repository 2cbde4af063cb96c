from datetime import UTC, datetime
from pathlib import Path

from tests.world.work import Work
from varve.world.history.latest import latest
from varve.world.snapshot.views import Commit, View, WorkTree

ONE, TWO = "tenants/acme/tenant.yaml", "tenants/acme/ü b.yaml"


def _ids(work: Work, view: View, *paths: str) -> dict[str, str]:
    return {path: change.id for path, change in latest(work.find(), paths, view).items() if change}


def test_a_file_has_the_commit_that_was_the_last_to_change_it(work: Work) -> None:
    first = work.commit({ONE: "a\n", TWO: "a\n"})
    second = work.commit({TWO: "b\n"})
    assert _ids(work, WorkTree(), ONE, TWO) == {ONE: first, TWO: second}
    assert _ids(work, Commit("HEAD~1"), ONE, TWO) == {ONE: first, TWO: first}
    change = latest(work.find(), [ONE], WorkTree())[ONE]
    assert change is not None
    assert (change.author, change.date) == ("Ada Test", datetime(2024, 3, 1, 10, 0, tzinfo=UTC))


def test_uncommitted_files_have_no_commit(work: Work) -> None:
    work.commit({ONE: "a\n"})
    work.write({ONE: "b\n", TWO: "a\n"})
    assert _ids(work, WorkTree(), ONE, TWO, "nothing.yaml") == {}
    assert _ids(work, Commit("HEAD"), ONE).keys() == {ONE}


def test_a_merge_counts_as_the_change_of_the_files_it_merges(work: Work) -> None:
    work.commit({ONE: "a\n"})
    work.git("checkout", "--quiet", "-b", "other")
    other = work.commit({TWO: "a\n"})
    work.git("checkout", "--quiet", "-")
    work.commit({ONE: "b\n"})
    work.git("merge", "--quiet", "--no-edit", "other")
    assert _ids(work, WorkTree(), TWO)[TWO] in {other, work.git("rev-parse", "HEAD")}


def test_there_is_no_commit_without_paths_or_a_history(work: Work, tmp_path: Path) -> None:
    work.commit({ONE: "a\n"})
    assert latest(work.find(), [], WorkTree()) == {}
    assert latest(work.find(), [ONE], Commit("nowhere")) == {}
    work.commit({TWO: "a\n"})
    work.git("clone", "--quiet", "--depth", "1", f"file://{work.top}", str(tmp_path / "shallow"))
    shallow = Work(tmp_path / "shallow")
    shallow.write({ONE: "b\n"})
    assert latest(shallow.find(), [ONE, TWO], WorkTree()) == {TWO: None}
