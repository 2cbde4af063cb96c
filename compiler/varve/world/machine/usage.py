"""What the process that runs has used of the machine."""

import resource
import sys
from typing import Final

_UNIT: Final = 1 if sys.platform == "darwin" else 1024


def memory() -> int:
    """The most bytes that this process held at once; those of others that it has started do not count."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT
