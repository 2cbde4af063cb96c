"""Where what is true of an installed varve alone can be remembered, whatever repository it is used in."""

import os
import sys
from pathlib import Path
from typing import Final

import varve

_OWN: Final = "varve"


def folder() -> Path | None:
    """The folder in which Python keeps the code of varve's own modules, if we may keep a folder of our own there.

    Whoever can write there decides what varve does already. None where Python is told to keep nothing, and where the
    installation, or our folder in it, is somebody else's.
    """
    cached = varve.__spec__.cached if varve.__spec__ else None
    if cached is None or sys.dont_write_bytecode:
        return None
    made = Path(cached).parent
    return made if _is_ours(made / _OWN, made) else None


def _is_ours(own: Path, above: Path) -> bool:
    try:
        return own.stat().st_uid == os.geteuid()
    except OSError:
        return os.access(above, os.W_OK | os.X_OK, effective_ids=True)
