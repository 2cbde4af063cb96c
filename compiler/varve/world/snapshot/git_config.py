"""The configuration that affects git's answers about many paths: its settings, and its own files above the sources.

git's answer about a path depends on this and on the path's state in the index and on disk; in a repository where it
depends on more, only git can give it.
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
"""Settings by which git's answer about a path depends on more than the path's state."""
_OFF: Final = "false"


class Configuration(NamedTuple):
    """git's settings, and the contents of the files outside varve's folders that configure git for many paths."""

    settings: bytes
    files: tuple[bytes, ...]


def configuration(repository: Repository) -> Configuration | None:
    """git's present configuration; None if its answers depend on more than that. Raises `GitError` and `OSError`."""
    settings = Git(repository.root).run("config", "--list", "-z")
    # Other systems may report the folder of a file that has changed, instead of the file.
    if sys.platform != "linux" or any(map(_is_broad, records(settings))):
        return None
    try:
        return Configuration(settings, tuple(map(data, configuring_files(repository))))
    except IsADirectoryError:
        return None


def above(repository: Repository) -> list[Path]:
    """The paths of git's own files in the folder of `varve.yaml` and above it, whether or not they exist."""
    folders = [
        folder for folder in (repository.root, *repository.root.parents) if folder.is_relative_to(repository.top)
    ]
    return [folder / name for folder in folders for name in listing.GIT_FILES]


def configuring_files(repository: Repository) -> list[Path]:
    """The paths of the files outside varve's folders that configure git for many paths; raises `OSError`."""
    return [_shared(repository.folder) / "info/attributes", *above(repository)]


def data(file: Path) -> bytes:
    """The content of a file, empty if it is missing; raises `IsADirectoryError` if it is not a regular file."""
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
    """git's common folder for all work trees of a clone, given that of one of them."""
    try:
        return folder / os.fsdecode((folder / "commondir").read_bytes()).rstrip("\n")
    except FileNotFoundError:
        return folder
