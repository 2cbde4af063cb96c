"""Where the time of a run goes, function by function, in a file that `pstats` reads."""

import cProfile
import marshal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def profiled(file: Path, refused: Callable[[OSError], object]) -> Iterator[None]:
    """Profile this thread while the block lasts, however it ends, into a new file.

    `OSError` where the file cannot be made, or stands there already; then nothing was run. What ran is not at fault
    where the disk does not take what was found: then there is no file, and `refused` is told why.
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
