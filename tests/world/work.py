"""A git repository for a test, and git as a user would call it."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from varve.model.diagnostic import Report
from varve.model.snapshot import Snapshot
from varve.world.git.repository import Repository, find
from varve.world.snapshot.views import View, WorkTree, snapshot


@dataclass(frozen=True)
class Work:
    """A work tree, with git as a user would call it."""

    top: Path

    def git(self, *arguments: str, given: bytes = b"", **environment: str) -> str:
        """git's output; the test fails if git does."""
        names = {f"GIT_{who}_{what}": "Ada Test" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        dates = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), "2024-03-01T12:00:00+0200")
        outer = {
            name: value for name, value in os.environ.items() if name.startswith("GIT_CONFIG") or name[:4] != "GIT_"
        }
        settings = outer | names | dates | environment
        command = ["git", "-C", str(self.top), *arguments]
        done = subprocess.run(command, input=given, capture_output=True, check=True, env=settings)
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, files: dict[str, str | bytes]) -> None:
        """Write files to the disk."""
        for name, content in files.items():
            path = self.top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, files: dict[str, str | bytes] | None = None) -> str:
        """Write files, commit everything, and return the commit's id."""
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "change")
        return self.git("rev-parse", "HEAD")

    def find(self) -> Repository:
        """The repository, as varve finds it."""
        report = Report()
        repository = find(self.top, report)
        assert repository is not None, list(report)
        return repository

    def snapshot(self, view: View | None = None) -> tuple[Snapshot, Report]:
        """The snapshot of a view, and the diagnostics about it."""
        report = Report()
        seen = snapshot(self.find(), view or WorkTree(), report)
        assert seen is not None, list(report)
        return seen, report


def codes(report: Report) -> list[tuple[str, str]]:
    """The code and the file of each diagnostic."""
    return [(each.rule.code, each.place.file if each.place else "") for each in report]


def git_is(script: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace `git` by a script, written to `folder`, for the duration of a test."""
    (folder / "git").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/bin:/usr/bin")
