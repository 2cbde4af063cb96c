"""A file beside the secret of the repository's own cache, which is believed only where that secret has sealed it.

It lies in git's own folder, where nothing that is committed can lie, and is never shared.
"""

import contextlib
import os
from pathlib import Path
from typing import Final

from varve.world.cache import seal
from varve.world.disk import file
from varve.world.disk.file import Owner

_FOLDER: Final = "varve"
_SEAL: Final = 32


def recall(folder: Path, name: str, stated: bytes, most: int) -> bytes | None:
    """What lies under a name in git's `folder`, sealed as being what is `stated`; None where there is no such thing."""
    secret = seal.found(folder)
    with contextlib.suppress(OSError), file.opened(folder) as here, file.inside(here, _FOLDER) as own:
        data = file.read(own, name, most).data
        if secret and secret.holds(_statement(stated, data[_SEAL:]), data[:_SEAL]):
            return data[_SEAL:]
    return None


def keep(folder: Path, name: str, stated: bytes, body: bytes, most: int) -> None:
    """Seal a file, and put it there in one step; nothing happens where that is too much, or the disk refuses."""
    with contextlib.suppress(OSError):
        secret = seal.own(folder)
        given = secret.sign(_statement(stated, body)) if secret else None
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
            # A full disk would be filled further with each part of a file.
            file.remove(own, new)


def _statement(stated: bytes, body: bytes) -> bytes:
    return b"\n".join((stated, body))
