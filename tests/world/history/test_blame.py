from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from tests.world.work import Work, codes
from varve.model.diagnostic import Report
from varve.world.git.repository import REFETCH
from varve.world.history.blame import blame
from varve.world.snapshot.views import Commit, Index, View, WorkTree

FILE = "tenants/acme/tenant.yaml"


def _authors(work: Work, view: View, *lines: int) -> dict[int, str]:
    report = Report()
    found = blame(work.find(), FILE, lines, view, report)
    assert codes(report) == []
    return {line: change.author for line, change in found.items()}


@pytest.mark.parametrize("view", [WorkTree(), Index(), Commit("HEAD")], ids=["work tree", "index", "commit"])
def test_a_line_has_its_commit_author_and_date(work: Work, view: View) -> None:
    commit = work.git("rev-parse", "HEAD")
    found = blame(work.find(), FILE, [1], view, Report())
    assert found[1].id == commit
    assert found[1].author == "Ada Test"
    assert found[1].date == datetime(2024, 3, 1, 10, 0, tzinfo=UTC)


def test_each_line_has_its_own_commit(work: Work) -> None:
    first = work.commit({FILE: "a\nb\nc\n"})
    second = work.commit({FILE: "a\nB\nc\n"})
    found = blame(work.find(), FILE, [3, 2, 2, 1], WorkTree(), Report())
    assert {line: change.id for line, change in found.items()} == {1: first, 2: second, 3: first}


def test_an_uncommitted_line_has_no_author(work: Work) -> None:
    work.commit({FILE: "a\nb\n"})
    work.write({FILE: "a\nstaged\n"})
    work.git("add", FILE)
    work.write({FILE: "written\nstaged\n"})
    assert _authors(work, Commit("HEAD"), 1, 2) == {1: "Ada Test", 2: "Ada Test"}
    assert _authors(work, Index(), 1, 2) == {1: "Ada Test"}
    assert _authors(work, WorkTree(), 1, 2) == {}


@pytest.mark.parametrize("file", ["tenants/acme/new.yaml", "absent.yaml", "-L1,1", "--help"])
def test_an_uncommitted_file_has_no_authors(work: Work, file: str) -> None:
    work.write({"tenants/acme/new.yaml": "x\n"})
    assert blame(work.find(), file, [1], WorkTree(), Report()) == {}


def test_a_line_beyond_the_end_has_no_author(work: Work) -> None:
    assert _authors(work, WorkTree(), 99) == {}
    assert _authors(work, WorkTree()) == {}


def test_an_older_commit_has_its_own_authors(work: Work) -> None:
    first = work.commit({FILE: "a\n"})
    work.commit({FILE: "b\n"})
    assert blame(work.find(), FILE, [1], Commit(first), Report())[1].id == first


def test_below_the_top_and_in_the_other_object_format(tmp_path: Path) -> None:
    work = Work(tmp_path)
    work.git("init", "--quiet", "--object-format=sha256")
    commit = work.commit({"ops/varve.yaml": "", f"ops/{FILE}": "a\n"})
    for view in (WorkTree(), Index(), Commit("HEAD")):
        assert blame(Work(tmp_path / "ops").find(), FILE, [1], view, Report())[1].id == commit


def test_a_shallow_clone_names_no_wrong_author(work: Work, tmp_path: Path) -> None:
    work.commit({FILE: "old\nold\n"})
    work.commit({FILE: "old\nedge\n"})
    work.git("clone", "--quiet", "--depth=1", f"file://{work.top}", str(tmp_path / "shallow"))
    shallow = Work(tmp_path / "shallow")
    newest = shallow.commit({FILE: "old\nnew\n"})
    report = Report()
    found = blame(shallow.find(), FILE, [1, 2], WorkTree(), report)
    assert {line: change.id for line, change in found.items()} == {2: newest}
    assert codes(report) == [("world/shallow-clone", FILE)]


@pytest.mark.parametrize("view", [WorkTree(), Index(), Commit("HEAD")], ids=["work tree", "index", "commit"])
def test_a_partial_clone_names_no_author(work: Work, tmp_path: Path, view: View) -> None:
    work.commit({FILE: "old\n"})
    work.commit({FILE: "old\nnew\n"})
    work.git("config", "uploadpack.allowFilter", "true")
    work.git("clone", "--quiet", "--filter=blob:none", f"file://{work.top}", str(tmp_path / "partial"))
    report = Report()
    assert blame(Work(tmp_path / "partial").find(), FILE, [1, 2], view, report) == {}
    assert codes(report) == [("world/shallow-clone", FILE)]
    assert [each.hint for each in report] == [REFETCH]


def test_an_authors_name_may_contain_anything(work: Work) -> None:
    work.write({FILE: "x\n"})
    work.git("add", "--all")
    work.git(
        "commit",
        "--quiet",
        "--message",
        "x",
        GIT_AUTHOR_NAME="Zoë\tauthor-time 1",
        GIT_AUTHOR_DATE="2024-01-01T00:00:00-0330",
    )
    change = blame(work.find(), FILE, [1], WorkTree(), Report())[1]
    assert change.author == "Zoë\tauthor-time 1"
    assert change.date.isoformat() == "2024-01-01T00:00:00-03:30"


ODD_TIMES: Final = {
    "more seconds than there are": ("99999999999999999999999 +0000", "9999-12-30T23:59:59+00:00"),
    "the last second, far in the east": ("253402300799 +1400", "9999-12-31T13:59:59+14:00"),
    "a zone that is no zone": ("1700000000 +9999", "2023-11-14T22:13:20+00:00"),
    "half a zone": ("1700000000 +01", "2023-11-14T22:13:20+00:00"),
}


@pytest.mark.parametrize(("written", "read"), ODD_TIMES.values(), ids=ODD_TIMES)
def test_lines_have_a_date_whatever_time_a_commit_contains(written: str, read: str, work: Work) -> None:
    work.write({FILE: "x\n"})
    work.git("add", "--all")
    work.git("commit", "--quiet", "--message", "x")
    raw = work.git("cat-file", "commit", "HEAD")
    lines = ["author A <a@x> " + written if each[:6] == "author" else each for each in raw.split("\n")]
    given = "\n".join(lines).encode()
    odd = work.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", given=given)
    work.git("update-ref", "HEAD", odd)
    assert blame(work.find(), FILE, [1], WorkTree(), Report())[1].date.isoformat() == read
