"""The parameters of a build, and its result."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from varve.api.effort import DEFAULT_EFFORT, Effort
from varve.api.findings import NO_FINDINGS, Findings, Summarised, count, proven_suffix, trusted_suffix
from varve.model.artifact import NOTHING_PROVEN, Proven
from varve.model.unit import Unit

if TYPE_CHECKING:
    from varve.api.opening import Trust

Announce: TypeAlias = Callable[[Findings], object]
"""Is called once with the findings about the sources, before anything is written."""


class Sources(NamedTuple):
    """What to compile: the work tree or a `revision`; with a `base`, as a change that is judged by that commit.

    `effort` says how the work is done.
    """

    revision: str | None = None
    base: str | None = None
    effort: Effort = DEFAULT_EFFORT


@dataclass(frozen=True, slots=True)
class Built(Summarised):
    """The result of a build. All paths are relative to the folder of `varve.yaml`, and sorted.

    `done` says whether `build/` now matches the sources of `units`, which are the units that were built. `written`,
    `deleted` and `unchanged` are paths of artifacts; `kept` are those that stay because their unit is broken or was not
    selected, and `strangers` are the files under `build/` that are not varve's. `findings` has all diagnostics;
    `refusals` those among them about writing, which were found after the others were announced. `trust` says how the
    sources were judged if a commit was named for that; nothing of a refused change is built. `proven` is how much the
    proof of isolation covered, kept artifacts included. `trusted` is the number of units that were skipped.
    """

    findings: Findings
    refusals: Findings = NO_FINDINGS
    done: bool = False
    units: tuple[Unit, ...] = ()
    written: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    trust: "Trust | None" = None
    proven: Proven = NOTHING_PROVEN
    trusted: int = 0

    @property
    def summary(self) -> str:
        """What was done, in one line without a newline; empty if nothing could be."""
        unchanged = f"{len(self.unchanged)} unchanged" + (f", {len(self.kept)} kept" if self.kept else "")
        idle = not (self.written or self.deleted)
        if not self.done:
            return ""
        if idle and not self.units:
            return "nothing was built; build/ stays as it is"
        looked = f"{proven_suffix(self.proven)}{trusted_suffix(self.trusted)}"
        if idle and not self.strangers:
            return f"build/ matches the sources of {count(self.units, 'unit')}: {unchanged}{looked}"
        did = f"{len(self.written)} written, {len(self.deleted)} deleted, {unchanged}"
        return f"built {count(self.units, 'unit')}: {did}{looked}"
