"""Checks each file that many units share once, and reports its diagnostics to every unit."""

from collections.abc import Callable
from typing import TypeAlias

from varve.model.diagnostic import Report
from varve.read.reading import Reading

Judged: TypeAlias = dict[str, tuple[bool, Report]]
"""Whether a file is valid, and its diagnostics, by its path."""


def judge(path: str, reading: Reading, judged: Judged, find: Callable[[Report], bool]) -> bool:
    """Whether a file is valid, which `find` determines unless it is known; diagnostics are reported to the reading."""
    if path not in judged:
        diagnostics = Report()
        judged[path] = find(diagnostics), diagnostics
    is_valid, diagnostics = judged[path]
    reading.report.extend(diagnostics)
    return is_valid
