"""A look at the work tree: git's answers about its files, and the contents of those that may differ from the index."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from hashlib import sha256
from typing import Final, NamedTuple, TypeAlias

from varve.language.blob import identify
from varve.model.diagnostic import Report
from varve.model.snapshot import Entry
from varve.world.git import attribute, listing
from varve.world.git.command import Git, records
from varve.world.git.content import measuring_sources
from varve.world.git.repository import Repository
from varve.world.snapshot import record, untracked
from varve.world.snapshot.checkout import Checkout, touched
from varve.world.snapshot.record import Index

Glanced: TypeAlias = Callable[[Callable[[], str], Callable[[], bool]], object]
"""Called with two functions while git is still looking. The first waits for the glance of the view, a digest of its
tracked files that differs as soon as one of them is changed; the second returns whether that would take hardly any
time."""

_MANY: Final = 5000
"""Up to so many files, git compares them in hardly more time than it takes to start."""


class Indexed(NamedTuple):
    """The index: the digest of git's list of it, and everything that depends only on that list.

    `sizes` are the sizes of all sources that git has, by id, `missing` are the ids of the others, and `attributes` is
    git's answer about the attributes of all paths.
    """

    digest: str
    entries: dict[str, Entry]
    sizes: Mapping[str, int]
    missing: bytes
    attributes: bytes


class Read(NamedTuple):
    """A file that was read from the disk, as git would record it."""

    entry: Entry
    data: bytes


class Seen(NamedTuple):
    """What a look at the work tree finds: git's answers, and the files that were `read` because of them, by path.

    The answers are the tracked files that are `altered`, the untracked sources (`new`), the untracked files in `build/`
    (`built`), and the attributes of untracked files (`attributes`).
    """

    git: Git
    indexed: Indexed
    altered: bytes
    new: bytes
    built: bytes
    attributes: bytes
    read: Mapping[str, Read]
    glance: str

    @property
    def untracked(self) -> list[str]:
        """The files that git does not track, sorted."""
        return sorted({*records(self.new), *records(self.built)})

    @property
    def present(self) -> set[str]:
        """The existing files whose content is not, or may not be, that of the index."""
        changed = listing.changed(self.altered)
        there = (path for path, letter in changed.items() if letter != "D" and path in self.indexed.entries)
        return {*there, *records(self.new), *records(self.built)}


def look(repository: Repository, report: Report, glanced: Glanced, *, remembering: bool = False) -> Seen:
    """The files on the disk, tracked or not; those that cannot be read or are in conflict are reported.

    `glanced` is called during the look, because the glance is known as soon as git has compared the tracked files.
    With `remembering`, git is asked only about what an earlier look has not recorded. Raises `GitError`.
    """
    ground_states = record.ground_states(repository) if remembering else None
    with Git(repository.root).meanwhile(listing.STAGED) as staged:
        git = attribute.without_filters(Git(repository.root))
        with git.meanwhile(listing.CHANGED) as differing:
            altered = cache(lambda: differing()[0])
            # The other questions keep every processor busy.
            with untracked.looking(
                git, repository, ground_states, has_changes=altered, remembering=remembering
            ) as looking:
                (stages,) = staged()
                tracked = listing.staged_entries(stages, report)
                index = Index(sha256(stages).hexdigest(), tracked)
                glance = cache(lambda: glance_of(repository, index.digest, altered()))
                with measuring_sources(git, tracked) as measured, looking(index) as others:
                    # Finding untracked files takes git longest, and if anything has changed, most often a tracked file
                    # has too.
                    glanced(glance, lambda: len(tracked) < _MANY or differing.ready)
                    sizes, missing = measured()
                    new, built, attributes = others()
                indexed = Indexed(index.digest, tracked, sizes, missing, attributes)
                seen = Seen(git, indexed, altered(), new, built, b"", {}, glance())
    of_others = attribute.ask(git, seen.untracked)
    return seen._replace(
        attributes=of_others, read=read(repository, seen, seen.present, attributes + of_others, report)
    )


def glance_of(repository: Repository, digest: str, altered: bytes) -> str:
    """A digest of the tracked files: of the index, given by its digest, and of the state of the altered files."""
    return " ".join((digest, *map(identify, (altered, touched(repository.root, listing.changed(altered))))))


def read(
    repository: Repository, seen: Seen, paths: Iterable[str], attributes: bytes, report: Report
) -> dict[str, Read]:
    """Those of `paths` that exist on the disk, by git's answer on their `attributes`; others are reported."""
    paths = set(paths)
    found = Checkout(seen.git, seen.indexed.entries, attribute.line_endings(attributes, paths)).read(paths, report)
    return {path: Read(Entry(identify(data, repository.algorithm), mode), data) for path, mode, data in found}


def entries(seen: Seen) -> dict[str, Entry]:
    """The entries of all files by path: from the index for unaltered files, from the disk for those that were read."""
    found = seen.indexed.entries.copy()
    for path in listing.changed(seen.altered).keys() - seen.read.keys():
        found.pop(path, None)
    return found | {path: each.entry for path, each in seen.read.items()}
