"""The folder for cached data that depends only on the installed varve, and not on a repository."""

import os
import sys
from pathlib import Path
from typing import Final

import varve

_OWN: Final = "varve"


def folder() -> Path | None:
    """The folder with the bytecode of varve's modules, if varve may have a folder of its own there.

    Anybody who can write there controls varve already. None if Python writes no bytecode, or if the installation, or
    varve's folder in it, belongs to somebody else.
    """
    cached = varve.__spec__.cached if varve.__spec__ else None
    if cached is None or sys.dont_write_bytecode:
        return None
    made = Path(cached).parent
    return made if _is_own(made / _OWN, made) else None


def _is_own(own: Path, above: Path) -> bool:
    try:
        return own.stat().st_uid == os.geteuid()
    except OSError:
        return os.access(above, os.W_OK | os.X_OK, effective_ids=True)
