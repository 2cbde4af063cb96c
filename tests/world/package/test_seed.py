"""`varve init` creates a repository that builds, and never changes existing files."""

import errno
import os
from pathlib import Path

import pytest

from tests.workbench import deterministic, files, shell, varve
from tests.world.work import Work, codes
from varve.model.diagnostic import Report
from varve.world.disk import file
from varve.world.git.command import Git, GitError
from varve.world.package.seed import initialise


@pytest.fixture(autouse=True)
def _same_everywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    deterministic(monkeypatch)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))


def test_a_new_repository_builds_without_diagnostics(tmp_path: Path) -> None:
    assert varve("init .", tmp_path)[0] == 0
    code, output = varve("build", tmp_path)
    proven = "proven: 65 rules, 8 routes, 25 alerts"
    assert (code, output) == (0, f"built 2 units: 20 written, 0 deleted, 0 unchanged; {proven}\n")
    code, output = varve("check", tmp_path)
    assert (code, output.count("\n")) == (0, 1), output


def test_init_lists_the_files_and_the_next_steps(tmp_path: Path) -> None:
    code, output = varve("init 'new place'", tmp_path)
    *wrote, git, following = output.splitlines()
    assert code == 0
    written = [f"wrote new place/{path}" for path in files(tmp_path / "new place") if not path.startswith(".git/")]
    assert wrote == written
    assert git == "created a git repository, because there was none"
    assert following == "next: cd 'new place' && varve build"


def test_the_tenants_of_the_starter_are_readable_in_every_file_that_it_has(tmp_path: Path) -> None:
    """An unused file would cause a warning, so every source of the starter belongs to a unit."""
    varve("init .", tmp_path)
    output = varve("explain acme staging", tmp_path)[1] + varve("explain acme production", tmp_path)[1]
    sources = [path for path in files(tmp_path) if path.startswith(("environments/", "tenants/"))]
    # An environment's own settings are no value of a unit.
    platform = {"environments/staging.yaml", "environments/production.yaml"}
    assert not [path for path in sources if path not in output and path not in platform]


def test_no_git_repository_is_initialised_inside_another(work: Work) -> None:
    sown = initialise(work.top / "monitoring", Report())
    assert sown is not None
    assert not sown.git
    assert "monitoring/varve.yaml" in work.git("status", "--short", "--untracked-files=all")


def test_a_git_repository_is_initialised_outside_of_any(tmp_path: Path) -> None:
    sown = initialise(tmp_path / "deep/down", Report())
    assert sown is not None
    assert sown.git
    assert shell("git rev-parse --show-toplevel", tmp_path / "deep/down") == (0, f"{tmp_path}/deep/down\n")


TAKEN = {
    "settings": "varve.yaml",
    "settings in another format": "varve.toml",
    "a file of the same name": "README.md",
    "a file that begins with a dot": ".gitignore",
    "tenants that would be built too": "tenants/other/tenant.yaml",
    "templates that would come first": "templates/packs/slo/pack.yaml",
    "something in build, which is varve's": "build/app.js",
}


@pytest.mark.parametrize("path", TAKEN.values(), ids=TAKEN)
def test_existing_files_are_never_overwritten(path: str, tmp_path: Path) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text("mine\n")
    report = Report()
    assert initialise(tmp_path, report) is None
    assert codes(report) == [("world/not-empty", path.partition("/")[0])]
    assert files(tmp_path) == {path: b"mine\n"}


def test_a_dangling_link_is_in_the_way_too(tmp_path: Path) -> None:
    (tmp_path / "README.md").symlink_to("nowhere")
    report = Report()
    assert initialise(tmp_path, report) is None
    assert codes(report) == [("world/not-empty", "README.md")]
    assert not files(tmp_path)


def test_a_path_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "here").write_text("mine\n")
    code, output = varve("init here", tmp_path)
    assert (code, files(tmp_path)) == (1, {"here": b"mine\n"}), output


def test_a_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    code, output = varve(f"init {'a' * 300}", tmp_path)
    assert (code, files(tmp_path)) == (1, {}), output
    assert "world/cannot-begin" in output
    assert "File name too long" in output


def test_other_files_may_exist(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text("mine\n")
    assert initialise(tmp_path, Report()) is not None
    assert files(tmp_path)["LICENSE"] == b"mine\n"


@pytest.mark.parametrize("which", range(15))
def test_a_failed_write_leaves_nothing(which: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create, count = file.create, iter(range(1000))

    def full(folder: int, name: str, data: bytes) -> None:
        if next(count) == which:
            create(folder, name, data[: len(data) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        create(folder, name, data)

    monkeypatch.setattr(file, "create", full)
    report = Report()
    assert initialise(tmp_path, report) is None
    assert [code for code, _ in codes(report)] == ["world/cannot-begin"]
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_folder: int, _name: str) -> None:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(file, "make_folder", refuse)
    code, output = varve("init there", tmp_path)
    assert code == 1
    assert "world/cannot-begin" in output
    assert "Permission denied" in output


def test_nothing_is_written_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    report = Report()
    assert initialise(tmp_path, report) is None
    assert [code for code, _ in codes(report)] == ["world/no-git"]
    assert not files(tmp_path)


def test_a_bare_repository_is_refused(tmp_path: Path) -> None:
    assert shell("git init -q --bare --template= store", tmp_path)[0] == 0
    report = Report()
    assert initialise(tmp_path / "store", report) is None
    assert [code for code, _ in codes(report)] == ["world/no-repository"]


def test_git_that_can_no_longer_be_started_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_git: Git, command: str, *_options: str) -> bytes:
        if command == "init":
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        raise GitError("fatal: not a git repository")

    monkeypatch.setattr(Git, "run", run)
    report = Report()
    sown = initialise(tmp_path, report)
    assert [code for code, _ in codes(report)] == ["world/no-git"]
    assert sown is not None
    assert not sown.git


def test_where_git_cannot_initialise_a_repository_the_files_remain(tmp_path: Path) -> None:
    (tmp_path / ".git").symlink_to("nowhere/at/all")
    report = Report()
    sown = initialise(tmp_path, report)
    assert [code for code, _ in codes(report)] == ["world/git-failed"]
    assert sown is not None
    assert not sown.git
    assert set(sown.paths) == files(tmp_path).keys()
