"""The contents of blobs by id, fetched from git when they are first needed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Final

from varve.model.diagnostic import Place, Report, Rule
from varve.model.snapshot import Entry, below, excluding
from varve.read.decode import LIMIT
from varve.world.git import allowance
from varve.world.git.command import Git, MissingError
from varve.world.git.listing import BUILD, sources
from varve.world.git.repository import MISSING_OBJECT, REFETCH

LFS_POINTER = Rule(
    "world/lfs-pointer",
    "A source is a Git LFS pointer",
    "The commit contains three lines that name a file on an LFS server instead of the file. A source has to be in the "
    "commit, or a build could not be repeated from it. Run `git lfs untrack` on the pattern and add the file itself.",
)

_ARTIFACTS: Final = BUILD + "/"
_POINTER: Final = b"version https://git-lfs.github.com/spec/"
_POINTER_SIZES: Final = range(100, 400)
_CHUNK: Final = 256
_TOO_LONG: Final = bytes(LIMIT + 1)
"""Replaces every content that is longer than a source may be, because only the fact that it is too long matters."""


class Contents(Mapping[str, bytes]):
    """Bytes by blob id: those in memory, and those that git has, which are fetched together with their neighbours.

    Each fetch of sources gets four times as many as the previous one, because compiling one tenant needs few of them,
    and compiling every tenant needs all.
    """

    def __init__(self, git: Git, held: dict[str, bytes], sources: Iterable[str], artifacts: Iterable[str]) -> None:
        """`held` are in memory; git has those of `sources` and `artifacts` that are not."""
        self._git = git
        self._held = held
        self._sources = list(dict.fromkeys(sources))
        self._built = list(artifacts)
        self._many = _CHUNK

    def __getitem__(self, id_: str) -> bytes:
        if id_ not in self._held:
            self._held.update(fetch(self._git, self._neighbours(id_)))
        return self._held[id_]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._sources, *self._built, *self._held)))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, id_: object) -> bool:
        return id_ in self._held or id_ in self._source_places or id_ in self._artifact_places

    @cached_property
    def _source_places(self) -> dict[str, int]:
        """The position of each source; the last is next to the first, because the platform's are at both ends."""
        return {id_: place for place, id_ in enumerate(self._sources)}

    @cached_property
    def _artifact_places(self) -> dict[str, int]:
        """The position of the first occurrence of each artifact."""
        return dict(zip(reversed(self._built), range(len(self._built) - 1, -1, -1), strict=True))

    def _sources_around(self, place: int) -> list[str]:
        many, self._many = self._many, 4 * self._many
        if many >= len(self._sources):
            return self._sources
        first = place - many // 2
        return [self._sources[each % len(self._sources)] for each in range(first, first + many)]

    def _neighbours(self, id_: str) -> list[str]:
        if id_ in self._source_places:
            return [each for each in self._sources_around(self._source_places[id_]) if each not in self._held]
        # The artifacts of one tenant are adjacent, and whoever needs one of them needs the others.
        start = self._artifact_places[id_]
        return [each for each in dict.fromkeys(self._built[start : start + _CHUNK]) if each not in self._held]


class Chained(Mapping[str, bytes]):
    """Bytes by blob id from several mappings; each comes from the first mapping that has it."""

    def __init__(self, *held: Mapping[str, bytes]) -> None:
        self._held = held

    def __getitem__(self, id_: str) -> bytes:
        for each in self._held:
            if id_ in each:
                return each[id_]
        raise KeyError(id_)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(id_ for each in self._held for id_ in each))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, id_: object) -> bool:
        return any(id_ in each for each in self._held)


def contents(
    git: Git, entries: dict[str, Entry], held: dict[str, bytes], sizes: Mapping[str, int], report: Report
) -> Contents:
    """The contents of `entries`, which are sorted.

    Sources that are missing, Git LFS pointers or beyond a tenant's limits are reported and removed from `entries`.
    `held` are the bytes in memory by id, to which fetched ones are added; `sizes` are the sizes of all other sources
    that git has, by id.
    """
    paths = list(entries)
    sources = {path: entries[path].id for path in excluding(BUILD, paths)}
    crowded = allowance.crowded(sources, report)
    known = {**sizes, **{id_: len(data) for id_, data in held.items()}}
    weighed = ((path, min(known.get(id_, 0), LIMIT)) for path, id_ in sources.items() if path not in crowded)
    for path in crowded | allowance.heavy(weighed, report):
        del sources[path], entries[path]
    fetchable = {id_: sizes[id_] for id_ in sources.values() if id_ in sizes and id_ not in held}
    held.update((id_, _TOO_LONG) for id_, size in fetchable.items() if size > LIMIT)
    held.update(fetch(git, [id_ for id_, size in fetchable.items() if size in _POINTER_SIZES]))
    for path in (*_missing(sources, known, report), *_pointers(sources, held, report)):
        del entries[path]
    return Contents(git, held, fetchable, [entries[path].id for path in below(BUILD, paths)])


def _missing(sources: dict[str, str], known: Mapping[str, int], report: Report) -> list[str]:
    """The paths of the sources whose content git does not have; each is reported."""
    found = [path for path, id_ in sources.items() if id_ not in known]
    for path in found:
        report.add(MISSING_OBJECT, f"git does not have the content of `{path}`", Place(path), hint=REFETCH)
    return found


def _pointers(sources: dict[str, str], held: Mapping[str, bytes], report: Report) -> list[str]:
    """The paths of the sources that are Git LFS pointers; each is reported."""
    pointers = {id_ for id_, data in held.items() if data.startswith(_POINTER)}
    found = [path for path, id_ in sources.items() if id_ in pointers] if pointers else []
    for path in found:
        report.add(LFS_POINTER, f"`{path}` is a Git LFS pointer", Place(path), hint="keep the file out of Git LFS")
    return found


def fetch(git: Git, ids: list[str]) -> dict[str, bytes]:
    """The bytes of blobs, by id; raises `MissingError` for one that git does not have."""
    if not ids:
        return {}
    answer = git.run("cat-file", "--batch", "--buffer", given="\n".join((*ids, "")).encode())
    found, start = {}, 0
    for id_ in ids:
        end = answer.index(b"\n", start)
        size = answer[start:end].rpartition(b" ")[2]
        if not size.isdigit():
            message = f"the object {id_} is missing"
            raise MissingError(message)
        start = end + 1 + int(size) + 1
        found[id_] = answer[end + 1 : start - 1]
    return found


def measured(git: Git, ids: list[str]) -> dict[str, int]:
    """The size of each of these blobs in bytes, by id, without those that git does not have."""
    with _measuring(git, ids) as found:
        return found()


@contextmanager
def _measuring(git: Git, ids: list[str]) -> Iterator[Callable[[], dict[str, int]]]:
    questions = [("cat-file", "--batch-check", "--buffer")] if ids else []
    with git.meanwhile(*questions, given="\n".join((*ids, "")).encode()) as answers:
        yield lambda: _sizes(b"".join(answers()))


def _sizes(answer: bytes) -> dict[str, int]:
    parts = answer.decode().split()
    if len(parts) == 3 * answer.count(b"\n") and {"blob"}.issuperset(parts[1::3]):
        return dict(zip(parts[::3], map(int, parts[2::3]), strict=True))
    heads = (line.split(" ") for line in answer.decode().splitlines())
    return {head[0]: int(head[2]) for head in heads if head[1] == "blob"}


@contextmanager
def measuring_sources(git: Git, entries: Mapping[str, Entry]) -> Iterator[Callable[[], tuple[dict[str, int], bytes]]]:
    """Query git for the result of `measured_sources` while the block does something else; calling the value waits."""
    ids = sources(entries)
    with _measuring(git, ids) as found:
        yield lambda: _with_missing(ids, found())


def measured_sources(git: Git, entries: Mapping[str, Entry]) -> tuple[Mapping[str, int], bytes]:
    """The size of each source in bytes, by id, and the ids that git does not have, one per line."""
    with measuring_sources(git, entries) as found:
        return found()


def _with_missing(ids: list[str], sizes: dict[str, int]) -> tuple[dict[str, int], bytes]:
    missing = [] if len(sizes) == len(ids) else [id_ for id_ in ids if id_ not in sizes]
    return sizes, "\n".join(missing).encode()
