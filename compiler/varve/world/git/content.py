"""The bytes behind blob ids, fetched from git when somebody asks for them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Final

from varve.model.diagnostic import Place, Report, Rule
from varve.model.snapshot import Entry, below, beside
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
_LONG: Final = bytes(LIMIT + 1)
"""Stands for every content that is longer than a source may be: that it is, is all that anybody asks of it."""


class Contents(Mapping[str, bytes]):
    """Bytes by blob id: those at hand, and those that git has, which come together with those beside them.

    Of sources each fetch takes four times as many as the one before: who compiles one tenant needs few of them, and who
    compiles every tenant needs all.
    """

    def __init__(self, git: Git, held: dict[str, bytes], sources: Iterable[str], artifacts: Iterable[str]) -> None:
        """`held` are at hand; of `sources` and `artifacts` git has those that are not."""
        self._git = git
        self._held = held
        self._sources = list(dict.fromkeys(sources))
        self._built = list(artifacts)
        self._many = _CHUNK

    def __getitem__(self, id_: str) -> bytes:
        if id_ not in self._held:
            self._held.update(fetch(self._git, self._beside(id_)))
        return self._held[id_]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._sources, *self._built, *self._held)))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, id_: object) -> bool:
        return id_ in self._held or id_ in self._ring or id_ in self._places

    @cached_property
    def _ring(self) -> dict[str, int]:
        """Where each source stands among them. Those of the platform stand at both ends, which meet."""
        return {id_: place for place, id_ in enumerate(self._sources)}

    @cached_property
    def _places(self) -> dict[str, int]:
        """Where each artifact first stands among them."""
        return dict(zip(reversed(self._built), range(len(self._built) - 1, -1, -1), strict=True))

    def _around(self, place: int) -> list[str]:
        many, self._many = self._many, 4 * self._many
        if many >= len(self._sources):
            return self._sources
        first = place - many // 2
        return [self._sources[each % len(self._sources)] for each in range(first, first + many)]

    def _beside(self, id_: str) -> list[str]:
        if id_ in self._ring:
            return [each for each in self._around(self._ring[id_]) if each not in self._held]
        # The artifacts of one tenant stand side by side, and whoever asks for one of them asks for the others.
        start = self._places[id_]
        return [each for each in dict.fromkeys(self._built[start : start + _CHUNK]) if each not in self._held]


class Together(Mapping[str, bytes]):
    """Bytes by blob id that several others hold: each is asked of the first one that has it."""

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
    """The contents of `entries`, which are sorted; those sources are taken out that are missing, elsewhere or too much.

    `held` are the bytes at hand by id, to which all are added that are fetched, and `sizes` those that git has of all
    other sources.
    """
    paths = list(entries)
    sources = {path: entries[path].id for path in beside(BUILD, paths)}
    crowded = allowance.crowded(sources, report)
    known = {**sizes, **{id_: len(data) for id_, data in held.items()}}
    weighed = ((path, min(known.get(id_, 0), LIMIT)) for path, id_ in sources.items() if path not in crowded)
    for path in crowded | allowance.heavy(weighed, report):
        del sources[path], entries[path]
    asked = {id_: sizes[id_] for id_ in sources.values() if id_ in sizes and id_ not in held}
    held.update((id_, _LONG) for id_, size in asked.items() if size > LIMIT)
    held.update(fetch(git, [id_ for id_, size in asked.items() if size in _POINTER_SIZES]))
    for path in (*_missing(sources, known, report), *_pointers(sources, held, report)):
        del entries[path]
    return Contents(git, held, asked, [entries[path].id for path in below(BUILD, paths)])


def _missing(sources: dict[str, str], known: Mapping[str, int], report: Report) -> list[str]:
    """The paths of sources that git does not have, which are reported."""
    found = [path for path, id_ in sources.items() if id_ not in known]
    for path in found:
        report.say(MISSING_OBJECT, f"git does not have the content of `{path}`", Place(path), hint=REFETCH)
    return found


def _pointers(sources: dict[str, str], held: Mapping[str, bytes], report: Report) -> list[str]:
    """The paths of sources that stand elsewhere, which are reported."""
    pointers = {id_ for id_, data in held.items() if data.startswith(_POINTER)}
    found = [path for path, id_ in sources.items() if id_ in pointers] if pointers else []
    for path in found:
        report.say(LFS_POINTER, f"`{path}` is a Git LFS pointer", Place(path), hint="keep the file out of Git LFS")
    return found


def fetch(git: Git, ids: list[str]) -> dict[str, bytes]:
    """The bytes of blobs that git has; raises `MissingError` for one that it has not."""
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
    """How many bytes each of these blobs has; one that git does not have is missing."""
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
    """Let git look for what `measured_sources` gives while the block does something else; then give it."""
    asked = sources(entries)
    with _measuring(git, asked) as found:
        yield lambda: _with_missing(asked, found())


def measured_sources(git: Git, entries: Mapping[str, Entry]) -> tuple[Mapping[str, int], bytes]:
    """How many bytes each source has, by id, and the ids that git does not have."""
    with measuring_sources(git, entries) as found:
        return found()


def _with_missing(asked: list[str], sizes: dict[str, int]) -> tuple[dict[str, int], bytes]:
    missing = [] if len(sizes) == len(asked) else [id_ for id_ in asked if id_ not in sizes]
    return sizes, "\n".join(missing).encode()
