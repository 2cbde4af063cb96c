"""The resources that this process has used."""

import resource
import sys
from typing import Final

_UNIT: Final = 1 if sys.platform == "darwin" else 1024


def memory() -> int:
    """The peak memory of this process in bytes, without that of the processes that it has started."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT
