"""How the compiler's own files stand on the disk, so that whoever has read them need not read them again.

A file that is changed in any way has another status: another size, number or time. What is installed beside varve
stands in a folder of `sys.path`, under a name with its version.
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
    """A digest of all paths and statuses, and when the last of the files was changed, in nanoseconds since 1970."""

    digest: str
    changed: int

    def is_settled(self, now: int) -> bool:
        """Whether a change that comes after `now` cannot have the time of one that is in the digest already."""
        return self.changed < now - file.APART


class _File(NamedTuple):
    """A line that says how a file stands there, and when it was last changed."""

    line: str
    changed: int


def stamp() -> Stamp:
    """The stamp of the package, of the standard library and of all that is installed; raises `OSError`."""
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
    """The descriptions of what is installed in a folder of `sys.path`, which may be an archive, or not be there."""
    # Python itself takes an empty text for the folder that it works in.
    named = folder or os.curdir
    if not Path(named).is_dir():
        yield from _there(named)
        return
    for each in _entries(named):
        if each.name.endswith(_INSTALLED):
            yield _file(each.path, each.stat())
            for name in _DESCRIPTIONS:
                yield from _there(f"{each.path}{os.sep}{name}")


def _there(path: str) -> Iterator[_File]:
    with suppress(FileNotFoundError, NotADirectoryError):
        # There are hundreds, and to make a `Path` takes as long as to ask.
        yield _file(path, os.stat(path))  # noqa: PTH116


def _entries(folder: str) -> list["os.DirEntry[str]"]:
    with os.scandir(folder) as found:
        return sorted(found, key=attrgetter("name"))


def _file(path: str, at: os.stat_result) -> _File:
    line = f"{path}\0{at.st_size} {at.st_ino} {at.st_dev} {at.st_mtime_ns} {at.st_ctime_ns}"
    return _File(line, at.st_ctime_ns)
