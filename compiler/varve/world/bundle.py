"""Packs a commit with its whole history into one file, and opens such a file as a repository."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from varve.model.diagnostic import Report, Rule
from varve.model.snapshot import Algorithm
from varve.world.disk import file
from varve.world.evidence import BUNDLE, UNSOUND_EVIDENCE
from varve.world.git.command import Git, GitError
from varve.world.git.repository import Repository, report_failure

NO_HISTORY = Rule(
    "world/no-history",
    "Evidence needs the whole history",
    "The history shows when a secret was sealed and who approved a change, but a shallow clone has only the end of "
    "it. Run `git fetch --unshallow`, or clone with the whole history.",
)

_BRANCH: Final = "evidence"
_REF: Final = f"refs/heads/{_BRANCH}"
_SHA1_DIGITS: Final = 40
"""The number of digits of a SHA-1 id."""


def bundle(repository: Repository, commit: str, report: Report) -> bytes | None:
    """The commit with its whole history, as `git bundle` writes it; None, with the reason reported, if that fails."""
    if repository.shallow:
        report.add(NO_HISTORY, "this clone is shallow", hint="run `git fetch --unshallow`")
        return None
    try:
        with TemporaryDirectory(prefix="varve-") as folder:
            return _bundled(Path(os.path.realpath(folder)), repository, commit)
    except GitError as error:
        report_failure(error, report)
    return None


def _bundled(folder: Path, repository: Repository, commit: str) -> bytes:
    """The bundle of a commit.

    A bundle needs a branch. To add none to the repository, the branch is created in a temporary one that borrows the
    repository's objects.
    """
    there = Git(repository.root)
    objects = os.fsdecode(there.run("rev-parse", "--git-path", "objects")).removesuffix("\n")
    here = _initialised(folder, repository.algorithm)
    with file.opened(folder / ".git/objects/info") as info:
        file.create(info, "alternates", os.fsencode(repository.root / objects) + b"\n")
    here.run("update-ref", _REF, commit)
    return here.run("bundle", "create", "--quiet", "-", "HEAD", _REF)


def _initialised(folder: Path, algorithm: Algorithm) -> Git:
    """A new repository with only what git itself needs; not a bare one, which git may be configured to refuse."""
    begun = Git(folder)
    begun.run("init", "--quiet", "--template=", f"--object-format={algorithm}", f"--initial-branch={_BRANCH}")
    return begun


@contextmanager
def opened(data: bytes, commit: str, prefix: str, report: Report) -> Iterator[Repository | None]:
    """The repository of a bundle, in a temporary folder; None, with the reason reported, if it lacks the commit.

    Nothing is checked out, so none of its files is run or written to the disk. `prefix` is the path from its top to
    `varve.yaml`, and must not lead outside.
    """
    with TemporaryDirectory(prefix="varve-") as folder:
        yield _opened(Path(os.path.realpath(folder)), (data, commit, prefix), report)


def _opened(folder: Path, given: tuple[bytes, str, str], report: Report) -> Repository | None:
    data, commit, prefix = given
    top = folder / "repository"
    with file.opened(folder) as here:
        file.create(here, BUNDLE, data)
        # git is run in the folder of `varve.yaml`, which has to exist but may be empty.
        with file.inside(here, f"repository/{prefix}", make=True):
            pass
    algorithm: Algorithm = "sha1" if len(commit) == _SHA1_DIGITS else "sha256"
    try:
        unpacked = _initialised(top, algorithm)
        heads = unpacked.run("bundle", "unbundle", str(folder / BUNDLE)).decode("utf-8", "replace")
        if not _is_of(commit, heads):
            report.add(UNSOUND_EVIDENCE, f"`{BUNDLE}` does not contain the commit {commit}", hint="request it again")
            return None
        unpacked.run("update-ref", _REF, commit)
        unpacked.run("rev-list", "--objects", "--quiet", commit)
    except GitError as error:
        words = str(error).replace(f"{folder}/", "")
        report.add(UNSOUND_EVIDENCE, f"`{BUNDLE}` cannot be opened: {words}", hint="request it again")
        return None
    return Repository(top, top / prefix if prefix else top, top / ".git", algorithm, shallow=False)


def _is_of(commit: str, heads: str) -> bool:
    """Whether the bundle was made of exactly this commit; it is not enough to contain it among later ones."""
    return f"{commit} {_REF}" in heads.splitlines()
