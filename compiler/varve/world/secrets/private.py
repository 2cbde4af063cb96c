"""A temporary folder that only its owner can enter, in memory if possible."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

_MOUNTS: Final = Path("/proc/self/mounts")
_IN_MEMORY: Final = {"tmpfs", "ramfs"}
_SHARED: Final = "/dev/shm"  # noqa: S108 - a folder with mode 0700 is made in it


@contextmanager
def private() -> Iterator[Path]:
    """A new folder with mode 0700, which is removed with its content when the block ends, however that is.

    It is in `$XDG_RUNTIME_DIR` or `/dev/shm`, if those are in memory, or else where temporary files are.
    """
    folder = Path(mkdtemp(prefix="varve-", dir=_place()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def in_memory(folder: Path) -> bool:
    """Whether `folder` is on a file system in memory, as far as this machine shows."""
    mounts: dict[str, str] = {}
    with suppress(OSError):
        for line in _MOUNTS.read_text("utf-8", "surrogateescape").splitlines():
            _, point, kind, *_ = line.split(" ")
            mounts[point] = kind
    real = os.path.realpath(folder)
    above = (str(each) for each in (Path(real), *Path(real).parents))
    return next((mounts[each] for each in above if each in mounts), "") in _IN_MEMORY


def _place() -> Path | None:
    offered = (Path(each) for each in (os.environ.get("XDG_RUNTIME_DIR", ""), _SHARED))
    usable = (each for each in offered if each.is_absolute() and os.access(each, os.W_OK | os.X_OK))
    return next(filter(in_memory, usable), None)
