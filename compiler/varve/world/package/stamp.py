"""A stamp of the compiler's files by their metadata, which shows without reading them whether any has changed.

A file that is changed in any way has another size, inode or time. What is installed beside varve is in a folder of
`sys.path`, under a name with its version.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from typing import Final, NamedTuple

import varve
from varve.world.disk import file
from varve.world.package import library

_CACHE: Final = "__pycache__"
_INSTALLED: Final = (".dist-info", ".egg-info")
_DESCRIPTIONS: Final = ("METADATA", "PKG-INFO")


class Stamp(NamedTuple):
    """A digest of the paths and metadata of all files, and the newest of their ctimes, in nanoseconds since 1970."""

    digest: str
    changed: int

    def is_settled(self, now: int) -> bool:
        """Whether a change after `now` is certain to get another timestamp than those in the digest."""
        return self.changed < now - file.APART


class _File(NamedTuple):
    """A file as a line with its path and metadata, and its ctime in nanoseconds since 1970."""

    line: str
    changed: int


def stamp() -> Stamp:
    """The stamp of the package, the standard library and all installed packages; raises `OSError`."""
    home = Path(os.path.realpath(varve.__file__)).parent
    files = [each for folder in (home, *library.folders()) for each in _below(str(folder))]
    files += [each for folder in sys.path for each in _installed(folder)]
    text = "\0".join((*sys.path, "", *(line for line, _ in files)))
    return Stamp(sha256(text.encode("utf-8", "surrogateescape")).hexdigest(), max(changed for _, changed in files))


def _below(top: str) -> Iterator[_File]:
    waiting = [top]
    while waiting:
        for each in _entries(waiting.pop()):
            if not each.is_dir(follow_symlinks=False):
                yield _file(each.path, each.stat())
            elif each.name != _CACHE:
                waiting.append(each.path)


def _installed(folder: str) -> Iterator[_File]:
    """The metadata files of the packages in an entry of `sys.path`, which may be an archive, or missing."""
    # Python takes an empty entry for the working directory.
    named = folder or os.curdir
    if not Path(named).is_dir():
        yield from _file_if_present(named)
        return
    for each in _entries(named):
        if each.name.endswith(_INSTALLED):
            yield _file(each.path, each.stat())
            for name in _DESCRIPTIONS:
                yield from _file_if_present(f"{each.path}{os.sep}{name}")


def _file_if_present(path: str) -> Iterator[_File]:
    with suppress(FileNotFoundError, NotADirectoryError):
        # There are hundreds, and making a `Path` takes as long as the call.
        yield _file(path, os.stat(path))  # noqa: PTH116


def _entries(folder: str) -> list["os.DirEntry[str]"]:
    with os.scandir(folder) as found:
        return sorted(found, key=attrgetter("name"))


def _file(path: str, at: os.stat_result) -> _File:
    line = f"{path}\0{at.st_size} {at.st_ino} {at.st_dev} {at.st_mtime_ns} {at.st_ctime_ns}"
    return _File(line, at.st_ctime_ns)
