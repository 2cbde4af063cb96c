"""Where the time of a run goes, function by function, in a file that `pstats` reads."""

import cProfile
import marshal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def profiled(file: Path) -> Iterator[None]:
    """Profile this thread while the block lasts, however it ends, into a new file.

    `OSError` where the file cannot be made, or stands there already; then nothing was run.
    """
    with file.open("xb") as out:
        profile = cProfile.Profile()
        profile.enable()
        try:
            yield
        finally:
            profile.disable()
            profile.create_stats()
            marshal.dump(profile.stats, out)
