"""A shelf whose segments are files in a folder: the repository's own, which is private, or a shared one."""

import contextlib
import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from varve.world.cache import shelf
from varve.world.cache.shelf import Content, Item, in_memory
from varve.world.disk import file
from varve.world.disk.file import Owner

_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_UNFINISHED: Final = re.compile(r"new-([0-9a-f]{16})-[0-9a-f]{8}")
_PATIENCE: Final = 3600 * 10**9
"""After so many nanoseconds, an hour, an unfinished file is considered abandoned."""

_EVERYTHING: Final = b"*\n"


class Folder(NamedTuple):
    """The folder at `path` below `root`; no link in `path` is followed.

    The repository's `own` folder is created if missing, for its owner alone, and its files are read part by part; files
    of a shared folder are read whole, because somebody else may change them.
    """

    root: Path
    path: str = ""
    own: bool = False

    def prepare(self) -> None:
        """Do nothing: a folder needs no preparation."""

    def items(self) -> list[Item]:
        """The segments in the folder, newest first."""
        try:
            with file.opened(self.root) as root, file.inside(root, self.path) as folder:
                found = [_item(folder, name) for name in file.names(folder) if shelf.is_name(name)]
        except FileNotFoundError:
            if self.own:
                return []
            raise
        return shelf.newest([item for item in found if item])

    def open(self, item: Item) -> Content | None:
        """The content of a segment; None if it is gone or is not a regular file."""
        with file.opened(self.root) as root, file.inside(root, self.path) as folder:
            try:
                descriptor = os.open(item.name, _READ, dir_fd=folder)
            except FileNotFoundError:
                return None
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            return None
        if self.own:
            return Content(status.st_size, partial(_read, descriptor), partial(os.close, descriptor))
        with os.fdopen(descriptor, "rb") as whole:
            # Reading one byte more than expected shows whether the file was replaced by a longer one.
            return in_memory(whole.read(item.size + 1))

    def put(self, name: str, data: bytes) -> None:
        """Write a segment to a temporary file, and move it into place."""
        with self._opened_for_writing() as folder:
            now = time.time_ns()
            temporary = f"new-{now:016x}-{os.urandom(4).hex()}"
            try:
                if self.own:
                    file.create_private(folder, temporary, data, Owner())
                else:
                    file.create(folder, temporary, data)
                file.move(folder, temporary, folder, name)
            except OSError:
                with contextlib.suppress(OSError):
                    file.remove(folder, temporary)
                raise
            _sweep(folder, now)

    def drop(self, name: str) -> None:
        """Remove a segment."""
        with file.opened(self.root) as root, file.inside(root, self.path) as folder:
            file.remove(folder, name)

    @contextmanager
    def _opened_for_writing(self) -> Iterator[int]:
        with file.opened(self.root) as root:
            if not self.own:
                with file.inside(root, self.path) as folder:
                    yield folder
                return
            above, _, last = self.path.rpartition("/")
            with file.inside(root, above, make=True) as parent:
                file.make_private(parent, last, Owner())
                with file.inside(parent, last) as folder:
                    _ignore(folder)
                    yield folder


def _item(folder: int, name: str) -> Item | None:
    with contextlib.suppress(FileNotFoundError):
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        return Item(name, status.st_size) if stat.S_ISREG(status.st_mode) else None
    return None


def _read(descriptor: int, start: int, length: int) -> bytes:
    return os.pread(descriptor, length, start)


def _ignore(folder: int) -> None:
    """Make git ignore the folder, before anything else is written there."""
    with contextlib.suppress(FileExistsError):
        file.create_private(folder, ".gitignore", _EVERYTHING, Owner())


def _sweep(folder: int, now: int) -> None:
    """Remove temporary files of killed processes."""
    for name in file.names(folder):
        begun = _UNFINISHED.fullmatch(name)
        if begun and int(begun[1], 16) < now - _PATIENCE:
            file.remove(folder, name)
