"""What is asked of a build, and what it did."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from varve.api.effort import USUAL, Effort
from varve.api.findings import NONE, Findings, Summed, count, proven, trusting
from varve.model.artifact import NOTHING, Proven
from varve.model.unit import Unit

if TYPE_CHECKING:
    from varve.api.opening import Trust

Announce: TypeAlias = Callable[[Findings], object]
"""Is told what was found, once, before anything is written."""


class Sources(NamedTuple):
    """What to compile: the work tree or a `revision`; with a `base`, as a change that is judged by that commit.

    `effort` tells how.
    """

    revision: str | None = None
    base: str | None = None
    effort: Effort = USUAL


@dataclass(frozen=True, slots=True)
class Built(Summed):
    """What a build did. All paths are from the folder of `varve.yaml`, sorted.

    `done` tells whether `build/` is now what the sources of `units` say. `kept` are the artifacts that stay because
    their unit is broken or was not selected, `strangers` the files under `build/` that are not varve's. `findings` are
    all that was said; `refusals` those of them that the disk said, when all else had been announced. `trust` tells by
    which commit the sources were judged, where one was named; of a change that it refuses nothing is built. `proven` is
    how much the proof of isolation looked at, of what is kept too. `trusted` counts the units that were not looked at.
    """

    findings: Findings
    refusals: Findings = NONE
    done: bool = False
    units: tuple[Unit, ...] = ()
    written: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    trust: "Trust | None" = None
    proven: Proven = NOTHING
    trusted: int = 0

    @property
    def summary(self) -> str:
        """What was done, in one line without an end; empty where nothing could be."""
        unchanged = f"{len(self.unchanged)} unchanged" + (f", {len(self.kept)} kept" if self.kept else "")
        idle = not (self.written or self.deleted)
        if not self.done:
            return ""
        if idle and not self.units:
            return "nothing was built; build/ stays as it is"
        looked = f"{proven(self.proven)}{trusting(self.trusted)}"
        if idle and not self.strangers:
            return f"build/ matches the sources of {count(self.units, 'unit')}: {unchanged}{looked}"
        did = f"{len(self.written)} written, {len(self.deleted)} deleted, {unchanged}"
        return f"built {count(self.units, 'unit')}: {did}{looked}"
