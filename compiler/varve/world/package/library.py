"""The standard library of packs, templates and policies that varve ships, which a repository's own files override."""

import os
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import varve
from varve.language.blob import identify
from varve.model.snapshot import Entry, Snapshot
from varve.world.git.content import Chained
from varve.world.git.repository import Repository

_FOLDERS: Final = ("policies", "templates")
_OWN: Final = ("policies/settings.", "policies/waivers.", "policies/rotated", "policies/allowed_signers")
"""The beginnings of paths that belong only to varve's own repository, and not to the library."""


def overlay(snapshot: Snapshot, repository: Repository) -> Snapshot:
    """`snapshot` with those files of the standard library that it lacks; its field `library` names them.

    varve's own repository contains the library already, in the version of the snapshot.
    """
    if _home() in (None, repository.root):
        return snapshot
    added = {path: data for path, data in files() if path not in snapshot}
    ids = {path: identify(data, repository.algorithm) for path, data in added.items()}
    entries = _merged(snapshot.entries, {path: Entry(id_, "100644") for path, id_ in ids.items()})
    contents = Chained({ids[path]: data for path, data in added.items()}, snapshot.contents)
    return replace(snapshot, entries=entries, contents=contents, library=frozenset(added))


def _merged(entries: Mapping[str, Entry], added: Mapping[str, Entry]) -> dict[str, Entry]:
    """Both kinds of entries, sorted by path; fast, because nearly all are sorted already and need no lookup."""
    ordered = sorted(entries)
    values = [*(entries.values() if ordered == list(entries) else map(entries.__getitem__, ordered))]
    for path in sorted(added):
        at = bisect_left(ordered, path)
        ordered.insert(at, path)
        values.insert(at, added[path])
    return dict(zip(ordered, values, strict=True))


def files() -> Iterator[tuple[str, bytes]]:
    """The files of the standard library, with the paths that they have in a repository."""
    for folder in folders():
        for path in below(str(folder), _is_hidden):
            name = folder.name + path.removeprefix(str(folder))
            if not name.startswith(_OWN):
                # A checkout of varve may have other line endings than the wheel.
                yield name, Path(path).read_bytes().replace(b"\r\n", b"\n")


def folders() -> tuple[Path, ...]:
    """The folders with the library's files; they may contain other files too."""
    home = _home()
    return tuple(home / folder for folder in _FOLDERS if (home / folder).is_dir()) if home else ()


def _home() -> Path | None:
    """The folder of the library: inside the installed package, or that of varve's own repository."""
    package = Path(os.path.realpath(varve.__file__)).parent
    candidates = (package / "library", package.parent.parent)
    return next((home for home in candidates if any((home / folder).is_dir() for folder in _FOLDERS)), None)


def _is_hidden(name: str) -> bool:
    return name.startswith(".")


def below(folder: str, left_out: Callable[[str], bool]) -> Iterator[str]:
    """The paths of all files below a folder, without files and folders whose names are `left_out`.

    Links to folders are not followed.
    """
    with os.scandir(folder) as found:
        for each in found:
            if left_out(each.name):
                continue
            if each.is_dir(follow_symlinks=False):
                yield from below(each.path, left_out)
            elif each.is_file():
                yield each.path
