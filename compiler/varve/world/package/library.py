"""The standard library of packs, templates and policies that varve ships, laid under a repository's own."""

import os
from collections.abc import Callable, Iterator
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
    entries = dict(snapshot.entries) | {path: Entry(id_, "100644") for path, id_ in ids.items()}
    ordered = {path: entries[path] for path in sorted(entries)}
    contents = Together({ids[path]: data for path, data in added.items()}, snapshot.contents)
    return replace(snapshot, entries=ordered, contents=contents, library=frozenset(added))


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
