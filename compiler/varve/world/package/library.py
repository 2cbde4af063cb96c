"""The standard library of packs, templates and policies that varve ships, laid under a repository's own."""

import os
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import varve
from varve.language.blob import identify
from varve.model.snapshot import Entry, Snapshot
from varve.world.git.content import Together
from varve.world.git.repository import Repository

_FOLDERS: Final = ("policies", "templates")
_OWN: Final = ("policies/settings.", "policies/waivers.", "policies/rotated", "policies/allowed_signers")
"""What begins so is the choice of the repository that the library comes from, and nobody else's."""


def overlay(snapshot: Snapshot, repository: Repository) -> Snapshot:
    """`snapshot` with the files of the standard library wherever it has none of that name; `library` names them.

    The repository that the library comes from has it already, in the version of the snapshot.
    """
    if _home() in (None, repository.root):
        return snapshot
    added = {path: data for path, data in files() if path not in snapshot}
    ids = {path: identify(data, repository.algorithm) for path, data in added.items()}
    entries = _among(snapshot.entries, {path: Entry(id_, "100644") for path, id_ in ids.items()})
    contents = Together({ids[path]: data for path, data in added.items()}, snapshot.contents)
    return replace(snapshot, entries=entries, contents=contents, library=frozenset(added))


def _among(entries: Mapping[str, Entry], added: Mapping[str, Entry]) -> dict[str, Entry]:
    """Entries of which nearly all stand in their order, and others put among them: none has to be looked up."""
    ordered = sorted(entries)
    values = [*(entries.values() if ordered == list(entries) else map(entries.__getitem__, ordered))]
    for path in sorted(added):
        at = bisect_left(ordered, path)
        ordered.insert(at, path)
        values.insert(at, added[path])
    return dict(zip(ordered, values, strict=True))


def files() -> Iterator[tuple[str, bytes]]:
    """The files of the standard library, each by the path that it has in a repository."""
    for folder in folders():
        for path in below(str(folder), _is_hidden):
            name = folder.name + path.removeprefix(str(folder))
            if not name.startswith(_OWN):
                # A checkout of varve may have other line ends than the wheel.
                yield name, Path(path).read_bytes().replace(b"\r\n", b"\n")


def folders() -> tuple[Path, ...]:
    """The folders in which these files lie, and others that are none of the library's."""
    home = _home()
    return tuple(home / folder for folder in _FOLDERS if (home / folder).is_dir()) if home else ()


def _home() -> Path | None:
    """Where the library lies: inside the installed package, or beside the sources of varve itself."""
    package = Path(os.path.realpath(varve.__file__)).parent
    candidates = (package / "library", package.parent.parent)
    return next((home for home in candidates if any((home / folder).is_dir() for folder in _FOLDERS)), None)


def _is_hidden(name: str) -> bool:
    return name.startswith(".")


def below(folder: str, left_out: Callable[[str], bool]) -> Iterator[str]:
    """The paths of the files in a folder and in those inside it, but for files and folders of a name that is left out.

    No link to a folder is followed.
    """
    with os.scandir(folder) as found:
        for each in found:
            if left_out(each.name):
                continue
            if each.is_dir(follow_symlinks=False):
                yield from below(each.path, left_out)
            elif each.is_file():
                yield each.path
