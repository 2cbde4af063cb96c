"""A file beside the secret of the repository's own cache, which is trusted only if it is sealed with that secret.

It is in git's own folder, where no committed file can be, and is never shared.
"""

import contextlib
import os
from pathlib import Path
from typing import Final

from varve.world.cache import seal
from varve.world.disk import file
from varve.world.disk.file import Owner

_FOLDER: Final = "varve"
_SEAL_LENGTH: Final = 32


def recall(folder: Path, name: str, context: bytes, most: int) -> bytes | None:
    """The content of a file in git's `folder` that is sealed together with `context`; None if there is none."""
    secret = seal.find(folder)
    with contextlib.suppress(OSError), file.opened(folder) as here, file.inside(here, _FOLDER) as own:
        data = file.read(own, name, most).data
        if secret and secret.holds(_statement(context, data[_SEAL_LENGTH:]), data[:_SEAL_LENGTH]):
            return data[_SEAL_LENGTH:]
    return None


def keep(folder: Path, name: str, context: bytes, body: bytes, most: int) -> None:
    """Seal a file and write it atomically; nothing happens if it has more than `most` bytes or the disk refuses it."""
    with contextlib.suppress(OSError):
        secret = seal.find_or_create(folder)
        given = secret.sign(_statement(context, body)) if secret else None
        if given is not None and len(given + body) <= most:
            _write(folder, name, given + body)


def _write(folder: Path, name: str, data: bytes) -> None:
    with file.opened(folder) as here, file.inside(here, _FOLDER) as own:
        new = f"{name}-{os.getpid()}"
        file.remove(own, new)
        try:
            file.create_private(own, new, data, Owner())
            file.move(own, new, own, name)
        finally:
            # Otherwise every run on a full disk would leave another partial file behind.
            file.remove(own, new)


def _statement(context: bytes, body: bytes) -> bytes:
    return b"\n".join((context, body))
