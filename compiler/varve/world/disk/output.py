"""Writes one file where the user wants it, atomically."""

import contextlib
import os
from pathlib import Path
from secrets import token_hex

from varve.world.disk import file
from varve.world.disk.refusal import about


def put(path: Path, data: bytes) -> None:
    """Write `data` to `path`, replacing an existing file; raises `Refusal` if the disk refuses it."""
    real = Path(os.path.realpath(path))
    temporary = f".{real.name[:100]}.{token_hex(4)}"
    with about(str(path)), file.opened(real.parent) as folder:
        try:
            file.create(folder, temporary, data)
            file.synchronise(folder)
            file.move(folder, temporary, folder, real.name)
        except OSError:
            with contextlib.suppress(OSError):
                file.remove(folder, temporary)
            raise
