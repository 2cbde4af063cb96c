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
    """What git records of a file: its blob id and its mode, such as `100644` or `120000`."""

    id: str
    mode: str


_id: Final[Callable[[Entry], str]] = itemgetter(0)
"""The id of an entry; `itemgetter` avoids a Python call for each of tens of thousands of entries."""


@dataclass(frozen=True)
class Snapshot:
    """The files of a commit, of the index or of the work tree, by path from the folder that contains `varve.yaml`.

    `contents` maps blob ids to bytes and may fetch them on demand: the content of an id never changes, so a compile
    stays a function of the snapshot. Files that varve ships are included under their own paths if the repository has no
    file there; `library` is those paths. `refused` are the paths of files that exist but may not be read, such as
    symbolic links: the tenant that owns one is not compiled. `tracked` is what git tracks, by path, even if the
    snapshot has another file there, or none.
    """

    entries: Mapping[str, Entry]
    contents: Mapping[str, bytes]
    library: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    tracked: Mapping[str, Entry] = field(default_factory=dict)

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm of the blob ids, which their length determines."""
        entry = next(iter(self.entries.values()), None)
        return "sha256" if entry and len(entry.id) == _SHA256 else "sha1"

    def __contains__(self, path: str) -> bool:
        return path in self.entries

    def refuses(self, folder: str) -> bool:
        """Whether anything in `folder`, or the folder itself, may not be read, so that its content is not known."""
        own = f"{folder}/"
        return any(f"{path}/".startswith(own) or own.startswith(f"{path}/") for path in self.refused)

    def source(self, path: str) -> Source:
        """The file at `path`; raises `KeyError` if there is none."""
        id_ = self.entries[path].id
        return Source(path, id_, self.contents[id_])

    def ids(self, folder: str) -> dict[str, str]:
        """The blob ids of the files below `folder`, by path."""
        return dict(zip(*self.between(folder, folder), strict=True))

    def between(self, first: str, last: str) -> tuple[list[str], list[str]]:
        """The sorted paths from those below `first` to those below `last`, and the blob ids of these files."""
        start, end = _span(first, self._paths)[0], _span(last, self._paths)[1]
        return self._paths[start:end], self._ids[start:end]

    def under(self, folder: str) -> Iterator[str]:
        """The paths below `folder` (which ends without a slash), sorted."""
        return iter(below(folder, self._paths))

    def excluding(self, folder: str) -> Iterator[str]:
        """The paths that are not below `folder`, sorted."""
        return excluding(folder, self._paths)

    @cached_property
    def _ids(self) -> list[str]:
        """The blob ids of all files, in the order of their paths."""
        # Usually `entries` is sorted already, and no lookup is needed.
        ordered = self._paths == list(self.entries)
        return list(map(_id, self.entries.values() if ordered else map(self.entries.__getitem__, self._paths)))

    @cached_property
    def _paths(self) -> list[str]:
        """All paths, sorted, so that those below a folder are contiguous."""
        return sorted(self.entries)


def below(folder: str, paths: Sequence[str]) -> Sequence[str]:
    """Those of the sorted `paths` that are below `folder` (which ends without a slash)."""
    start, end = _span(folder, paths)
    return paths[start:end]


def excluding(folder: str, paths: Sequence[str]) -> Iterator[str]:
    """Those of the sorted `paths` that are not below `folder`."""
    start, end = _span(folder, paths)
    return chain(paths[:start], paths[end:])


def _span(folder: str, paths: Sequence[str]) -> tuple[int, int]:
    # In Unicode, `0` is the next character after the slash.
    return bisect_left(paths, folder + "/"), bisect_left(paths, folder + "0")
