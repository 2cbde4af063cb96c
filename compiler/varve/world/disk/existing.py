"""What exists at a path that a user named: a path that no file system accepts, such as a too long one, has nothing."""

import stat
from pathlib import Path


def is_link(path: Path) -> bool:
    """Whether there is a symbolic link at `path`."""
    return stat.S_ISLNK(_mode(path, follow=False))


def is_stream(path: Path) -> bool:
    """Whether there is a device, a pipe or a socket at `path`; links are followed."""
    mode = _mode(path)
    return bool(mode) and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def nearest(path: Path) -> Path:
    """The folder at an absolute path, or the nearest one above it that exists; links are followed."""
    return next(each for each in (path, *path.parents) if stat.S_ISDIR(_mode(each)))


def _mode(path: Path, *, follow: bool = True) -> int:
    try:
        return path.stat(follow_symlinks=follow).st_mode
    except OSError:
        return 0
