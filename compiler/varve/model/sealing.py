"""When a ciphertext of SOPS first appeared in the repository."""

from datetime import datetime
from typing import NamedTuple


class Sealing(NamedTuple):
    """The time of the first commit that contained a ciphertext, and the paths of the files that then contained it.

    At the `edge` of a shallow clone it may be much older; the time is then an upper bound. `left` is the files in which
    a later commit replaced it by another ciphertext.
    """

    date: datetime
    paths: frozenset[str]
    edge: bool
    left: frozenset[str] = frozenset()
