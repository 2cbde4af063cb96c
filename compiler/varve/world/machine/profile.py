"""Profiles a run, function by function, into a file for `pstats`."""

import cProfile
import marshal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def profiled(file: Path, refused: Callable[[OSError], object]) -> Iterator[None]:
    """Profile this thread while the block lasts, however it ends, into a new file.

    Raises `OSError` before the block runs if the file exists or cannot be created. If the profile cannot be written
    afterwards, the file is removed and `refused` is called with the error.
    """
    out = file.open("xb")
    profile = cProfile.Profile()
    profile.enable()
    try:
        yield
    finally:
        profile.disable()
        profile.create_stats()
        try:
            with out:
                out.write(marshal.dumps(profile.stats))
        except OSError as error:
            file.unlink(missing_ok=True)
            refused(error)
