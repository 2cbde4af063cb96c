"""What git is told that decides what it says of many paths at once: its settings, and files that lie above the others.

Where more decides than that, and than how each path stands in the index and on the disk, nobody can know what git would
say but git.
"""

import os
import stat
import sys
from pathlib import Path
from typing import Final, NamedTuple

from varve.world.git import listing
from varve.world.git.command import Git, records
from varve.world.git.repository import Repository

_BROAD: Final = frozenset({"attr.tree", "core.ignorecase", "core.sparsecheckout"})
"""Settings by which more decides what git says of a path than how it stands there."""
_OFF: Final = "false"


class Told(NamedTuple):
    """git's settings, and what the files say that speak of many paths and lie in none of varve's folders."""

    settings: bytes
    beside: tuple[bytes, ...]


def told(repository: Repository) -> Told | None:
    """What git is told now; None where more decides than that. Raises `GitError` and `OSError`."""
    settings = Git(repository.root).run("config", "--list", "-z")
    # Other systems may tell of a folder where a file in it has changed.
    if sys.platform != "linux" or any(map(_is_broad, records(settings))):
        return None
    try:
        return Told(settings, tuple(map(data, deciding(repository))))
    except IsADirectoryError:
        return None


def above(repository: Repository) -> list[Path]:
    """The files in the folder of `varve.yaml`, and above it, that would speak to git if they were there."""
    folders = [
        folder for folder in (repository.root, *repository.root.parents) if folder.is_relative_to(repository.top)
    ]
    return [folder / name for folder in folders for name in listing.OF_GIT]


def deciding(repository: Repository) -> list[Path]:
    """The files that would speak of many paths, and lie in none of varve's folders; raises `OSError`."""
    return [_shared(repository.folder) / "info/attributes", *above(repository)]


def data(file: Path) -> bytes:
    """What a file holds, nothing where there is none; `IsADirectoryError` for what is no file."""
    try:
        if not stat.S_ISREG(file.lstat().st_mode):
            raise IsADirectoryError(file)
        return file.read_bytes()
    except FileNotFoundError:
        return b""


def _is_broad(setting: str) -> bool:
    name, _, value = setting.partition("\n")
    return name in _BROAD and value != _OFF


def _shared(folder: Path) -> Path:
    """git's own folder for all work trees of a clone, of which one has `folder`."""
    try:
        return folder / os.fsdecode((folder / "commondir").read_bytes()).rstrip("\n")
    except FileNotFoundError:
        return folder
