"""A look at the work tree: what git says of its files, and what was read of those that may differ from the index."""

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
from varve.world.snapshot import loose, recollection
from varve.world.snapshot.checkout import Checkout, touched
from varve.world.snapshot.recollection import Index

Glanced: TypeAlias = Callable[[Callable[[], str], Callable[[], bool]], object]
"""Is told, if it asks, the glance of a view while git is still looking: a digest of its tracked files, which is another
one as soon as one of them is changed. Whether it is there, or will be in no time, the other question tells."""

_MANY: Final = 5000
"""How many files git compares in hardly more time than it takes to begin."""


class Indexed(NamedTuple):
    """The index: the digest of git's list of it, and what is the same as long as the list is.

    `sizes` are those of all sources that git has, by id, `missing` are the ids that it has not, and `said` is what it
    says of the attributes of all paths.
    """

    digest: str
    entries: dict[str, Entry]
    sizes: Mapping[str, int]
    missing: bytes
    said: bytes


class Read(NamedTuple):
    """A file that was read from the disk, as git would record it."""

    entry: Entry
    data: bytes


class Seen(NamedTuple):
    """What a look at the work tree finds: git's own answers, and the files that were `read` because of them, by path.

    git says which tracked files are `altered`, which sources are `new`, and what stands in `build/` that it does not
    track; and what is `said` of the attributes of those that it does not.
    """

    git: Git
    indexed: Indexed
    altered: bytes
    new: bytes
    built: bytes
    said: bytes
    read: Mapping[str, Read]
    glance: str

    @property
    def untracked(self) -> list[str]:
        """The files that git does not track, sorted."""
        return sorted({*records(self.new), *records(self.built)})

    @property
    def present(self) -> set[str]:
        """The files of which the index does not tell what they hold."""
        changed = listing.changed(self.altered)
        there = (path for path, letter in changed.items() if letter != "D" and path in self.indexed.entries)
        return {*there, *records(self.new), *records(self.built)}


def look(repository: Repository, report: Report, glanced: Glanced, *, remembering: bool = False) -> Seen:
    """What stands on the disk, tracked or not; what cannot be read, or is in conflict, is reported. Raises `GitError`.

    `glanced` is told the glance, which is known as soon as git has looked at what it tracks. Looks that are
    `remembering` ask git only for what is not known of an earlier one.
    """
    stood = recollection.standing(repository) if remembering else None
    with Git(repository.root).meanwhile(listing.STAGED) as staged:
        git = attribute.disarmed(Git(repository.root))
        with git.meanwhile(listing.CHANGED) as differing:
            altered = cache(lambda: differing()[0])
            # The other questions keep every processor busy.
            with loose.looking(git, repository, stood, hurried=altered, remembering=remembering) as looking:
                (stages,) = staged()
                tracked = listing.settled(stages, report)
                index = Index(sha256(stages).hexdigest(), tracked)
                glance = cache(lambda: glance_of(repository, index.digest, altered()))
                with measuring_sources(git, tracked) as measured, looking(index) as others:
                    # git takes longest to find what it does not track, and seldom is nothing else new.
                    glanced(glance, lambda: len(tracked) < _MANY or differing.ready)
                    sizes, missing = measured()
                    new, built, said = others()
                indexed = Indexed(index.digest, tracked, sizes, missing, said)
                seen = Seen(git, indexed, altered(), new, built, b"", {}, glance())
    of_others = attribute.ask(git, seen.untracked)
    return seen._replace(said=of_others, read=read(repository, seen, seen.present, said + of_others, report))


def glance_of(repository: Repository, digest: str, altered: bytes) -> str:
    """A digest of the tracked files, of an index with this digest and what git says of those that are altered."""
    return " ".join((digest, *map(identify, (altered, touched(repository.root, listing.changed(altered))))))


def read(repository: Repository, seen: Seen, paths: Iterable[str], said: bytes, report: Report) -> dict[str, Read]:
    """Those of `paths` that stand on the disk, of which `said` tells the attributes; unreadable ones are reported."""
    paths = set(paths)
    found = Checkout(seen.git, seen.indexed.entries, attribute.of_lines(said, paths)).read(paths, report)
    return {path: Read(Entry(identify(data, repository.algorithm), mode), data) for path, mode, data in found}


def entries(seen: Seen) -> dict[str, Entry]:
    """What stands there, by path: what the index says where git finds nothing altered, and what was read elsewhere."""
    found = seen.indexed.entries.copy()
    for path in listing.changed(seen.altered).keys() - seen.read.keys():
        found.pop(path, None)
    return found | {path: each.entry for path, each in seen.read.items()}
