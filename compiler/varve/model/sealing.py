"""When something that SOPS encrypted first stood in the repository."""

from datetime import datetime
from typing import NamedTuple


class Sealing(NamedTuple):
    """The time of the first commit that held a ciphertext, and the files of that time that held it.

    At the `edge` of a shallow clone it may have stood long before; the time is then the latest that it can be. `left`
    are the files in which a later commit sealed something else in its place.
    """

    date: datetime
    paths: frozenset[str]
    edge: bool
    left: frozenset[str] = frozenset()
