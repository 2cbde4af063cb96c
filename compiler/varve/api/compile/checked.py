"""The parameters of a check, and its result."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from varve.api.effort import DEFAULT_EFFORT, Effort
from varve.api.findings import Findings, Summarised, count, proven_suffix, trusted_suffix
from varve.model.artifact import NOTHING_PROVEN, Proven
from varve.model.unit import Unit

if TYPE_CHECKING:
    from varve.api.opening import Trust


class Request(NamedTuple):
    """How to judge: with a `base`, as a change of that commit.

    With `today`, waivers that do not count on that day are reported. `effort` says how the work is done.
    """

    base: str | None = None
    today: date | None = None
    effort: Effort = DEFAULT_EFFORT


@dataclass(frozen=True, slots=True)
class Checked(Summarised):
    """The result of a check: the sound `units`, and the paths of the `artifacts` that match their sources.

    Paths are relative to the folder of `varve.yaml`. `trust` says how the sources were judged if a commit was named for
    that. `proven` is how much the proof of isolation covered. `trusted` is the number of units that were skipped.
    """

    findings: Findings
    units: tuple[Unit, ...] = ()
    artifacts: tuple[str, ...] = ()
    trust: "Trust | None" = None
    proven: Proven = NOTHING_PROVEN
    trusted: int = 0

    @property
    def summary(self) -> str:
        """What is sound, in one line without a newline; empty if there is any error."""
        if self.broken:
            return ""
        units = f"{count(self.units, 'unit')} {'is' if len(self.units) == 1 else 'are'} sound"
        looked = f"{proven_suffix(self.proven)}{trusted_suffix(self.trusted)}"
        return f"{units}, and build/ matches the sources: {count(self.artifacts, 'artifact')}{looked}"
