"""How the folders of varve's files stand on the disk.

No name comes into a folder, and none goes, without another time of that folder: the system sets it, and nobody can set
it back. So who knows how all folders stood, and which files in them speak to git, knows where to look again.
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

Stand: TypeAlias = tuple[int, int, int, int]
"""The device, the number, and the times of last change, of its names and of anything, in nanoseconds since 1970."""

UNKNOWN: Final[Stand] = (-1, -1, -1, -1)
"""As nothing ever stands."""

_GONE: Final[Stand] = (0, 0, 0, 0)
_TOPS: Final = tuple(name.encode() for name in (*listing.SOURCES, listing.BUILD))
_GITS: Final = ".git"
_OF_GIT: Final = tuple(f"/{name}".encode() for name in listing.OF_GIT)
_MOUNTS: Final = Path("/proc/self/mountinfo")
_SURE: Final = {"bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "overlay", "tmpfs", "xfs", "zfs"}
"""Kinds of file systems of this machine alone: of one that others write to, too, times may be known late."""

stand: Final[Callable[[os.stat_result], Stand]] = attrgetter("st_dev", "st_ino", "st_mtime_ns", "st_ctime_ns")
"""How that stands of which it is the status."""


class _Kind(Enum):
    """What stands in a folder and matters; what is `STRANGE` nobody can be sure of."""

    FOLDER = auto()
    OF_GIT = auto()
    STRANGE = auto()


class Folders(NamedTuple):
    """The paths of folders and of git's own files in them, and how each of them stood; varve's own names come first."""

    paths: list[bytes]
    stands: list[Stand]

    def changed(self, now: list[Stand]) -> list[bytes]:
        """Those that stand otherwise now."""
        if now == self.stands:
            return []
        return [path for path, one, other in zip(self.paths, self.stands, now, strict=True) if one != other]

    def settled(self, moment: int) -> "Folders":
        """The same, where it is `UNKNOWN` how one stood that may have changed since a moment."""
        before = moment - file.APART
        return Folders(self.paths, [each if each[-1] < before else UNKNOWN for each in self.stands])


NOTHING: Final = Folders([*_TOPS], [UNKNOWN for _ in _TOPS])
"""What is known of folders at which nobody has looked."""


def standing(root: int, paths: list[bytes]) -> list[Stand]:
    """How each of the paths stands now, of which varve's own names come first; raises `OSError`."""
    at = partial(os.lstat, dir_fd=root)
    tops, others = paths[: len(_TOPS)], paths[len(_TOPS) :]
    found = [_or_gone(at, path) for path in tops]
    try:
        # There are ten thousands of them, and nearly always all are there.
        return found + list(map(stand, map(at, others)))
    except (FileNotFoundError, NotADirectoryError):
        return found + [_or_gone(at, path) for path in others]


def renewed(root: int, before: Folders, now: list[Stand]) -> Folders | None:
    """All folders as they stand now, found by looking into those that have `changed`; raises `OSError`.

    None where it is not sure what their times say, or git is spoken to by what is no file, or another repository lies
    there.
    """
    there = {path: each for path, each in zip(before.paths, now, strict=True) if each != _GONE or path in _TOPS}
    altered = before.changed(now)
    gone = (path for path in before.paths if path not in there)
    if not {path.rpartition(b"/")[0] for path in gone}.issubset(altered):
        # While somebody looked, others came in the place of folders: when those are back, nobody would look into them.
        return None
    changed = [path for path in altered if _is_folder(root, path)]
    found = list(_below(root, changed, there))
    if any(path is None for path in found):
        return None
    paths = [*there, *(path for path in found if path)]
    stands = [*there.values(), *standing(root, [*_TOPS, *paths[len(there) :]])[len(_TOPS) :]]
    return Folders(paths, stands) if _are_sure(stands) else None


def speaks(root: int, path: bytes, known: Collection[bytes]) -> bool:
    """Whether a path is a file of git's own, or a folder with one that is not `known`, or with a repository."""
    inner = (path + name for name in (f"/{_GITS}".encode(), *_OF_GIT))
    at = partial(os.lstat, dir_fd=root)
    return path.endswith(_OF_GIT) or any(_or_gone(at, each) != _GONE and each not in known for each in inner)


def _below(root: int, folders: list[bytes], known: Collection[bytes]) -> Iterator[bytes | None]:
    """The folders below some, and git's own files, that are not known; None for what nobody could be sure of."""
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
    """The folders in a folder, and what speaks to git."""
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
    if entry.name in listing.OF_GIT:
        return _Kind.OF_GIT if entry.is_file(follow_symlinks=False) else _Kind.STRANGE
    return _Kind.FOLDER if entry.is_dir(follow_symlinks=False) else None


def _or_gone(at: "partial[os.stat_result]", path: bytes) -> Stand:
    try:
        found: Stand = stand(at(path))
    except (FileNotFoundError, NotADirectoryError):
        return _GONE
    return found


def _is_folder(root: int, path: bytes) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path, dir_fd=root).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def _are_sure(stands: Iterable[Stand]) -> bool:
    """Whether all stand on file systems that tell of every change at once."""
    mounts = (line.partition(" - ") for line in _MOUNTS.read_text("utf-8", "surrogateescape").splitlines())
    kinds = {left.split(" ")[2]: right.split(" ")[0] for left, _, right in mounts}
    devices = {each[0] for each in stands if each != _GONE}
    return all(kinds.get(f"{os.major(device)}:{os.minor(device)}") in _SURE for device in devices)
