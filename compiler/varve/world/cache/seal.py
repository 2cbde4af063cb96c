"""The seal of the repository's own cache: a secret in git's own folder, where no committed file can be.

A commit may contain a folder `.varve/cache`, and a checkout would create it, but its files lack a valid seal.
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


class OwnSeal(NamedTuple):
    """A secret, with which the same program seals and verifies (HMAC-SHA-256)."""

    key: bytes

    def sign(self, statement: bytes) -> bytes | None:
        """The seal of a statement, an HMAC."""
        return digest(self.key, statement, "sha256")

    def holds(self, statement: bytes, seal: bytes) -> bool:
        """Whether `seal` was made for this statement with this secret."""
        return compare_digest(digest(self.key, statement, "sha256"), seal)


def find_or_create(folder: Path) -> OwnSeal | None:
    """The secret in git's folder, which is created if missing; None if that fails."""
    with contextlib.suppress(OSError), file.opened(folder) as git:
        file.make_private(git, _FOLDER, Owner())
        with file.inside(git, _FOLDER) as inner:
            return _read_secret(inner) or _create_secret(inner)
    return None


def find(folder: Path) -> OwnSeal | None:
    """The secret in git's folder, if there is one."""
    with contextlib.suppress(OSError), file.opened(folder) as git, file.inside(git, _FOLDER) as inner:
        return _read_secret(inner)
    return None


def _read_secret(folder: int) -> OwnSeal | None:
    """The secret, unless it is incomplete, or others could have read it."""
    try:
        descriptor = os.open(_NAME, _READ, dir_fd=folder)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as secret:
        status = os.fstat(descriptor)
        private = stat.S_ISREG(status.st_mode) and not status.st_mode & _OTHERS and status.st_uid == os.geteuid()
        key = secret.read(_LENGTH + 1) if private else b""
    return OwnSeal(key) if len(key) == _LENGTH else None


def _create_secret(folder: int) -> OwnSeal | None:
    """A new secret; if several processes create one at the same time, only the segments of one will be valid."""
    file.remove(folder, _NAME)
    with contextlib.suppress(FileExistsError):
        file.create_private(folder, _NAME, os.urandom(_LENGTH), Owner())
    return _read_secret(folder)
