"""Every file that the compiler may read, frozen at one moment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from varve.model.source import Source


class Entry(NamedTuple):
    """What git knows of a file without opening it: its blob id and its mode, such as `100644` or `120000`."""

    id: str
    mode: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The files of a commit, of the index or of the work tree, by path from the folder that holds `varve.yaml`.

    `contents` maps blob ids to bytes and may fetch them as they are asked for: an id has one content for ever, so a
    compile stays a function of the snapshot. The standard library's files stand under their own paths wherever the
    repository has none of that name; `library` names them. `refused` are the paths of files that are there and cannot
    be read, such as symbolic links: whoever owns one cannot be compiled.
    """

    entries: Mapping[str, Entry]
    contents: Mapping[str, bytes]
    library: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()

    def __contains__(self, path: str) -> bool:
        return path in self.entries

    def source(self, path: str) -> Source:
        """The file at `path`; `KeyError` where there is none."""
        id_ = self.entries[path].id
        return Source(path, id_, self.contents[id_])

    def under(self, folder: str) -> Iterator[str]:
        """The paths below `folder` (which ends without a slash), sorted."""
        prefix = folder + "/"
        return (path for path in self.entries if path.startswith(prefix))
