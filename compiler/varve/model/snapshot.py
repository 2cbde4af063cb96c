"""Every file that the compiler may read, frozen at one moment."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from operator import itemgetter
from typing import Final, Literal, NamedTuple, TypeAlias

from varve.model.source import Source

Algorithm: TypeAlias = Literal["sha1", "sha256"]
"""The object format of a repository, which decides how long its blob ids are."""

_SHA256: Final = 64


class Entry(NamedTuple):
    """What git knows of a file without opening it: its blob id and its mode, such as `100644` or `120000`."""

    id: str
    mode: str


_id: Final[Callable[[Entry], str]] = itemgetter(0)
"""The id of an entry, without the detour through Python that each of ten thousands would take."""


@dataclass(frozen=True)
class Snapshot:
    """The files of a commit, of the index or of the work tree, by path from the folder that holds `varve.yaml`.

    `contents` maps blob ids to bytes and may fetch them as they are asked for: an id has one content for ever, so a
    compile stays a function of the snapshot. The standard library's files stand under their own paths wherever the
    repository has none of that name; `library` names them. `refused` are the paths of files that are there and cannot
    be read, such as symbolic links: whoever owns one cannot be compiled. `tracked` is what git knows,
    by path, whether that stands there, another file or none.
    """

    entries: Mapping[str, Entry]
    contents: Mapping[str, bytes]
    library: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    tracked: Mapping[str, Entry] = field(default_factory=dict)

    @property
    def algorithm(self) -> Algorithm:
        """What its blob ids are made by, which shows in their length."""
        one = next(iter(self.entries.values()), None)
        return "sha256" if one and len(one.id) == _SHA256 else "sha1"

    def __contains__(self, path: str) -> bool:
        return path in self.entries

    def source(self, path: str) -> Source:
        """The file at `path`; `KeyError` where there is none."""
        id_ = self.entries[path].id
        return Source(path, id_, self.contents[id_])

    def ids(self, folder: str) -> dict[str, str]:
        """The blob ids of the files below `folder`, by path."""
        return dict(zip(*self.between(folder, folder), strict=True))

    def between(self, first: str, last: str) -> tuple[list[str], list[str]]:
        """The sorted paths below two folders, and of whatever stands between these; and the blob ids of the files."""
        start, end = _span(first, self._paths)[0], _span(last, self._paths)[1]
        return self._paths[start:end], self._ids[start:end]

    def under(self, folder: str) -> Iterator[str]:
        """The paths below `folder` (which ends without a slash), sorted."""
        return iter(below(folder, self._paths))

    def beside(self, folder: str) -> Iterator[str]:
        """All other paths, sorted."""
        return beside(folder, self._paths)

    @cached_property
    def _ids(self) -> list[str]:
        """The blob ids of all files, in the order of their paths."""
        # Mostly that is the order in which they stand here, and none has to be looked up.
        ordered = self._paths == list(self.entries)
        return list(map(_id, self.entries.values() if ordered else map(self.entries.__getitem__, self._paths)))

    @cached_property
    def _paths(self) -> list[str]:
        """All paths, sorted: they are many, and each folder's stand together."""
        return sorted(self.entries)


def below(folder: str, paths: Sequence[str]) -> Sequence[str]:
    """Those of the sorted `paths` that lie below `folder` (which ends without a slash)."""
    start, end = _span(folder, paths)
    return paths[start:end]


def beside(folder: str, paths: Sequence[str]) -> Iterator[str]:
    """All other paths of the sorted `paths`."""
    start, end = _span(folder, paths)
    return chain(paths[:start], paths[end:])


def _span(folder: str, paths: Sequence[str]) -> tuple[int, int]:
    # No character comes between a slash and a zero.
    return bisect_left(paths, folder + "/"), bisect_left(paths, folder + "0")
