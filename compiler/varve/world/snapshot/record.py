"""Records what a look found, with the states of the folders that it depends on, for later looks.

The record is sealed as the repository's own cache is, because whoever could forge it could hide a file. The first look
at a clone records only that it took place: reading the states of all folders takes longer than asking git, and a CI job
does not look again.
"""

import marshal
import os
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from importlib.util import MAGIC_NUMBER
from operator import itemgetter
from pathlib import Path
from typing import Final, NamedTuple

from varve.model.snapshot import Entry
from varve.world.cache import seal, sealed
from varve.world.git import listing
from varve.world.git.command import Git, GitError
from varve.world.git.repository import Repository
from varve.world.snapshot import folders, git_config
from varve.world.snapshot.folders import Folders, State

_NAME: Final = "folders"
_FORM: Final = b"varve folders 1"
_LARGEST: Final = 1 << 26
_LINKED: Final = "160000"
"""The mode of another repository in an index."""


class Loose(NamedTuple):
    """git's lists of untracked sources (`new`), of untracked files in `build/` (`built`), and of attributes."""

    new: bytes
    built: bytes
    attributes: bytes


class Index(NamedTuple):
    """What git tracks: the digest of git's list of it, and the entries by path."""

    digest: str
    entries: Mapping[str, Entry]


class Ground(NamedTuple):
    """What git's answers about unchanged paths depend on: a digest of the index and of git's configuration.

    `written` is the state of the index file.
    """

    digest: str
    written: State


class Known(NamedTuple):
    """What a look found, and on which ground; the states of folders that may have changed during it are `UNKNOWN`."""

    ground: Ground
    folders: Folders
    loose: Loose


_BEGUN: Final = Known(Ground("", folders.UNKNOWN), folders.NOTHING, Loose(b"", b"", b""))
"""What the first look records."""


def recall(repository: Repository) -> Known | None:
    """What an earlier look has recorded, if there was one."""
    body = sealed.recall(repository.folder, _NAME, _context(repository), _LARGEST)
    if body is None:
        return None
    ground, folder_states, loose = marshal.loads(body)  # noqa: S302 - its seal was verified
    return Known(Ground(*ground), Folders(*folder_states), Loose(*loose))


def keep(repository: Repository, known: Known) -> None:
    """Record this for the next look, in place of any earlier record; nothing happens if the disk refuses it."""
    body = marshal.dumps(tuple(map(tuple, known)))
    sealed.keep(repository.folder, _NAME, _context(repository), body, _LARGEST)


def begin(repository: Repository) -> None:
    """Record that a look took place, if the repository has a cache."""
    if seal.find(repository.folder) and git_config.configuration(repository):
        keep(repository, _BEGUN)


def ground(git: Git, repository: Repository, index: Index, before: Ground) -> Ground | None:
    """The ground of a look that begins now; None if git's answers depend on more than that, or it cannot be read."""
    with suppress(GitError, OSError):
        index_state, config = _index(repository), git_config.configuration(repository)
        if config is None or _LINKED in map(itemgetter(1), index.entries.values()):
            return None
        missing = [os.path.relpath(path, repository.root) for path in git_config.above(repository) if not path.exists()]
        parts = index.digest, repository.prefix, *missing, repr(config)
        found = Ground(sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest(), index_state)
        # git reads its own files from the index if they are missing on disk.
        if not missing or found == before or not git.run("ls-files", "-z", "--", *missing):
            return found
    return None


def ground_states(repository: Repository) -> tuple[State, ...] | None:
    """The states of the index and of the files that configure git for many paths; None if they cannot be read.

    If they are the same before and after a look, they were the same for all of git's answers in between.
    """
    with suppress(OSError):
        files = git_config.configuring_files(repository)
        return _index(repository), *(_state(path) for file in files for path in (file, file.parent))
    return None


def _index(repository: Repository) -> State:
    return _state(repository.folder / "index")


def _state(path: Path) -> State:
    with suppress(FileNotFoundError):
        return folders.state_of(os.lstat(path))
    return folders.UNKNOWN


def _context(repository: Repository) -> bytes:
    """What the record is valid for: these git commands, and this Python, because others have another format."""
    commands = repr((folders.NOTHING.paths, listing.NEW)).encode()
    return b"\n".join((_FORM, MAGIC_NUMBER.hex().encode(), commands, os.fsencode(repository.prefix)))
