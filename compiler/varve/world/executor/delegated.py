"""The request to compile on another machine: both sides read the same files, which they verify by a digest."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from varve.model.diagnostic import Diagnostic, Place, Report, Rule
from varve.model.snapshot import Snapshot
from varve.model.unit import Selection
from varve.pipeline.ledger import digest as digest_of
from varve.resolve.reporting import file_notes
from varve.world.executor.fork import NotCompiled
from varve.world.git.listing import BUILD, shown
from varve.world.git.repository import Repository
from varve.world.history import trust
from varve.world.package import digest, library
from varve.world.snapshot import views
from varve.world.snapshot.views import Commit

NOT_COMMITTED = Rule(
    "world/not-committed",
    "Other machines can only compile a commit",
    "The workers of `--executor` read the sources from a clone of their own, by the id of a commit: what is only in "
    "this work tree, or only staged, is not there. Commit it and let their clones fetch it, compile a commit with "
    "`--rev`, or build without `--executor`. Artifacts under `build/` need not be committed.",
)

_ARTIFACTS: Final = BUILD + "/"
_SHOWN: Final = 3


class Files(NamedTuple):
    """The sources to compile, and the snapshot by whose policies they are judged if that is another one."""

    sources: Snapshot
    judges: Snapshot | None = None


class Assignment(NamedTuple):
    """What to compile: the selected units of a revision, judged as a change of the commit `base` if there is one."""

    repository: Repository
    selection: Selection
    revision: str
    base: str | None = None


class Request(NamedTuple):
    """What is sent to a worker: ids of commits, the selected units, digests of files and compiler, Python's version.

    All are plain texts, so that even a worker with another varve can read them.
    """

    commit: str
    base: str | None
    environment: str | None
    tenant: str | None
    files: str
    compiler: str
    python: str


def request(assignment: Assignment, files: Files) -> Request:
    """The request to compile `files`; raises `NotCompiled` if they are not those of the commit, which workers read."""
    diagnostics = Report()
    commit = views.resolve(assignment.repository, assignment.revision, diagnostics)
    committed = files_of(assignment.repository, commit, assignment.base, diagnostics) if commit else None
    if commit is None or committed is None:
        raise NotCompiled(list(diagnostics)[-1])
    sources, found = _without_artifacts(files), fingerprint(committed)
    if fingerprint(sources) != found:
        raise NotCompiled(_not_committed(sources, committed))
    return Request(commit, assignment.base, *assignment.selection, found, digest.compiler(), python())


def python() -> str:
    """The version of Python that workers must have too: major and minor."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def files_of(repository: Repository, commit: str, base: str | None, report: Report) -> Files | None:
    """The files of a commit in a clone; None, with the reason reported, if the clone does not have them."""
    if base is None:
        seen = views.snapshot(repository, Commit(commit), report)
        found = Files(library.overlay(views.refusing(seen, report), repository)) if seen else None
    else:
        change = trust.change(repository, Commit(commit), base, report)
        sides = [library.overlay(each, repository) for each in (change.after, change.before)] if change else []
        found = Files(*sides) if sides else None
    return _without_artifacts(found) if found else None


def fingerprint(files: Files) -> str:
    """A digest of everything in `files` that a unit could depend on."""
    return digest_of(_texts(files))


def _without_artifacts(files: Files) -> Files:
    """The files without those under `build/`, from which no unit is compiled."""
    seen = files.sources
    entries = {path: entry for path, entry in seen.entries.items() if not path.startswith(_ARTIFACTS)}
    refused = frozenset(path for path in seen.refused if not path.startswith(_ARTIFACTS))
    return files._replace(sources=replace(seen, entries=entries, refused=refused))


def _texts(files: Files) -> Iterator[str]:
    for seen in files:
        yield from ("", "none") if seen is None else ("", "one", *_snapshot_texts(seen))


def _snapshot_texts(seen: Snapshot) -> Iterator[str]:
    for path, entry in sorted(seen.entries.items()):
        yield from (path, *entry, "shipped" if path in seen.library else "own")
    yield from ("", *sorted(seen.refused))


def _not_committed(sources: Files, committed: Files) -> Diagnostic:
    paths = sorted({path for one, other in zip(sources, committed, strict=True) for path in _differing(one, other)})
    first, *others = map(shown, paths)
    hint = "commit it, or build without `--executor`"
    notes = file_notes(others, "this differs too", _SHOWN)
    return Diagnostic(NOT_COMMITTED, f"`{first}` differs from the commit", Place(first), tuple(notes), hint)


def _differing(one: Snapshot | None, other: Snapshot | None) -> Iterator[str]:
    if one is not None and other is not None:
        yield from (path for path, _ in one.entries.items() ^ other.entries.items())
        yield from (one.refused ^ other.refused) | (one.library ^ other.library)
