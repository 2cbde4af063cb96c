"""git's history shows when each sealed value was first committed, whatever happened to it since."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.read.parsing import source
from tests.sealing import sealed
from tests.world.work import Work
from varve.model.diagnostic import Report
from varve.read.decode import LIMIT
from varve.read.sealed.file import sealed as read
from varve.world.git.command import MissingError
from varve.world.secrets.sealing import sealings

ONE, OTHER = "tenants/acme/secrets/slack.sops.yaml", "tenants/umbra/secrets/chat.sops.yaml"


def commit(work: Work, day: int, files: dict[str, str | bytes]) -> None:
    work.write(files)
    work.git("add", "--all")
    date = f"2025-01-{day:02}T12:00:00+0000"
    work.git("commit", "--quiet", "--allow-empty", "-m", "x", GIT_COMMITTER_DATE=date, GIT_AUTHOR_DATE=date)


def marks(text: str) -> frozenset[str]:
    found = read(source(text, ONE), Report())
    assert found is not None
    return found.marks


def day(number: int) -> datetime:
    return datetime(2025, 1, number, 12, tzinfo=UTC)


def dates(work: Work, text: str) -> set[datetime]:
    return {each.date for each in sealings(work.find(), marks(text)).values()}


@pytest.fixture
def empty(begin: Callable[..., Work]) -> Work:
    """A repository without sealed files."""
    work = begin()
    commit(work, 1, {"varve.yaml": ""})
    return work


def test_a_file_is_as_old_as_the_commit_that_sealed_it(empty: Work) -> None:
    text = sealed("a", "webhook")
    commit(empty, 2, {ONE: text})
    commit(empty, 3, {ONE: text + "\n"})
    assert dates(empty, text) == {day(2)}


def test_a_value_that_is_added_is_younger_than_the_others(empty: Work) -> None:
    commit(empty, 2, {ONE: sealed("a", "webhook")})
    more = sealed("a", "webhook", "token")
    commit(empty, 3, {ONE: more})
    assert dates(empty, more) == {day(2), day(3)}


def test_a_rotated_file_is_new(empty: Work) -> None:
    commit(empty, 2, {ONE: sealed("a", "webhook")})
    commit(empty, 3, {ONE: sealed("b", "webhook")})
    assert dates(empty, sealed("b", "webhook")) == {day(3)}


def test_a_restored_file_keeps_its_age(empty: Work) -> None:
    commit(empty, 2, {ONE: sealed("a", "webhook")})
    commit(empty, 3, {ONE: sealed("b", "webhook")})
    commit(empty, 4, {ONE: sealed("a", "webhook")})
    assert dates(empty, sealed("a", "webhook")) == {day(2)}


def seal(text: str) -> str:
    found = read(source(text, ONE), Report())
    assert found is not None
    return found.seal


def left(work: Work, text: str) -> set[str]:
    return set(sealings(work.find(), {seal(text)})[seal(text)].left)


def test_a_resealed_file_has_left_its_old_marks(empty: Work) -> None:
    first, second = sealed("a", "webhook"), sealed("b", "webhook")
    commit(empty, 2, {ONE: first})
    assert left(empty, first) == set()
    commit(empty, 3, {ONE: second})
    assert (left(empty, first), left(empty, second)) == ({ONE}, set())
    commit(empty, 4, {ONE: first})
    assert (left(empty, first), left(empty, second)) == ({ONE}, set())
    commit(empty, 5, {ONE: second})
    assert (left(empty, first), left(empty, second)) == ({ONE}, set())


def test_marks_left_on_a_branch_are_left(empty: Work) -> None:
    first, second = sealed("a", "webhook"), sealed("b", "webhook")
    commit(empty, 2, {ONE: first})
    empty.git("checkout", "-q", "-b", "side")
    commit(empty, 3, {ONE: second})
    empty.git("checkout", "-q", "main")
    commit(empty, 4, {"README.md": ""})
    assert left(empty, first) == set()
    empty.git("merge", "-q", "-s", "ours", "--no-edit", "side")
    assert left(empty, first) == {ONE}


def test_of_two_parallel_seals_the_one_that_is_kept_was_not_left(empty: Work) -> None:
    first, second, third = (sealed(each, "webhook") for each in "abc")
    commit(empty, 2, {ONE: first})
    empty.git("checkout", "-q", "-b", "side")
    commit(empty, 3, {ONE: second})
    empty.git("checkout", "-q", "main")
    commit(empty, 4, {ONE: third})
    empty.git("merge", "-q", "-s", "ours", "--no-edit", "side")
    assert (left(empty, third), left(empty, second)) == (set(), {ONE})


@pytest.mark.parametrize("between", ["webhook: in the clear\n", None, sealed("a", "webhook") + "\n"])
def test_marks_of_a_file_that_was_not_resealed_are_not_left(empty: Work, between: str | None) -> None:
    text = sealed("a", "webhook")
    commit(empty, 2, {ONE: text})
    if between is None:
        (empty.top / ONE).unlink()
    commit(empty, 3, {} if between is None else {ONE: between})
    commit(empty, 4, {ONE: text})
    assert left(empty, text) == set()


def test_a_moved_file_keeps_its_age_and_its_first_path(empty: Work) -> None:
    text = sealed("a", "webhook")
    commit(empty, 2, {OTHER: text})
    (empty.top / OTHER).unlink()
    commit(empty, 3, {ONE: text})
    found = sealings(empty.find(), marks(text))
    assert {(each.date, each.paths, each.edge) for each in found.values()} == {(day(2), frozenset({OTHER}), False)}


def test_uncommitted_marks_are_left_out(empty: Work) -> None:
    empty.write({ONE: sealed("a", "webhook")})
    assert not sealings(empty.find(), marks(sealed("a", "webhook")))


def test_without_a_commit_nothing_is_known(begin: Callable[..., Work]) -> None:
    work = begin()
    work.write({"varve.yaml": ""})
    assert not sealings(work.find(), marks(sealed("a", "webhook")))


def test_a_mark_that_only_a_merge_added_is_found(empty: Work) -> None:
    empty.git("checkout", "-q", "-b", "side")
    commit(empty, 2, {ONE: sealed("a", "webhook")})
    empty.git("checkout", "-q", "main")
    commit(empty, 3, {ONE: sealed("b", "webhook")})
    empty.git("merge", "-q", "-s", "ours", "--no-commit", "side")
    commit(empty, 4, {ONE: sealed("c", "webhook")})
    assert dates(empty, sealed("c", "webhook")) == {day(4)}
    assert dates(empty, sealed("a", "webhook")) == {day(2)}


def test_a_commit_is_never_later_than_its_descendants(empty: Work) -> None:
    text = sealed("a", "webhook")
    commit(empty, 28, {ONE: text})
    commit(empty, 5, {"README.md": ""})
    assert dates(empty, text) == {day(5)}


def test_below_the_top_of_the_repository_paths_are_those_of_varve(empty: Work) -> None:
    text = sealed("a", "webhook")
    (empty.top / "varve.yaml").unlink()
    commit(empty, 2, {"deep/varve.yaml": "", f"deep/{ONE}": text})
    inside = Work(empty.top / "deep")
    assert {each.paths for each in sealings(inside.find(), marks(text)).values()} == {frozenset({ONE})}


def test_marks_at_the_edge_of_a_shallow_clone_are_flagged(empty: Work, tmp_path: Path) -> None:
    text = sealed("a", "webhook")
    commit(empty, 2, {ONE: text})
    commit(empty, 3, {"README.md": ""})
    commit(empty, 4, {OTHER: sealed("b", "webhook")})
    empty.git("clone", "-q", "--depth", "2", empty.top.as_uri(), str(tmp_path / "shallow"))
    shallow = Work(tmp_path / "shallow")
    assert {each.edge for each in sealings(shallow.find(), marks(text)).values()} == {True}
    assert {each.edge for each in sealings(shallow.find(), marks(sealed("b", "webhook"))).values()} == {False}


def test_a_partial_clone_is_an_error(empty: Work, tmp_path: Path) -> None:
    commit(empty, 2, {ONE: sealed("a", "webhook")})
    commit(empty, 3, {ONE: sealed("b", "webhook")})
    empty.git("config", "uploadpack.allowFilter", "true")
    empty.git("clone", "-q", "--filter=blob:none", empty.top.as_uri(), str(tmp_path / "partial"))
    with pytest.raises(MissingError):
        sealings(Work(tmp_path / "partial").find(), marks(sealed("b", "webhook")))


def test_a_file_beyond_the_limit_has_no_marks(empty: Work) -> None:
    text = sealed("a", "webhook")
    commit(empty, 2, {ONE: text + "#" * LIMIT})
    commit(empty, 3, {ONE: text})
    assert dates(empty, text) == {day(3)}
