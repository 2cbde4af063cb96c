"""Writes one file where the user wants it, atomically unless it is a device or a pipe."""

import contextlib
import os
from pathlib import Path
from secrets import token_hex

from varve.world.disk import existing, file
from varve.world.disk.refusal import about


def put(path: Path, data: bytes) -> None:
    """Write `data` to `path`, replacing an existing file; raises `Refusal` if the disk refuses it.

    A device or a pipe, such as `/dev/null`, gets the data instead of being replaced.
    """
    with about(str(path)):
        if existing.is_stream(path):
            file.send(path, data)
            return
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
