"""The seal of the repository's own cache: a secret in git's own folder, where nothing that is committed can lie.

A commit may hold a folder `.varve/cache`, and a checkout would put it there; what it holds was not sealed here.
"""

import contextlib
import os
import stat
from hmac import compare_digest, digest
from pathlib import Path
from typing import Final, NamedTuple

from varve.world.disk import file
from varve.world.disk.file import Owner

_FOLDER: Final = "varve"
_NAME: Final = "cache-key"
_LENGTH: Final = 32
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_OTHERS: Final = 0o077


class Own(NamedTuple):
    """A secret, with which the same program seals and verifies (HMAC-SHA-256)."""

    key: bytes

    def sign(self, statement: bytes) -> bytes | None:
        """The seal of a statement."""
        return digest(self.key, statement, "sha256")

    def holds(self, statement: bytes, seal: bytes) -> bool:
        """Whether it was sealed with this secret."""
        return compare_digest(digest(self.key, statement, "sha256"), seal)


def own(folder: Path) -> Own | None:
    """The secret that lies in git's folder, made where there is none; None where there can be none."""
    with contextlib.suppress(OSError), file.opened(folder) as git:
        file.make_private(git, _FOLDER, Owner())
        with file.inside(git, _FOLDER) as own_:
            return _found(own_) or _made(own_)
    return None


def found(folder: Path) -> Own | None:
    """The secret that lies in git's folder, if there is one."""
    with contextlib.suppress(OSError), file.opened(folder) as git, file.inside(git, _FOLDER) as own_:
        return _found(own_)
    return None


def _found(folder: int) -> Own | None:
    """The secret, unless it is cut, or others could have read it."""
    try:
        descriptor = os.open(_NAME, _READ, dir_fd=folder)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as secret:
        status = os.fstat(descriptor)
        own_ = stat.S_ISREG(status.st_mode) and not status.st_mode & _OTHERS and status.st_uid == os.geteuid()
        key = secret.read(_LENGTH + 1) if own_ else b""
    return Own(key) if len(key) == _LENGTH else None


def _made(folder: int) -> Own | None:
    """A new secret; of several who make one at a time, all but one see their segments again as misses."""
    file.remove(folder, _NAME)
    with contextlib.suppress(FileExistsError):
        file.create_private(folder, _NAME, os.urandom(_LENGTH), Owner())
    return _found(folder)
