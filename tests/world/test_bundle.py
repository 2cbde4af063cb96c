"""A bundle contains one commit with its history, and opens as the same repository, without running anything in it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.world.work import Work, codes
from varve.model.diagnostic import Report
from varve.world.bundle import bundle, opened
from varve.world.git.command import Git
from varve.world.snapshot.views import Commit, snapshot

FILES: Final[dict[str, str | bytes]] = {
    "varve.yaml": "apiVersion: varve/v1\n",
    "tenants/acme/tenant.yaml": "locale: fr_FR\n",
}

SPOILT: Final[dict[str, Callable[[bytes], bytes]]] = {
    "empty": lambda data: data[:0],
    "cut": lambda data: data[:-30],
    "bent": lambda data: data.replace(b"PACK", b"KCAP"),
    "begun with something else": lambda data: b"[remote]\n" + data,
}


@pytest.fixture
def history(work: Work) -> tuple[Work, str]:
    """A repository with three commits, and the id of the second."""
    work.commit({"varve.yaml": ""})
    second = work.commit(FILES)
    work.commit({"tenants/acme/tenant.yaml": "locale: en_GB\n"})
    return work, second


def bundled(work: Work, commit: str) -> bytes:
    report = Report()
    data = bundle(work.find(), commit, report)
    assert data is not None, list(report)
    return data


def refused(data: bytes, commit: str, prefix: str = "") -> list[tuple[str, str]]:
    """The diagnostics about a bundle that cannot be opened."""
    report = Report()
    with opened(data, commit, prefix, report) as found:
        assert found is None
    assert all("/varve-" not in each.message for each in report)
    return codes(report)


def test_a_bundle_restores_a_commit_with_its_history_and_nothing_later(history: tuple[Work, str]) -> None:
    work, second = history
    report = Report()
    with opened(bundled(work, second), second, "", report) as found:
        assert found is not None, list(report)
        seen = snapshot(found, Commit(second), report)
        assert seen is not None
        assert {path: seen.source(path).data.decode() for path in seen.entries} == FILES
        git = Git(found.root)
        assert git.run("rev-list", "--all").decode().split() == work.git("rev-list", second).split()
        assert git.run("rev-parse", "HEAD").decode().strip() == second
        folder = found.top.parent
    assert not folder.exists()
    assert not report


def test_bundling_leaves_the_repository_unchanged(history: tuple[Work, str]) -> None:
    work, second = history
    before = work.git("for-each-ref"), work.git("count-objects", "-v")
    bundled(work, second)
    assert (work.git("for-each-ref"), work.git("count-objects", "-v")) == before


def test_git_itself_can_clone_it(history: tuple[Work, str], tmp_path: Path) -> None:
    work, second = history
    (tmp_path / "b").write_bytes(bundled(work, second))
    work.git("clone", "--quiet", str(tmp_path / "b"), str(tmp_path / "clone"))
    assert Work(tmp_path / "clone").git("rev-parse", "HEAD", "evidence").split() == [second, second]


def test_a_bundle_keeps_the_object_format(begin: Callable[..., Work]) -> None:
    work = begin("work", "--object-format=sha256")
    commit = work.commit(FILES)
    with opened(bundled(work, commit), commit, "", Report()) as found:
        assert found is not None
        assert found.algorithm == "sha256"


def test_a_repository_below_the_top_is_restored_below_the_top(work: Work) -> None:
    commit = work.commit({f"deep/er/{path}": text for path, text in FILES.items()})
    report = Report()
    with opened(bundled(work, commit), commit, "deep/er/", report) as found:
        assert found is not None
        assert found.prefix == "deep/er/"
        seen = snapshot(found, Commit(commit), report)
        assert seen is not None
        assert set(seen.entries) == set(FILES)


def test_a_linked_work_tree_can_be_bundled(history: tuple[Work, str], tmp_path: Path) -> None:
    work, second = history
    work.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "beside"), second)
    assert bundled(Work(tmp_path / "beside"), second) == bundled(work, second)


def test_a_shallow_clone_cannot_be_bundled(history: tuple[Work, str], tmp_path: Path) -> None:
    work, _ = history
    work.git("clone", "--quiet", "--depth=1", f"file://{work.top}", str(tmp_path / "shallow"))
    shallow = Work(tmp_path / "shallow")
    report = Report()
    assert bundle(shallow.find(), shallow.git("rev-parse", "HEAD"), report) is None
    assert codes(report) == [("world/no-history", "")]


def test_a_partial_clone_cannot_be_bundled(history: tuple[Work, str], tmp_path: Path) -> None:
    work, _ = history
    work.git("config", "uploadpack.allowFilter", "true")
    work.git("clone", "--quiet", "--filter=blob:none", f"file://{work.top}", str(tmp_path / "partial"))
    partial = Work(tmp_path / "partial")
    report = Report()
    assert bundle(partial.find(), partial.git("rev-parse", "HEAD"), report) is None
    assert codes(report) == [("world/missing-object", "")]


def test_a_bundle_of_another_commit_is_not_opened(history: tuple[Work, str]) -> None:
    work, second = history
    assert refused(bundled(work, work.git("rev-parse", "HEAD")), second) == [("world/unsound-evidence", "")]
    assert refused(bundled(work, second), "0" * 40) == [("world/unsound-evidence", "")]


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_what_is_no_bundle_is_not_opened(history: tuple[Work, str], spoil: Callable[[bytes], bytes]) -> None:
    work, second = history
    assert refused(spoil(bundled(work, second)), second) == [("world/unsound-evidence", "")]


def test_a_bundle_that_needs_more_than_it_holds_is_not_opened(history: tuple[Work, str], tmp_path: Path) -> None:
    work, second = history
    work.git("branch", "evidence", second)
    work.git("bundle", "create", "--quiet", str(tmp_path / "thin"), "evidence", f"^{second}~1")
    assert refused((tmp_path / "thin").read_bytes(), second) == [("world/unsound-evidence", "")]


def test_opening_a_bundle_runs_nothing_and_checks_nothing_out(work: Work, tmp_path: Path) -> None:
    work.git("config", "filter.run.smudge", "true")
    hook = f"#!/bin/sh\ntouch {tmp_path}/ran\n"
    commit = work.commit({**FILES, ".gitattributes": "* filter=run\n", "hooks/post-checkout": hook, ".gitmodules": ""})
    with opened(bundled(work, commit), commit, "", Report()) as found:
        assert found is not None
        assert os.listdir(found.top) == [".git"]  # noqa: PTH208 - of names
        assert not (found.folder / "hooks").exists()
    assert not (tmp_path / "ran").exists()


def test_strict_git_settings_of_a_user_do_not_matter(
    history: tuple[Work, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, second = history
    careful = "[safe]\n bareRepository = explicit\n[transfer]\n fsckObjects = true\n[init]\n defaultBranch = x\n"
    (tmp_path / "config").write_text(careful)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    with opened(bundled(work, second), second, "", Report()) as found:
        assert found is not None
