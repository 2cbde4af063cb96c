"""The history in git: the changes that led to a commit, and every file that was ever among the sources."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from varve.model.diagnostic import Report, Rule
from varve.model.source import Source
from varve.world.git.command import Git, MissingError, lined
from varve.world.git.content import fetch, measured
from varve.world.git.listing import BUILD, SOURCES
from varve.world.git.repository import Repository

SHALLOW_HISTORY = Rule(
    "world/shallow-history",
    "The clone is too shallow to check its history",
    "A shallow clone has only the newest commits. It does not show what was changed before them, by whom, or what "
    "files contained then, and what was not checked has not passed. Run `git fetch --unshallow`, or let CI clone with "
    "the whole history.",
)

LARGEST: Final = 16 << 20
"""The most bytes of files that are in memory at once; a larger file is not read."""

_CODE_OWNERS: Final = ("CODEOWNERS", ".github/CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS")
"""Where code hosts look for code owners, relative to the top of the repository."""

_CHUNK: Final = 500


class Step(NamedTuple):
    """A change on the main line: its commit and the previous such commit, None for the first one."""

    commit: str
    parent: str | None


class PastFile(NamedTuple):
    """A file with the first commit that had it with this content; `whole` is False if it was too large to be read."""

    source: Source
    commit: str
    whole: bool


def is_whole(repository: Repository, report: Report) -> bool:
    """Whether the clone has its whole history; reported if not."""
    if repository.shallow:
        hint = "run `git fetch --unshallow`"
        report.add(SHALLOW_HISTORY, "the clone does not have the history of its files", hint=hint)
    return not repository.shallow


def steps(repository: Repository, revision: str, most: int) -> tuple[tuple[Step, ...], int]:
    """The newest `most` changes of sources, artifacts or code owners on the way to `revision`, and how many there are.

    A merge counts as one change, however many commits it merges. Raises `GitError`.
    """
    git = Git(repository.root)
    paths = [*(repository.prefix + name for name in (*SOURCES, BUILD)), *_CODE_OWNERS]
    top = Git(repository.top)
    listed = top.run("rev-list", "--first-parent", revision, "--", *paths).decode().split()
    newest = listed[:most]
    # With paths, git would list the previous commits that touch them as parents, not the real ones.
    lines = git.run("rev-list", "--no-walk=unsorted", "--parents", "--stdin", given=lined(newest)) if newest else b""
    parents = (line.split(" ") for line in lines.decode().splitlines())
    return tuple(Step(each[0], each[1] if each[1:] else None) for each in parents), len(listed)


def files(repository: Repository, revision: str) -> Iterator[PastFile]:
    """Every file that was ever among the sources in the history of `revision`, each content once, oldest first.

    Only a part of them is in memory at a time. Raises `GitError`, also if the clone lacks one of them.
    """
    git = Git(repository.root)
    top = Git(repository.top)
    paths = [repository.prefix + name for name in SOURCES]
    commits = (
        top.run("rev-list", "--topo-order", "--reverse", "--full-history", revision, "--", *paths).decode().split()
    )
    seen: set[str] = set()
    for start in range(0, len(commits), _CHUNK):
        found = {blob: at for blob, at in _added(git, commits[start : start + _CHUNK]) if blob not in seen}
        seen |= found.keys()
        yield from _read(git, found)


def _added(git: Git, commits: Sequence[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """The blobs that commits have added, each with its path and the first of these commits."""
    options = ("--stdin", "-m", "-r", "-z", "--root", "--raw", "--no-renames", "--relative", "--no-ext-diff")
    records = git.records("diff-tree", *options, "--", *SOURCES, given=lined(commits))
    made: dict[str, tuple[str, str]] = {}
    commit = ""
    for record in records:
        if not record.startswith(":"):
            commit = record.strip().partition(" ")[0]
            continue
        path, (_, mode, _, blob, *_) = next(records), record.split(" ")
        if blob.strip("0") and mode.startswith("1") and mode != "160000":
            made.setdefault(blob, (path, commit))
    yield from made.items()


def _read(git: Git, found: Mapping[str, tuple[str, str]]) -> Iterator[PastFile]:
    sizes = measured(git, list(found))
    if missing := found.keys() - sizes.keys():
        raise MissingError(f"the object {min(missing)} is missing")
    for part in _batches(sizes):
        held = fetch(git, [blob for blob in part if sizes[blob] <= LARGEST])
        for blob in part:
            path, commit = found[blob]
            yield PastFile(Source(path, blob, held.get(blob, b"")), commit, blob in held)


def _batches(sizes: Mapping[str, int]) -> Iterator[list[str]]:
    """The blobs in groups that fit into memory at once; a blob that does not is in a group of its own."""
    part: list[str] = []
    held = 0
    for blob, size in sizes.items():
        if part and held + size > LARGEST:
            yield part
            part, held = [], 0
        part.append(blob)
        held += size
    if part:
        yield part
