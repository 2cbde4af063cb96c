"""Two states of a repository have the same fingerprint only if varve sees the same files in both."""

import os
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from tests.world.work import Work
from varve.api import looking
from varve.language.blob import identify
from varve.model.diagnostic import Report
from varve.world.git.repository import Repository
from varve.world.snapshot import fingerprint as module
from varve.world.snapshot import views
from varve.world.snapshot.built import standing
from varve.world.snapshot.fingerprint import of
from varve.world.snapshot.views import Commit, Index, View, WorkTree

TENANT: Final = "tenants/acme/tenant.yaml"
LOOSE: Final = "tenants/acme/loose.yaml"
SERVICE: Final = "tenants/acme/services/s.yaml"
MEANT: Final = "tenants/acme/services/meant.yaml"
VIEWS: Final[dict[str, View]] = {"work tree": WorkTree(), "index": Index(), "commit": Commit("HEAD")}

Change: TypeAlias = Callable[[Work], object]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone with varve's repository below its top, in which files of each kind are committed."""
    top = tmp_path_factory.mktemp("template")
    work, inner = Work(top), Work(top / "ops")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        work.git("init", "--quiet", "--initial-branch=main")
        work.write({".gitattributes": "*.txt text\n"})
        inner.write({"varve.yaml": "a: 1\n", TENANT: "tenant: {}\n", SERVICE: "s\n", "tenants/acme/edited.yaml": "a\n"})
        inner.write({"tenants/acme/.gitattributes": "x text\n", "build/x.yaml": "x\n", "environments/a.yaml": ""})
        work.commit()
        inner.commit({"tenants/acme/.gitignore": "drafts/\n.gitattributes\n"})
    return top


@pytest.fixture
def rich(tmp_path: Path, template: Path) -> Work:
    """A copy of the template, with untracked, ignored and edited files of each kind."""
    shutil.copytree(template, tmp_path / "work")
    work = Work(tmp_path / "work/ops")
    work.git("status")
    work.write({LOOSE: "loose\r\n", "build/loose.yaml": "l\n", "tenants/acme/edited.yaml": "b\n"})
    work.write({".varve/written": "0\n"})
    return work


@cache
def _found(top: Path) -> Repository:
    return Work(top).find()


def fingerprint(repository: Repository, view: View) -> str | None:
    looked = looking.look(repository, view)
    return looked.fingerprint if looked else None


def _mark(work: Work, view: View | None = None) -> str | None:
    return fingerprint(_found(work.top), view or WorkTree())


def _seen(work: Work, view: View | None = None) -> object:
    """Everything that varve sees."""
    repository, report = _found(work.top), Report()
    snapshot = views.snapshot(repository, view or WorkTree(), report)
    assert snapshot is not None
    there = {path: (*entry, snapshot.contents[entry.id]) for path, entry in snapshot.entries.items()}
    return there, standing(repository, snapshot, view or WorkTree()), sorted(map(str, report))


def _write(path: str, text: str) -> Change:
    return lambda work: work.write({path: text})


def _git(*arguments: str) -> Change:
    return lambda work: work.git(*arguments)


def _all(*changes: Change) -> Change:
    return lambda work: [each(work) for each in changes]


def _unlink(path: str) -> Change:
    return lambda work: (work.top / path).unlink()


def _link(work: Work) -> None:
    (work.top / TENANT).unlink()
    (work.top / TENANT).symlink_to("edited.yaml")


def _repository(work: Work) -> None:
    (work.top / "tenants/beta").mkdir()
    Work(work.top / "tenants/beta").git("init", "--quiet")
    Work(work.top / "tenants/beta").commit({"tenant.yaml": ""})


def _lose(work: Work) -> None:
    id_ = work.git("rev-parse", "HEAD:./varve.yaml")
    (work.top.parent / ".git/objects" / id_[:2] / id_[2:]).unlink()


NOTICED: Final[dict[str, Change]] = {
    "a source is edited": _write(TENANT, "tenant: {x: 1}\n"),
    "a source is edited and is as long as it was": _write(TENANT, "tenant: []\n"),
    "a source is gone": _unlink(TENANT),
    "a source may be run": lambda work: (work.top / TENANT).chmod(0o755),
    "a source is a link": _link,
    "what was edited is edited again": _write("tenants/acme/edited.yaml", "c\n"),
    "a source is added": _write("tenants/beta/tenant.yaml", ""),
    "a source that git does not track is edited": _write(LOOSE, "loosf\r\n"),
    "it is gone": _unlink(LOOSE),
    "it has another name": lambda work: (work.top / LOOSE).rename(work.top / "tenants/acme/lost.yaml"),
    "it is ignored": _write("tenants/.gitignore", "loose.yaml\n"),
    "what was ignored is not any more": _all(
        _write("tenants/acme/drafts/x.yaml", ""),
        _write("tenants/acme/drafts/y", ""),
        _write("tenants/acme/.gitignore", "y"),
    ),
    "an artifact is edited": _write("build/x.yaml", "y\n"),
    "an artifact is gone": _unlink("build/x.yaml"),
    "an artifact is forgotten by git": _git("rm", "--quiet", "--cached", "build/x.yaml"),
    "a strange artifact is edited": _write("build/loose.yaml", "m\n"),
    "an artifact is added that git ignores": _all(_write("build/.gitignore", "*\n"), _write("build/y.yaml", "")),
    "a strange artifact is varve's now": _write(".varve/written", identify(b"l\n")),
    "another repository is there": _repository,
    "an attribute is set above": _write("../.gitattributes", "tenant.yaml ident\n"),
    "an attribute is set by git's own file": _write("../.git/info/attributes", "tenant.yaml filter=x\n"),
    "an attribute is set by a file that git ignores": _write("tenants/acme/services/.gitattributes", "* ident\n"),
    "an attribute is set in a folder that git ignores": _all(
        _write("tenants/acme/drafts/x.yaml", ""),
        _git("add", "--force", "tenants/acme/drafts/x.yaml"),
        _write("tenants/acme/drafts/.gitattributes", "*.yaml ident\n"),
    ),
    "an attribute is set by a file that git shall take for unchanged": _all(
        _git("update-index", "--assume-unchanged", "tenants/acme/.gitattributes"),
        _write("tenants/acme/.gitattributes", "tenant.yaml ident\n"),
    ),
    "line ends are converted": _git("config", "core.autocrlf", "true"),
    "git does not have a source any more": _lose,
}


@pytest.mark.parametrize("change", NOTICED.values(), ids=NOTICED)
def test_every_visible_change_changes_the_fingerprint(rich: Work, change: Change) -> None:
    mark, seen = _mark(rich), _seen(rich)
    assert mark is not None
    change(rich)
    assert _seen(rich) != seen
    assert _mark(rich) not in {mark, None}


HARMLESS: Final[dict[str, Change]] = {
    "nothing": lambda _: None,
    "a file outside the sources": _write("../notes.md", "x"),
    "a source that is ignored": _write("tenants/acme/drafts/x.yaml", "x"),
    "what only the user ignores": _all(
        _write("../ignored", "loose.yaml\n"), _git("config", "core.excludesFile", "ignored")
    ),
    "what only this clone ignores": _write("../.git/info/exclude", "loose.yaml\n"),
    "an attribute of files outside the sources": _write("../.git/info/attributes", "*.png filter=lfs\n"),
    "an index that is written anew": _all(_git("update-index", "--force-write-index"), _git("status")),
    "a file that was touched, after git has looked": _all(
        lambda work: os.utime(work.top / TENANT, (1, 1)), _git("status")
    ),
    "objects that are packed": _git("gc", "--quiet"),
    "a commit that changes nothing": _git("commit", "--quiet", "--allow-empty", "--message", "x"),
    "a commit of what is staged already": _all(
        _git("add", "../.gitattributes"), _git("commit", "-qm", "x", "--allow-empty")
    ),
}


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_invisible_changes_do_not_change_the_fingerprint(rich: Work, change: Change) -> None:
    mark, seen = _mark(rich), _seen(rich)
    change(rich)
    assert _seen(rich) == seen
    assert _mark(rich) == mark is not None


KINDS: Final[dict[str, Change]] = {
    "a split index": _git("update-index", "--split-index"),
    "an index of version 4": _git("update-index", "--index-version", "4"),
    "a monitor that git once had": _all(
        _git("config", "core.fsmonitor", "true-or-false"), _git("update-index", "--fsmonitor")
    ),
    "remembered untracked files": _all(_git("update-index", "--force-untracked-cache"), _git("status")),
    "a sparse checkout": _git("sparse-checkout", "set", "ops/tenants", "ops/build"),
    "a sparse index": _git("sparse-checkout", "set", "--sparse-index", "ops/tenants", "ops/build"),
    "a file that git shall take for unchanged": _git("update-index", "--assume-unchanged", "environments/a.yaml"),
    "a file that git shall pass over": _git("update-index", "--skip-worktree", "environments/a.yaml"),
    "no trust in modes and times": _all(
        _git("config", "core.fileMode", "false"), _git("config", "core.trustctime", "false")
    ),
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_changes_are_noticed_with_an_unusual_index(rich: Work, kind: Change) -> None:
    kind(rich)
    marks = [_mark(rich), _mark(rich)]
    assert marks[0] == marks[1] is not None
    for path, text in ((TENANT, "tenant: []\n"), ("build/x.yaml", "y\n")):
        rich.write({path: text})
        marks.append(_mark(rich))
        assert marks[-1] not in {*marks[:-1], None}


def test_a_file_that_git_assumes_unchanged_counts_as_unchanged(rich: Work) -> None:
    rich.git("update-index", "--assume-unchanged", TENANT)
    mark, seen = _mark(rich), _seen(rich)
    rich.write({TENANT: "tenant: []\n"})
    assert (_mark(rich), _seen(rich)) == (mark, seen)
    rich.git("update-index", "--no-assume-unchanged", TENANT)
    assert _mark(rich) != mark
    assert _seen(rich) != seen


def test_an_edit_within_the_second_in_which_git_has_looked_is_noticed(work: Work) -> None:
    for text in ("aaaa", "bbbb", "cccc"):
        work.commit({TENANT: text})
        mark, index = _mark(work), (work.top / ".git/index").stat()
        with (work.top / TENANT).open("r+") as same:
            same.write(text.upper())
        os.utime(work.top / TENANT, ns=(index.st_mtime_ns, index.st_mtime_ns))
        assert (work.top / TENANT).stat().st_size == 4
        assert _mark(work) not in {mark, None}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_every_view_has_its_own_fingerprint(rich: Work, view: View) -> None:
    mark = _mark(rich, view)
    assert mark is not None
    assert mark not in {_mark(rich, other) for other in VIEWS.values() if other != view}
    assert _mark(rich, view) == mark
    rich.write({TENANT: "tenant: []\n"})
    assert (_mark(rich, view) == mark) == (view != WorkTree())
    rich.git("add", ".")
    assert (_mark(rich, view) == mark) == (view == Commit("HEAD"))
    rich.git("commit", "--quiet", "--message", "x")
    assert _mark(rich, view) not in {mark, None}


def test_an_intent_to_add_counts_while_the_file_exists(rich: Work) -> None:
    rich.write({MEANT: "x"})
    rich.git("add", "--intent-to-add", MEANT)
    mark, seen = _mark(rich, Index()), _seen(rich, Index())
    assert mark == _mark(rich, Index()) is not None
    rich.write({MEANT: "y"})
    assert (_mark(rich, Index()), _seen(rich, Index())) == (mark, seen)
    (rich.top / MEANT).unlink()
    assert _seen(rich, Index()) != seen
    assert _mark(rich, Index()) not in {mark, None}


def test_the_folder_of_varve_yaml_is_part_of_the_fingerprint(begin: Callable[..., Work]) -> None:
    work = begin()
    work.commit({f"{folder}/{path}": "" for folder in ("a", "b") for path in ("varve.yaml", "tenants/x")})
    assert _mark(Work(work.top / "a")) != _mark(Work(work.top / "b"))


def _conflict(work: Work) -> None:
    id_ = work.git("hash-object", "-w", "--stdin", given=b"x")
    work.git("update-index", "--index-info", given=f"100644 {id_} 2\tops/{TENANT}\n".encode())


UNSURE: Final[dict[str, Change]] = {
    "a conflict": _conflict,
    "a damaged index": _write("../.git/index", "no index"),
}


@pytest.mark.parametrize("change", UNSURE.values(), ids=UNSURE)
def test_there_is_no_fingerprint_if_varve_cannot_see_everything(rich: Work, change: Change) -> None:
    repository = _found(rich.top)
    change(rich)
    assert fingerprint(repository, WorkTree()) is None


def test_there_is_no_fingerprint_if_a_file_cannot_be_read(rich: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    repository = _found(rich.top)
    monkeypatch.setattr("varve.world.disk.file.read", deny)
    assert fingerprint(repository, WorkTree()) is None


def test_there_is_no_fingerprint_without_git_or_a_commit(rich: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = _found(rich.top)
    assert fingerprint(repository, Commit("absent")) is None
    monkeypatch.setenv("PATH", "")
    assert fingerprint(repository, WorkTree()) is None


def test_a_combination_of_two_views_has_no_fingerprint(rich: Work) -> None:
    found = views.look(_found(rich.top), WorkTree(), Report())
    assert found is not None
    assert of(found, _found(rich.top), WorkTree(), Report()) == _mark(rich)
    assert of(found._replace(answers=()), _found(rich.top), WorkTree(), Report()) is None


def test_parts_are_separated_unambiguously(rich: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    found = views.look(_found(rich.top), Index(), Report())
    assert found is not None
    one, other = (found._replace(answers=parts) for parts in ((b"ab", b"c"), (b"a", b"bc")))

    def marks() -> set[str | None]:
        return {of(each, _found(rich.top), Index(), Report()) for each in (one, other)}

    assert len(marks()) == 2
    monkeypatch.setattr(module, "_framed", lambda part: part)
    assert len(marks()) == 1


def test_a_fingerprint_leaves_the_repository_unchanged(rich: Work) -> None:
    top = rich.top.parent
    before = {path: path.lstat().st_mtime_ns for path in Path(top).rglob("*")}
    _mark(rich)
    assert {path: path.lstat().st_mtime_ns for path in Path(top).rglob("*")} == before
