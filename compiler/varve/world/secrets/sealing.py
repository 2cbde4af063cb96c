"""When encrypted values were sealed, according to git's history."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple

from varve.model.sealing import Sealing
from varve.read.decode import LIMIT
from varve.read.sealed import box
from varve.read.sealed.file import is_sealed_file
from varve.world.git.command import Git, GitError, MissingError
from varve.world.git.content import fetch, measured
from varve.world.git.repository import Repository
from varve.world.history.blame import edge

_FOLDERS: Final = ("environments", "tenants")
_CHUNK: Final = 500
_NONE: Final[frozenset[str]] = frozenset()


class _Version(NamedTuple):
    """A version of a sealed file: its blob, the blob `before`, and the commit that added or changed the file."""

    blob: str
    before: str
    path: str
    commit: str


def sealings(repository: Repository, marks: Collection[str], revision: str = "HEAD") -> Mapping[str, Sealing]:
    """When each of `marks` first appeared in a sealed file in the history of `revision`.

    Marks that were never committed are left out. A commit never counts as later than its descendants, whatever its
    date. Raises `GitError` if the clone lacks files of its history.
    """
    git = Git(repository.root)
    try:
        commits = _commits(git, revision)
    except GitError:
        return {}
    border = edge(repository)
    found: dict[str, Sealing] = {}
    versions = list(_versions(git, commits))
    held = _marks(git, {blob for each in versions for blob in (each.blob, each.before) if blob}, frozenset(marks))
    first: dict[str, datetime] = {}
    for version in versions:
        first[version.blob] = min(commits[version.commit], first.get(version.blob, commits[version.commit]))
        new = Sealing(commits[version.commit], frozenset({version.path}), version.commit in border)
        for mark in held.get(version.blob, ()):
            found[mark] = _earlier(found.get(mark, new), new)
    left = _left((each for each in versions if not _is_restored(each, first)), held)
    return {mark: each._replace(left=frozenset(left[mark])) if mark in left else each for mark, each in found.items()}


def _left(versions: Iterable[_Version], held: Mapping[str, frozenset[str]]) -> Mapping[str, set[str]]:
    """The files that contained a mark and were later sealed without it, by mark."""
    left: dict[str, set[str]] = defaultdict(set)
    for version in versions:
        old_marks = held.get(version.before, _NONE)
        for mark in old_marks - held.get(version.blob, old_marks):
            left[mark].add(version.path)
    return left


def _is_restored(version: _Version, first: Mapping[str, datetime]) -> bool:
    """Whether an older version was restored: that is no new seal, and the version that it replaced may come back."""
    return version.before in first and first[version.blob] < first[version.before]


def _earlier(one: Sealing, other: Sealing) -> Sealing:
    first, second = sorted((one, other), key=lambda each: each.date)
    paths = first.paths | second.paths if first.date == second.date else first.paths
    return Sealing(first.date, paths, one.edge or other.edge)


def _commits(git: Git, revision: str) -> dict[str, datetime]:
    """The commits of a history with their times; a time later than that of a descendant is replaced by the latter."""
    named = git.run("rev-parse", "--verify", "--end-of-options", revision + "^{commit}").decode().strip()
    listed = git.run("rev-list", "--topo-order", "--parents", "--timestamp", named).decode().splitlines()
    latest: dict[str, int] = {}
    for line in listed:
        seconds, commit, *parents = line.split(" ")
        time = latest[commit] = min(int(seconds), latest.get(commit, int(seconds)))
        for parent in parents:
            latest[parent] = min(time, latest.get(parent, time))
    return {commit: datetime.fromtimestamp(time, UTC) for commit, time in latest.items()}


def _versions(git: Git, commits: Collection[str]) -> Iterator[_Version]:
    """Every sealed file in every commit that added or changed it, merges included."""
    options = ("--stdin", "-m", "-r", "-z", "--root", "--raw", "--no-renames", "--relative", "--no-ext-diff")
    records = git.records("diff-tree", *options, "--", *_FOLDERS, given="\n".join((*commits, "")).encode())
    commit = ""
    for record in records:
        if not record.startswith(":"):
            commit = record.strip().partition(" ")[0]
            continue
        path = next(records)
        before, blob = record.split(" ")[2:4]
        if is_sealed_file(path) and blob.strip("0"):
            yield _Version(blob, before if before.strip("0") else "", path, commit)


def _marks(git: Git, blobs: set[str], wanted: frozenset[str]) -> dict[str, frozenset[str]]:
    """The wanted marks in each blob that contains any mark at all."""
    sizes = measured(git, sorted(blobs))
    if missing := blobs - sizes.keys():
        raise MissingError(f"the object {min(missing)} is missing")
    # A larger file could never be read as a source, so it never sealed anything.
    listed = [blob for blob, size in sizes.items() if size <= LIMIT]
    found = {}
    for start in range(0, len(listed), _CHUNK):
        for blob, data in fetch(git, listed[start : start + _CHUNK]).items():
            text = data.decode("utf-8", "replace")
            marks = {*box.marks(text), *box.runs(text)}
            if marks:
                found[blob] = wanted & marks
    return found
