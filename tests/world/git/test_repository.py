import errno
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.world.work import Work, codes, git_is
from varve.model.diagnostic import Report
from varve.world.git import repository
from varve.world.git.repository import Repository, find, is_git_there


def test_found_from_any_folder_below(work: Work) -> None:
    found = find(work.top / "tenants" / "acme", Report())
    assert found == Repository(work.top, work.top, work.top / ".git", "sha1", shallow=False)
    assert found.prefix == ""


def test_settings_may_lie_below_the_top(work: Work) -> None:
    work.write({"ops/monitoring/varve.yaml": ""})
    found = find(work.top / "ops" / "monitoring", Report())
    assert found is not None
    assert (found.top, found.root, found.prefix) == (work.top, work.top / "ops/monitoring", "ops/monitoring/")


def test_a_link_to_the_repository_is_the_repository(work: Work, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(work.top)
    assert find(tmp_path / "link", Report()) == work.find()


def test_a_repository_of_the_other_object_format(begin: Callable[..., Work]) -> None:
    work = begin("long", "--object-format=sha256")
    work.write({"varve.yaml": ""})
    assert work.find().algorithm == "sha256"


def test_a_linked_work_tree(work: Work, tmp_path: Path) -> None:
    work.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    found = find(tmp_path / "linked", Report())
    assert found is not None
    assert (found.top, found.folder) == (tmp_path / "linked", work.top / ".git/worktrees/linked")


def test_a_work_tree_that_lies_in_the_folder_of_a_bare_repository(work: Work, tmp_path: Path) -> None:
    work.commit()
    work.git("clone", "--quiet", "--bare", str(work.top), str(tmp_path / "bare"))
    work.git("-C", str(tmp_path / "bare"), "worktree", "add", "--quiet", str(tmp_path / "bare/linked"))
    found = find(tmp_path / "bare/linked", Report())
    assert found is not None
    assert (found.top, found.folder) == (tmp_path / "bare/linked", tmp_path / "bare/worktrees/linked")


@pytest.fixture
def committed(work: Work) -> Path:
    """A committed folder that git takes for its own, with a secret in it that its author knows."""
    work.commit()
    inner = work.top / "tenants/acme"
    shutil.copytree(work.top / ".git", inner, dirs_exist_ok=True)
    for name, value in (("core.bare", "false"), ("core.worktree", ".")):
        work.git("config", "--file", str(inner / "config"), name, value)
    work.write({"tenants/acme/varve.yaml": "", "tenants/acme/varve/cache-key": "k" * 32})
    return inner


@pytest.mark.parametrize("below", ["", "sources"])
def test_a_folder_that_could_be_committed_is_never_gits_own(committed: Path, below: str) -> None:
    (committed / below).mkdir(exist_ok=True)
    (committed / below / "varve.yaml").touch()
    report = Report()
    assert find(committed / below, report) is None
    assert codes(report) == [("world/no-repository", "")]


def test_a_folder_that_could_be_committed_would_be_used_without_the_check(
    committed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "_is_inside", lambda *_: False)
    found = find(committed, Report())
    assert found is not None
    assert found.folder == committed


def test_a_shallow_clone_is_known(work: Work, tmp_path: Path) -> None:
    work.commit({"tenants/acme/tenant.yaml": "tenant: {name: ACME}\n"})
    work.git("clone", "--quiet", "--depth=1", f"file://{work.top}", str(tmp_path / "shallow"))
    found = find(tmp_path / "shallow", Report())
    assert found is not None
    assert found.shallow


def test_variables_of_a_hook_elsewhere_are_ignored(
    work: Work, begin: Callable[..., Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = begin("other")
    monkeypatch.setenv("GIT_DIR", str(other.top / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.top))
    assert work.find().folder == work.top / ".git"


def test_in_a_folder_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report, gone = Report(), tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert find(Path(), report) is None
    assert [each.message for each in report] == ["the current folder has been deleted"]


@pytest.mark.parametrize("made", [True, False], ids=["an empty folder", "a folder that is not there"])
def test_without_settings(tmp_path: Path, *, made: bool) -> None:
    folder = tmp_path / "empty"
    if made:
        folder.mkdir()
    report = Report()
    assert find(folder, report) is None
    assert codes(report) == [("world/no-settings", "")]


def test_without_a_repository(tmp_path: Path) -> None:
    (tmp_path / "varve.yaml").touch()
    report = Report()
    assert find(tmp_path, report) is None
    assert codes(report) == [("world/no-repository", "")]


@pytest.mark.parametrize(
    ("file", "text"),
    {
        "a damaged HEAD": (".git/HEAD", "nowhere"),
        "a file that leads nowhere": (".git", "gitdir: /nowhere"),
        "a file that says nothing": (".git", "nothing"),
    }.values(),
)
@pytest.mark.parametrize("below", ["", "ops"])
def test_a_repository_that_git_does_not_know_any_more_is_not_overlooked(
    work: Work, file: str, text: str, below: str
) -> None:
    work.write({"ops/varve.yaml": ""})
    if file == ".git":
        shutil.rmtree(work.top / ".git")
    (work.top / file).write_text(text)
    report = Report()
    assert find(work.top / below, report) is None
    [finding] = report
    assert finding.rule.code == "world/git-failed"
    assert str(work.top / ".git") in finding.message
    assert finding.hint.endswith("clone again")


def test_a_bare_repository_has_no_work_tree(begin: Callable[..., Work]) -> None:
    bare = begin("bare.git", "--bare")
    bare.write({"varve.yaml": ""})
    report = Report()
    assert find(bare.top, report) is None
    assert codes(report) == [("world/no-repository", "")]


def test_a_work_tree_that_git_keeps_elsewhere(work: Work, tmp_path: Path) -> None:
    work.git("config", "core.worktree", str(tmp_path))
    (work.top / ".git" / "varve.yaml").touch()
    report = Report()
    assert find(work.top / ".git", report) is not None
    (tmp_path / "elsewhere").mkdir()
    work.git("config", "core.worktree", str(tmp_path / "elsewhere"))
    assert find(work.top, report) is None
    assert codes(report) == [("world/no-repository", "")]


@pytest.mark.parametrize(
    ("script", "code"),
    [
        pytest.param(None, "world/no-git", id="no git on the PATH"),
        pytest.param("echo git version 2.30.9", "world/git-too-old", id="a git of 2021"),
        pytest.param("echo hello", "world/git-too-old", id="something else of that name"),
        pytest.param("echo 'fatal: detected dubious ownership in repository' >&2; exit 128", "world/unsafe-repository"),
        pytest.param("echo 'fatal: bad object' >&2; exit 128", "world/git-failed", id="a damaged repository"),
        pytest.param(
            "case $* in *version) echo git version 2.45.1;; *) printf 'a\\nb';; esac", "world/git-failed", id="babble"
        ),
    ],
)
def test_each_failure_of_git_has_its_rule(
    work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, code: str
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    if script:
        (programs / "git").write_text(f"#!/bin/sh\n{script}\n")
        (programs / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    report = Report()
    assert find(work.top, report) is None
    assert codes(report) == [(code, "")]


def test_the_index_of_a_hook_counts_only_inside_this_repository(
    work: Work, begin: Callable[..., Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = begin("other")
    other.commit({"a": ""})
    repository = work.find()
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    assert repository.staged == work.top / ".git/index"
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert work.find().staged is None
    for elsewhere in (str(other.top / ".git/index"), "../other/.git/index", ".git/absent"):
        monkeypatch.setenv("GIT_INDEX_FILE", elsewhere)
        assert work.find().staged is None, elsewhere


def test_git_is_there_also_where_there_is_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = Report()
    assert is_git_there(report)
    assert not report
    git_is("echo git version 2.30.9", tmp_path, monkeypatch)
    assert not is_git_there(report)
    assert codes(report) == [("world/git-too-old", "")]
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    report = Report()
    assert not is_git_there(report)
    assert codes(report) == [("world/no-git", "")]


def test_a_linked_work_tree_whose_repository_was_moved_is_repaired_from_there(work: Work, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    work.git("worktree", "add", "--quiet", str(linked))
    work.top.rename(tmp_path / "moved")
    report = Report()
    assert find(linked, report) is None
    ((code, hint),) = [(each.rule.code, each.hint) for each in report]
    assert code == "world/git-failed"
    assert "run `git worktree repair` where it is now" in hint


@pytest.mark.parametrize(
    ("number", "hint"), [(errno.ENOENT, "install git 2.31 or newer"), (errno.EMFILE, "raise the limit (`ulimit -n`)")]
)
def test_git_is_not_to_be_installed_if_the_machine_has_no_room_for_it(number: int, hint: str) -> None:
    report = Report()
    repository.report_no_git(OSError(number, "no"), report)
    assert [(each.rule.code, each.hint) for each in report] == [("world/no-git", hint)]
