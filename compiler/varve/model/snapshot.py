"""Every file that the compiler may read, frozen at one moment."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final, Literal, NamedTuple, TypeAlias

from varve.model.source import Source

Algorithm: TypeAlias = Literal["sha1", "sha256"]
"""The object format of a repository, which decides how long its blob ids are."""

_SHA256: Final = 64


class Entry(NamedTuple):
    """What git knows of a file without opening it: its blob id and its mode, such as `100644` or `120000`."""

    id: str
    mode: str


@dataclass(frozen=True)
class Snapshot:
    """The files of a commit, of the index or of the work tree, by path from the folder that holds `varve.yaml`.

    `contents` maps blob ids to bytes and may fetch them as they are asked for: an id has one content for ever, so a
    compile stays a function of the snapshot. The standard library's files stand under their own paths wherever the
    repository has none of that name; `library` names them. `refused` are the paths of files that are there and cannot
    be read, such as symbolic links: whoever owns one cannot be compiled. `tracked` are the paths
    that git knows, whether a file stands there or not.
    """

    entries: Mapping[str, Entry]
    contents: Mapping[str, bytes]
    library: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    tracked: frozenset[str] = frozenset()

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

    def under(self, folder: str) -> Iterator[str]:
        """The paths below `folder` (which ends without a slash), sorted."""
        return iter(below(folder, self._paths))

    def beside(self, folder: str) -> Iterator[str]:
        """All other paths, sorted."""
        start, end = _span(folder, self._paths)
        return chain(self._paths[:start], self._paths[end:])

    @cached_property
    def _paths(self) -> list[str]:
        """All paths, sorted: they are many, and each folder's stand together."""
        return sorted(self.entries)


def below(folder: str, paths: Sequence[str]) -> Sequence[str]:
    """Those of the sorted `paths` that lie below `folder` (which ends without a slash)."""
    start, end = _span(folder, paths)
    return paths[start:end]


def _span(folder: str, paths: Sequence[str]) -> tuple[int, int]:
    # No character comes between a slash and a zero.
    return bisect_left(paths, folder + "/"), bisect_left(paths, folder + "0")
