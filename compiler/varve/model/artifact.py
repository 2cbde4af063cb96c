"""The output of a compile: artifacts, and the build that contains them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple, SupportsBytes

from varve.model.diagnostic import Diagnostic
from varve.model.memory import Remembered
from varve.model.source import Value
from varve.model.unit import Unit

if TYPE_CHECKING:
    from varve.model.policy import Library, Tally, Waiver


class Artifact(NamedTuple):
    """One file to be written: its path from the repository's root, below `build/`, and its bytes.

    `content` is the bytes, or an object that reads them from where they were spooled. `value` is the parsed content if
    the emitter has it at hand, so that checks need not parse the bytes again.
    """

    path: str
    content: SupportsBytes
    value: Value = None

    @property
    def data(self) -> bytes:
        """The bytes of the file."""
        return bytes(self.content)


class Proven(NamedTuple):
    """How many rules, dashboard queries and routes the proof of isolation found to stay within their tenant.

    `alerts` is the number of alerts that were followed through the routes to their receivers.
    """

    rules: int = 0
    queries: int = 0
    routes: int = 0
    alerts: int = 0


NOTHING_PROVEN: Final = Proven()
"""For a compile that links no environment."""


class Build(NamedTuple):
    """The outcome of one compile.

    `made` maps the path of every artifact to its blob id; `artifacts` contains only those that were compiled now, the
    others are cached and already under `build/`. `kept` is the paths of existing artifacts that stay as they are,
    because their unit or environment is broken or was not selected. `units` are those that were built; `trusted` is
    how many of them were skipped, because they are unchanged since a trusted commit. `proven` covers all files of the
    linked environments, also those of earlier compiles.

    `diagnostics` are in the order in which they were found. `diagnostics_by_unit` is the diagnostics of each unit that
    has any; those of an environment belong to a unit without a tenant. `library` is the policies by which the build was
    judged; `tallies` is their results, if they were counted, and `unused_waivers` the waivers that excuse nothing,
    which is known only for a whole build without errors.

    `recalled` is the cached verdicts that still hold, and `learnt` the new ones. `questions` is what each unit asked of
    the snapshot, if that was requested.
    """

    artifacts: Mapping[str, Artifact]
    kept: frozenset[str]
    diagnostics: tuple[Diagnostic, ...]
    made: Mapping[str, str] = {}
    units: tuple[Unit, ...] = ()
    proven: Proven = NOTHING_PROVEN
    library: "Library | None" = None
    tallies: "tuple[Tally, ...]" = ()
    unused_waivers: "tuple[Waiver, ...]" = ()
    recalled: tuple[Remembered, ...] = ()
    learnt: tuple[Remembered, ...] = ()
    questions: Mapping[Unit, tuple[str, ...]] = {}
    trusted: int = 0
    diagnostics_by_unit: Mapping[Unit, tuple[Diagnostic, ...]] = {}
