"""The file operations that varve uses: relative to an open folder, one path component at a time, following no links.

Everything that changes the disk is in this module, so that tests can inject a failure at every change.
"""

import contextlib
import errno
import fcntl
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Final, NamedTuple

APART: Final = 2 * 10**9
"""Two changes that are further apart than this, in nanoseconds, have different timestamps on every file system."""

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_PIECE: Final = 1 << 16
_FOLDER_MODE: Final = 0o755
_FILE_MODE: Final = 0o644
_PRIVATE_FOLDER_MODE: Final = 0o700
_PRIVATE_FILE_MODE: Final = 0o400


class Node(NamedTuple):
    """A directory entry: its mode in git's notation (`000000` for what git cannot record), and its bytes."""

    mode: str
    data: bytes


@contextmanager
def opened(folder: Path) -> Iterator[int]:
    """The descriptor of a folder, for as long as the block lasts; links in the path are followed."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


class Folders:
    """The folders below an open one, opened one component at a time; a link in a path is an `OSError`.

    The components of the last path stay open, so a caller that requests folders in sorted order opens each one once.
    """

    def __init__(self, root: int) -> None:
        """`root` must stay open as long as this object is used."""
        self._root = root
        self._open: list[tuple[str, int]] = []

    def at(self, path: str, *, make: bool = False) -> int:
        """The folder at `path`, open until another one is requested; with `make`, missing folders are created."""
        parts = [part for part in path.split("/") if part]
        same = takewhile(lambda each: each[0] == each[1][0], zip(parts, self._open, strict=False))
        self._close(sum(1 for _ in same))
        for part in parts[len(self._open) :]:
            self._open.append((part, _folder(self._last, part, make=make)))
        return self._last

    def reach(self, path: str) -> tuple[int, str]:
        """The deepest existing folder on the way to `path`, and the path of the first missing one, empty if none is."""
        try:
            return self.at(path), ""
        except FileNotFoundError:
            return self._last, "/".join(path.split("/")[: len(self._open) + 1])

    @property
    def _last(self) -> int:
        return self._open[-1][1] if self._open else self._root

    def _close(self, kept: int) -> None:
        while len(self._open) > kept:
            os.close(self._open.pop()[1])

    def close(self) -> None:
        """Close all open folders but `root`."""
        self._close(0)


@contextmanager
def inside(root: int, path: str, *, make: bool = False) -> Iterator[int]:
    """The folder at `path` below `root`; with `make`, missing folders are created. A link in `path` is an `OSError`."""
    with closing(Folders(root)) as folders:
        yield folders.at(path, make=make)


def _folder(here: int, name: str, *, make: bool) -> int:
    try:
        return os.open(_bytes(name), _FOLDER, dir_fd=here)
    except FileNotFoundError:
        if not make:
            raise
    make_folder(here, name)
    return os.open(_bytes(name), _FOLDER, dir_fd=here)


def read(folder: int, name: str, most: int = -1) -> Node:
    """What is at `name`, with at most `most` bytes of its content; -1 means all of it."""
    try:
        descriptor = os.open(_bytes(name), _READ, dir_fd=folder)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.EMLINK}:
            return Node("120000", b"")
        if error.errno in {errno.ENXIO, errno.EOPNOTSUPP}:
            return Node("000000", b"")
        raise
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return Node("160000" if stat.S_ISDIR(status.st_mode) else "000000", b"")
        mode = "100755" if status.st_mode & stat.S_IXUSR else "100644"
        return Node(mode, _bytes_of(descriptor, status.st_size, most if most >= 0 else sys.maxsize))
    finally:
        os.close(descriptor)


def _bytes_of(descriptor: int, size: int, most: int) -> bytes:
    """The content of an open file: `size` bytes unless it is being written to, and never more than `most`."""
    # Allocating `most` bytes at once would take longer than reading most files.
    data = os.read(descriptor, min(size, most))
    while len(data) < most and (more := os.read(descriptor, min(_PIECE, most - len(data)))):
        data += more
    return data


@contextmanager
def lockable(folder: int, name: str, mode: int = _FILE_MODE) -> Iterator[int]:
    """The descriptor of a file to lock and to write into; it is created if missing."""
    descriptor = os.open(_bytes(name), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, mode, dir_fd=folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def names(folder: int) -> list[str]:
    """The names in an open folder."""
    return os.listdir(folder)


def is_folder(folder: int, name: str) -> bool:
    """Whether `name` is a folder; raises `OSError`, but not for a missing name."""
    try:
        return stat.S_ISDIR(os.stat(_bytes(name), dir_fd=folder, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False


def device(folder: int) -> int:
    """The device number of the file system that an open folder is on."""
    return os.fstat(folder).st_dev


def can_change(folder: int) -> bool:
    """Whether this process may create files in an open folder."""
    return os.access(".", os.W_OK | os.X_OK, dir_fd=folder, effective_ids=True)


def make_folder(folder: int, name: str) -> None:
    """Make the folder `name` inside another one, unless that name already exists."""
    with contextlib.suppress(FileExistsError):
        os.mkdir(_bytes(name), _FOLDER_MODE, dir_fd=folder)


def create(folder: int, name: str, data: bytes) -> None:
    """Write a file that must not exist yet."""
    descriptor = os.open(_bytes(name), _NEW, _FILE_MODE, dir_fd=folder)
    try:
        _write(descriptor, data)
    finally:
        os.close(descriptor)


def _write(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def send(path: Path, data: bytes) -> None:
    """Write to a device or a pipe, which stays what it is."""
    descriptor = os.open(path, os.O_WRONLY | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        _write(descriptor, data)
    finally:
        os.close(descriptor)


class Owner(NamedTuple):
    """The numeric ids of a user and a group; -1 leaves one unchanged."""

    user: int = -1
    group: int = -1


def make_private(folder: int, name: str, owner: Owner) -> None:
    """Make a folder that only its owner may ever enter, unless the name already exists."""
    with contextlib.suppress(FileExistsError):
        os.mkdir(_bytes(name), _PRIVATE_FOLDER_MODE, dir_fd=folder)
        descriptor = os.open(_bytes(name), _FOLDER, dir_fd=folder)
        try:
            # The umask may have removed permissions that the owner needs.
            os.fchmod(descriptor, _PRIVATE_FOLDER_MODE)
            os.fchown(descriptor, *owner)
        finally:
            os.close(descriptor)


def change_owner(folder: int, owner: Owner) -> None:
    """Change the owner of an open folder, unless everybody may enter it."""
    if not os.fstat(folder).st_mode & stat.S_IXOTH:
        os.fchown(folder, *owner)


def create_private(folder: int, name: str, data: bytes, owner: Owner) -> None:
    """Write a file that only its owner may ever read, and that must not exist yet."""
    descriptor = os.open(_bytes(name), _NEW, _PRIVATE_FILE_MODE, dir_fd=folder)
    try:
        os.fchmod(descriptor, _PRIVATE_FILE_MODE)
        _write(descriptor, data)
        os.fchown(descriptor, *owner)
    finally:
        os.close(descriptor)


def link(folder: int, name: str, target: str) -> None:
    """Create a symbolic link to `target` at `name`, which must not exist yet."""
    os.symlink(_bytes(target), _bytes(name), dir_fd=folder)


def target(folder: int, name: str) -> str | None:
    """The target of the symbolic link at `name`; None if `name` does not exist, and empty if it is not a link."""
    try:
        return os.readlink(_bytes(name), dir_fd=folder).decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.EINVAL:
            return ""
        raise


def below(root: int, path: str) -> list[str]:
    """The paths of all files below the folder at `path`, relative to it and sorted; none if there is no folder."""
    found: list[str] = []
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        for folder, _, names_, _ in os.fwalk(_bytes(path), dir_fd=root):
            inner = folder[len(_bytes(path)) + 1 :]
            found += [(inner + b"/" + name).lstrip(b"/").decode("utf-8", "surrogateescape") for name in names_]
    return sorted(found)


def remove_all(folder: int, name: str) -> None:
    """Remove `name`, recursively if it is a folder; no link is followed."""
    if not is_folder(folder, name):
        remove(folder, name)
        return
    for _, folders, files, descriptor in os.fwalk(_bytes(name), topdown=False, dir_fd=folder):
        for each in files:
            os.unlink(each, dir_fd=descriptor)
        for each in folders:
            # `fwalk` lists a link to a folder among the folders.
            with contextlib.suppress(NotADirectoryError):
                os.rmdir(each, dir_fd=descriptor)
                continue
            os.unlink(each, dir_fd=descriptor)
    os.rmdir(_bytes(name), dir_fd=folder)


@contextmanager
def unnamed(folder: int, name: str) -> Iterator[int]:
    """The descriptor of a new file that loses its name at once, so nothing is left of it when it is closed."""
    # A process that was killed between the two steps below may have left its file behind.
    remove(folder, name)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(_bytes(name), flags, _FILE_MODE, dir_fd=folder)
    try:
        remove(folder, name)
        yield descriptor
    finally:
        os.close(descriptor)


def append(descriptor: int, data: bytes) -> int:
    """Append to an open file to which other processes append too; returns the offset of `data` in it."""
    fcntl.lockf(descriptor, fcntl.LOCK_EX)
    try:
        start = at = os.fstat(descriptor).st_size
        rest = memoryview(data)
        while rest:
            written = os.pwrite(descriptor, rest, at)
            rest, at = rest[written:], at + written
    finally:
        fcntl.lockf(descriptor, fcntl.LOCK_UN)
    return start


def part(descriptor: int, start: int, size: int) -> bytes:
    """`size` bytes of an open file from an offset on; raises `OSError` if there are fewer."""
    data = os.pread(descriptor, size, start)
    if len(data) < size:
        raise OSError(errno.EIO, os.strerror(errno.EIO))
    return data


def room(descriptor: int) -> int:
    """The free space, in bytes, of the file system of an open file or folder."""
    status = os.fstatvfs(descriptor)
    return status.f_bavail * status.f_frsize


def rewrite(descriptor: int, data: bytes) -> None:
    """Replace the content of an open file in place, which is not atomic: only for content that nothing depends on."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, data, 0)


def move(source: int, name: str, target: int, target_name: str) -> None:
    """Move a file over another atomically: readers see either the old one or the new one, complete.

    A folder can be moved to a name that does not exist yet.
    """
    os.replace(_bytes(name), _bytes(target_name), src_dir_fd=source, dst_dir_fd=target)


def remove(folder: int, name: str) -> None:
    """Remove a file or a link, if it exists."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(_bytes(name), dir_fd=folder)


def remove_empty(folder: int, name: str) -> bool:
    """Remove a folder if it is empty; False if it is not, is missing, or is no folder."""
    try:
        os.rmdir(_bytes(name), dir_fd=folder)
    except OSError as error:
        if error.errno in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR, errno.EBUSY}:
            return False
        raise
    return True


def sweep(root: int, path: str) -> None:
    """Remove all folders below `path` that contain no files at any depth."""
    with contextlib.suppress(FileNotFoundError):
        for _, folders, _, descriptor in os.fwalk(_bytes(path), topdown=False, dir_fd=root):
            for name in folders:
                remove_empty(descriptor, name.decode("utf-8", "surrogateescape"))


def synchronise(folder: int) -> None:
    """Flush everything written to the file system of `folder` to disk, so that it survives a loss of power."""
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "syncfs"):
        os.sync()
    elif library.syncfs(folder):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _bytes(name: str) -> bytes:
    # Python's own encoding of names depends on the locale; git's does not.
    return name.encode("utf-8", "surrogateescape")
