"""The whole history is read: every change on the way to a commit, and every past file."""

from collections.abc import Callable
from typing import Final

import pytest

from tests.world.work import Work, codes
from varve.model.diagnostic import Report
from varve.world.git import content
from varve.world.git.command import Git, MissingError
from varve.world.history import past
from varve.world.history.past import PastFile

FILE: Final = "tenants/acme/tenant.yaml"


def stood(work: Work) -> list[PastFile]:
    return list(past.files(work.find(), "HEAD"))


def texts(work: Work) -> list[tuple[str, bytes]]:
    return [(each.source.path, each.source.data) for each in stood(work)]


def test_every_past_content_is_found_once_and_oldest_first(begin: Callable[..., Work]) -> None:
    work = begin()
    first = work.commit({"varve.yaml": "", FILE: "one"})
    work.commit({FILE: "two", "policies/a.yaml": "one", "environments/b.yaml": "three"})
    work.git("rm", "-q", FILE)
    work.commit({"README.md": "no source", "build/x": "none either", "templates/c.j2": "four", "varve.yaml": "five"})
    assert texts(work) == [
        (FILE, b"one"),
        ("varve.yaml", b""),
        ("environments/b.yaml", b"three"),
        (FILE, b"two"),
        ("templates/c.j2", b"four"),
        ("varve.yaml", b"five"),
    ]
    assert (stood(work)[0].commit, stood(work)[0].whole) == (first, True)


def test_a_content_removed_before_the_merge_is_found(begin: Callable[..., Work]) -> None:
    work = begin()
    work.commit({"varve.yaml": "", FILE: "one"})
    work.git("checkout", "-q", "-b", "change")
    work.commit({FILE: "secret"})
    work.commit({FILE: "one"})
    work.git("checkout", "-q", "main")
    work.git("merge", "-q", "--no-ff", "--no-edit", "change")
    assert b"secret" in {data for _, data in texts(work)}


def test_a_content_that_only_a_merge_added_is_found(begin: Callable[..., Work]) -> None:
    work = begin()
    work.commit({"varve.yaml": "", FILE: "one"})
    work.git("checkout", "-q", "-b", "change")
    work.commit({"environments/a.yaml": "a"})
    work.git("checkout", "-q", "main")
    work.commit({"environments/b.yaml": "b"})
    work.git("merge", "-q", "--no-commit", "change")
    work.commit({FILE: "slipped in"})
    work.commit({FILE: "one"})
    assert b"slipped in" in {data for _, data in texts(work)}


def test_only_files_below_the_folder_of_varve_yaml_are_found(begin: Callable[..., Work]) -> None:
    work = begin()
    work.commit({"ours/varve.yaml": "", f"ours/{FILE}": "ours", FILE: "theirs"})
    assert texts(Work(work.top / "ours")) == [(FILE, b"ours"), ("varve.yaml", b"")]


def test_only_a_part_is_in_memory_at_a_time(begin: Callable[..., Work], monkeypatch: pytest.MonkeyPatch) -> None:
    work = begin()
    work.commit({"varve.yaml": "", **{f"tenants/acme/{number}": f"{number:50}" for number in range(9)}})
    whole = texts(work)
    monkeypatch.setattr(past, "LARGEST", 120)
    monkeypatch.setattr(past, "_CHUNK", 1)
    numbers: list[int] = []

    def fetch(git: Git, ids: list[str]) -> dict[str, bytes]:
        numbers.append(len(ids))
        return content.fetch(git, ids)

    monkeypatch.setattr(past, "fetch", fetch)
    assert texts(work) == whole
    assert max(numbers) == 2


def test_a_file_that_is_too_large_is_named_and_not_read(
    begin: Callable[..., Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    work = begin()
    work.commit({"varve.yaml": "", FILE: "x" * 100, "policies/a": "small"})
    monkeypatch.setattr(past, "LARGEST", 99)
    assert {(each.source.path, each.source.data, each.whole) for each in stood(work)} == {
        (FILE, b"", False),
        ("policies/a", b"small", True),
        ("varve.yaml", b"", True),
    }


def test_a_missing_content_is_an_error(work: Work) -> None:
    blob = work.git("rev-parse", f"HEAD:{FILE}")
    (work.top / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(MissingError, match="missing"):
        stood(work)


def test_a_merge_is_one_step_and_other_files_make_no_step(begin: Callable[..., Work]) -> None:
    work = begin()
    first = work.commit({"varve.yaml": "", FILE: "one"})
    work.commit({"README.md": "text"})
    work.git("checkout", "-q", "-b", "change")
    work.commit({FILE: "two"})
    work.commit({FILE: "three"})
    work.git("checkout", "-q", "main")
    above = work.git("rev-parse", "HEAD")
    work.git("merge", "-q", "--no-ff", "--no-edit", "change")
    merge = work.git("rev-parse", "HEAD")
    built = work.commit({"build/x": "y"})
    found, whole = past.steps(work.find(), "HEAD", 9)
    assert ([tuple(each) for each in found], whole) == ([(built, merge), (merge, above), (first, None)], 3)
    assert past.steps(work.find(), "HEAD", 1) == (found[:1], 3)
    assert past.steps(work.find(), "HEAD", 0) == ((), 3)


def test_every_file_of_code_owners_makes_a_step(begin: Callable[..., Work]) -> None:
    work = begin()
    work.commit({"ours/varve.yaml": ""})
    work.commit({"ours/.github/CODEOWNERS": "no host looks here\n"})
    owners = [work.commit({path: "* @eve\n"}) for path in ("CODEOWNERS", ".gitlab/CODEOWNERS")]
    found, _ = past.steps(Work(work.top / "ours").find(), "HEAD", 2)
    assert [each.commit for each in found] == owners[::-1]


def test_a_shallow_clone_says_so(work: Work, begin: Callable[..., Work]) -> None:
    work.commit({FILE: "two"})
    other = begin("other")
    other.git("fetch", "-q", "--depth", "1", f"file://{work.top}", "main:new")
    other.git("checkout", "-q", "new")
    report = Report()
    assert not past.is_whole(other.find(), report)
    assert [code for code, _ in codes(report)] == ["world/shallow-history"]
    assert past.is_whole(work.find(), Report())
