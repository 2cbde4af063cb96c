"""The state of the folders of varve's files on the disk.

Whenever a name is added to a folder or removed from it, the system changes the folder's ctime, which nobody can set
back. So the earlier states of all folders, and of the files in them that configure git, show where to look again.
"""

import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator
from enum import Enum, auto
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from varve.world.disk import file
from varve.world.git import listing

State: TypeAlias = tuple[int, int, int, int]
"""The state of a file or folder: device, inode, and the times mtime and ctime in nanoseconds since 1970."""

UNKNOWN: Final[State] = (-1, -1, -1, -1)
"""A state that nothing can have, so it differs from every later one."""

_GONE: Final[State] = (0, 0, 0, 0)
_TOPS: Final = tuple(name.encode() for name in (*listing.SOURCES, listing.BUILD))
_GITS: Final = ".git"
_OF_GIT: Final = tuple(f"/{name}".encode() for name in listing.GIT_FILES)
_MOUNTS: Final = Path("/proc/self/mountinfo")
_SURE: Final = {"bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "overlay", "tmpfs", "xfs", "zfs"}
"""File systems that only this machine writes to; the times of a shared one may be seen late."""

state_of: Final[Callable[[os.stat_result], State]] = attrgetter("st_dev", "st_ino", "st_mtime_ns", "st_ctime_ns")
"""The state in a result of `stat`."""


class _Kind(Enum):
    """A relevant entry of a folder: a folder, one of git's own files, or one that makes git's answers uncertain."""

    FOLDER = auto()
    GIT_FILE = auto()
    STRANGE = auto()


class Folders(NamedTuple):
    """The paths of folders and of git's own files in them, with their states; varve's top-level names come first."""

    paths: list[bytes]
    states: list[State]

    def changed(self, now: list[State]) -> list[bytes]:
        """The paths whose states differ `now`."""
        if now == self.states:
            return []
        return [path for path, one, other in zip(self.paths, self.states, now, strict=True) if one != other]

    def settled(self, moment: int) -> "Folders":
        """These folders, with `UNKNOWN` for each that may have changed since `moment`, in nanoseconds since 1970."""
        before = moment - file.APART
        return Folders(self.paths, [each if each[-1] < before else UNKNOWN for each in self.states])


NOTHING: Final = Folders([*_TOPS], [UNKNOWN for _ in _TOPS])
"""What is known before the first look."""


def current_states(root: int, paths: list[bytes]) -> list[State]:
    """The present state of each path; varve's top-level names come first. Raises `OSError`."""
    at = partial(os.lstat, dir_fd=root)
    tops, others = paths[: len(_TOPS)], paths[len(_TOPS) :]
    found = [_or_gone(at, path) for path in tops]
    try:
        # There are tens of thousands of them, and nearly always all exist.
        return found + list(map(state_of, map(at, others)))
    except (FileNotFoundError, NotADirectoryError):
        return found + [_or_gone(at, path) for path in others]


def updated(root: int, before: Folders, now: list[State]) -> Folders | None:
    """All folders with their present states, found by listing only those that have `changed`; raises `OSError`.

    None if the file system's times are not reliable, one of git's own files is not a regular file, or there is another
    repository.
    """
    there = {path: each for path, each in zip(before.paths, now, strict=True) if each != _GONE or path in _TOPS}
    altered = before.changed(now)
    gone = (path for path in before.paths if path not in there)
    if not {path.rpartition(b"/")[0] for path in gone}.issubset(altered):
        # A folder was replaced during the look. If the old one is moved back, nothing would show that it has to be
        # listed again.
        return None
    changed = [path for path in altered if _is_folder(root, path)]
    found = list(_below(root, changed, there))
    if any(path is None for path in found):
        return None
    paths = [*there, *(path for path in found if path)]
    states = [*there.values(), *current_states(root, [*_TOPS, *paths[len(there) :]])[len(_TOPS) :]]
    return Folders(paths, states) if _are_sure(states) else None


def configures_git(root: int, path: bytes, known: Collection[bytes]) -> bool:
    """Whether a path is one of git's own files, or a folder with one that is not `known`, or with a repository."""
    inner = (path + name for name in (f"/{_GITS}".encode(), *_OF_GIT))
    at = partial(os.lstat, dir_fd=root)
    return path.endswith(_OF_GIT) or any(_or_gone(at, each) != _GONE and each not in known for each in inner)


def _below(root: int, folders: list[bytes], known: Collection[bytes]) -> Iterator[bytes | None]:
    """The folders and git's own files below `folders` that are not `known`; None for each `STRANGE` one."""
    ahead = folders.copy()
    while ahead:
        folder = ahead.pop()
        for name, kind in _inside(root, folder):
            path = folder + b"/" + name
            if kind is _Kind.STRANGE:
                yield None
            elif path not in known:
                ahead += [path] if kind is _Kind.FOLDER else []
                yield path


def _inside(root: int, folder: bytes) -> list[tuple[bytes, "_Kind"]]:
    """The folders in a folder, git's own files and repositories, each with its kind."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=root)
    try:
        with os.scandir(descriptor) as inner:
            kinds = ((each.name, _kind(each)) for each in inner)
            return [(os.fsencode(name), kind) for name, kind in kinds if kind]
    finally:
        os.close(descriptor)


def _kind(entry: "os.DirEntry[str]") -> "_Kind | None":
    if entry.name == _GITS:
        return _Kind.STRANGE
    if entry.name in listing.GIT_FILES:
        return _Kind.GIT_FILE if entry.is_file(follow_symlinks=False) else _Kind.STRANGE
    return _Kind.FOLDER if entry.is_dir(follow_symlinks=False) else None


def _or_gone(at: "partial[os.stat_result]", path: bytes) -> State:
    try:
        found: State = state_of(at(path))
    except (FileNotFoundError, NotADirectoryError):
        return _GONE
    return found


def _is_folder(root: int, path: bytes) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path, dir_fd=root).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def _are_sure(states: Iterable[State]) -> bool:
    """Whether all are on file systems whose times show every change at once."""
    mounts = (line.partition(" - ") for line in _MOUNTS.read_text("utf-8", "surrogateescape").splitlines())
    kinds = {left.split(" ")[2]: right.split(" ")[0] for left, _, right in mounts}
    devices = {each[0] for each in states if each != _GONE}
    return all(kinds.get(f"{os.major(device)}:{os.minor(device)}") in _SURE for device in devices)
