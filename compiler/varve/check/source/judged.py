"""Files that many units share are judged once, and whoever asks hears what was said."""

from collections.abc import Callable
from typing import TypeAlias

from varve.model.diagnostic import Report
from varve.read.reading import Reading

Judged: TypeAlias = dict[str, tuple[bool, Report]]
"""Whether a file is sound, and what was said of it, by its path."""


def judge(path: str, desk: Reading, judged: Judged, find: Callable[[Report], bool]) -> bool:
    """Whether a file is sound, which `find` finds out where it is not known; what is wrong is told to the reading."""
    if path not in judged:
        said = Report()
        judged[path] = find(said), said
    sound, said = judged[path]
    desk.report.extend(said)
    return sound
