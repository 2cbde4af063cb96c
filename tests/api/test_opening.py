"""What every command begins with: a repository, a snapshot of it, and a git that may fail."""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final, NoReturn

import pytest

from tests.workbench import files, shell, varve
from varve.world.git.command import GitError
from varve.world.git.repository import CHECK_ACCESS, REFETCH

COMMANDS: Final = ("build", "check", "explain acme production timezone")
OVERRIDE: Final = 1
SEARCH: Final = 2


def program(folder: Path, script: str) -> str:
    """A PATH on which `git` is `script`, before the real one."""
    folder.mkdir()
    (folder / "git").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "git").chmod(0o755)
    return os.pathsep.join([str(folder), os.environ["PATH"]])


@pytest.mark.parametrize("command", COMMANDS)
def test_without_settings_there_is_no_repository(command: str, tmp_path: Path) -> None:
    code, output = varve(command, tmp_path)
    assert code == 1
    assert output.startswith("error[world/no-settings]: there is no `varve.yaml` in ")


@pytest.mark.parametrize("command", COMMANDS)
def test_an_empty_revision_is_not_the_work_tree(command: str, repository: Path) -> None:
    code, output = varve(f"{command} --rev ''", repository)
    assert code == 1
    assert output.startswith("error[world/unknown-revision]: an empty text is not a commit\n")


@pytest.mark.parametrize("command", [*COMMANDS, "init monitoring"])
def test_without_git_nothing_is_done(
    command: str, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(repository)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    code, output = varve(command, repository)
    assert code == 1
    assert output == (
        "error[world/no-git]: `git` cannot be started: No such file or directory\n"
        "  = help: install git 2.31 or newer\n\n"
        "1 error; `varve rule world/no-git` explains it\n"
    )
    assert files(repository) == before


@pytest.mark.parametrize("command", COMMANDS)
def test_an_old_git_is_refused(command: str, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", program(tmp_path / "old", "echo 'git version 2.25.1'"))
    code, output = varve(command, repository)
    assert code == 1
    assert output == (
        "error[world/git-too-old]: git's version is `2.25.1`\n"
        "  = help: install git 2.31 or newer\n\n"
        "1 error; `varve rule world/git-too-old` explains it\n"
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_a_repository_of_another_user_is_refused(
    command: str, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real git refuses, by the variable that its own tests use."""
    real = shutil.which("git")
    script = f'export GIT_TEST_ASSUME_DIFFERENT_OWNER=1; exec {real} "$@"'
    monkeypatch.setenv("PATH", program(tmp_path / "strict", script))
    code, output = varve(command, repository)
    assert code == 1
    assert output == (
        f"error[world/unsafe-repository]: `{repository}` belongs to another user\n"
        f"  = help: run `git config --global --add safe.directory {repository}` if you trust it\n\n"
        "1 error; `varve rule world/unsafe-repository` explains it\n"
    )


def test_a_repository_of_another_user_that_is_trusted_is_built(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "trust").write_text(f"[safe]\n  directory = {repository}\n")
    script = f'export GIT_TEST_ASSUME_DIFFERENT_OWNER=1; exec {shutil.which("git")} "$@"'
    monkeypatch.setenv("PATH", program(tmp_path / "strict", script))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "trust"))
    assert varve("build", repository)[0] == 0


def _mortal() -> None:
    """Drop root's right to read any file; other users cannot, and need not."""
    library = ctypes.CDLL(None)
    drop = 24
    for capability in (OVERRIDE, SEARCH):
        library.prctl(drop, capability, 0, 0, 0)


def _ran(command: str, repository: Path) -> tuple[int, str]:
    """The exit code and the output of the real program, which may read no more than any user."""
    program = Path(sys.executable).parent / "varve"
    done = subprocess.run(
        [program, command], cwd=repository, capture_output=True, text=True, check=False, preexec_fn=_mortal
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_a_file_that_may_not_be_read_is_named(repository: Path) -> None:
    before = files(repository / "build")
    (repository / "tenants/acme/services/checkout.yaml").write_text("owner: search\n")
    (repository / "tenants/acme/services/checkout.yaml").chmod(0)
    code, output = _ran("build", repository)
    assert code == 1
    assert output == (
        "error[world/cannot-read]: `tenants/acme/services/checkout.yaml` cannot be read: Permission denied\n"
        " --> tenants/acme/services/checkout.yaml\n"
        f"  = help: {CHECK_ACCESS}\n\n"
        "1 error; `varve rule world/cannot-read` explains it\n"
        "nothing was built; build/ stays as it is\n"
    )
    assert files(repository / "build") == before


def test_an_artifact_that_may_not_be_read_is_not_said_to_be_missing_and_is_built(repository: Path) -> None:
    artifact = repository / "build/production/shared/prometheus.yaml"
    artifact.touch()
    artifact.chmod(0)
    code, output = _ran("check", repository)
    assert code == 1
    assert output == (
        "error[world/cannot-read]: `build/production/shared/prometheus.yaml` cannot be read: Permission denied\n"
        " --> build/production/shared/prometheus.yaml\n"
        f"  = help: {CHECK_ACCESS}\n\n"
        "1 error; `varve rule world/cannot-read` explains it\n"
    )
    assert _ran("build", repository)[0] == 1
    assert _ran("check", repository)[0] == 0


def test_a_folder_of_gits_that_may_not_be_entered_is_not_overlooked(repository: Path) -> None:
    (repository / ".git").chmod(0)
    code, output = _ran("check", repository)
    (repository / ".git").chmod(0o755)
    assert code == 1
    assert output == (
        f"error[world/git-failed]: git finds no repository around `{repository}`, "
        f"although `{repository}/.git` exists\n"
        f"  = help: {CHECK_ACCESS}; if these are right, clone again\n\n"
        "1 error; `varve rule world/git-failed` explains it\n"
    )


def _refuse(*_arguments: object, **_named: object) -> NoReturn:
    raise GitError("the object 4b825dc is missing")


@pytest.mark.parametrize(
    "command",
    ["build", "build --rev HEAD", "check", "check --staged", "check --rev HEAD", "build --trust-base HEAD"],
)
@pytest.mark.parametrize("function", ["varve.world.snapshot.built.standing", "varve.pipeline.compile"])
def test_a_failure_of_git_in_between_is_reported_and_changes_nothing(
    command: str, function: str, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "tenants/acme/services/search.yaml").write_text("scrape: {app: {targets: ['search:9090']}}\n")
    before = files(repository / "build")
    monkeypatch.setattr(function, _refuse)
    code, output = varve(command, repository)
    assert code == 1
    assert output == (
        "error[world/git-failed]: git could not answer: the object 4b825dc is missing\n"
        "  = help: run `git fsck`, or clone again\n\n"
        "1 error; `varve rule world/git-failed` explains it\n"
    )
    assert files(repository / "build") == before


@pytest.mark.parametrize("command", ["build --trust-base main", "check --trust-base main"])
@pytest.mark.parametrize(
    "function",
    ["varve.check.trust.change.compare", "varve.world.history.revision.resolve", "varve.world.snapshot.views.freeze"],
)
def test_a_change_that_git_cannot_determine_is_refused(
    command: str, function: str, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "tenants/acme/services/search.yaml").write_text("scrape: {app: {targets: ['search:9090']}}\n")
    before = files(repository / "build")
    monkeypatch.setattr(function, _refuse)
    code, output = varve(command, repository)
    assert (code, output.count("error[world/git-failed]"), "Traceback" in output) == (1, 1, False), output
    assert files(repository / "build") == before


def test_explain_reports_a_failure_of_git_too(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("varve.pipeline.open_repository", _refuse)
    code, output = varve("explain acme production timezone", repository)
    assert (code, output.split(":")[0]) == (1, "error[world/git-failed]")


def test_an_artifact_that_the_clone_has_lost_is_a_diagnostic(repository: Path) -> None:
    """A broken tenant is linked by the artifacts that stand, and one of these cannot be fetched."""
    old = "platform: {targets: {prometheus: {version: '2.42'}}, external_labels: {environment: production}}\n"
    (repository / "environments/production.yaml").write_text(old)
    assert varve("build", repository)[0] == 0
    (repository / "tenants/acme/services/checkout.yaml").write_text("owner: [\n")
    lost = "build/production/tenants/acme/scrape/checkout.yaml"
    line = f"git add -A && git commit -qm Broken && rm -f .git/objects/*/$(git rev-parse HEAD:{lost} | cut -c 3-)"
    assert shell(line, repository)[0] == 0
    code, output = varve("check --rev HEAD", repository)
    assert code == 1
    missing = "this clone does not have everything that its commits refer to: the object "
    assert f"error[world/missing-object]: {missing}" in output
    assert f"= help: {REFETCH}\n" in output
    assert "Traceback" not in output
