"""What is built: files, and the build that holds them."""

from collections.abc import Mapping
from dataclasses import dataclass

from varve.model.diagnostic import Diagnostic
from varve.model.unit import Unit


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file to be written: its path from the repository's root, below `build/`, and its bytes."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Build:
    """The outcome of one compile.

    `artifacts` by path. `kept` holds the paths of the snapshot's own artifacts that stay as they are, because the unit
    that made them is broken now. `diagnostics` are all that was said, in the order it was met.
    """

    artifacts: Mapping[str, Artifact]
    kept: frozenset[str]
    diagnostics: tuple[Diagnostic, ...]
    units: tuple[Unit, ...] = ()
