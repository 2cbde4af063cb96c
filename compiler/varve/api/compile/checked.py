"""What is asked of a check, and what it found."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from varve.api.effort import USUAL, Effort
from varve.api.findings import Findings, Summed, count, proven, trusting
from varve.model.artifact import NOTHING, Proven
from varve.model.unit import Unit

if TYPE_CHECKING:
    from varve.api.opening import Trust


class Request(NamedTuple):
    """How to judge: with a `base`, as a change of that commit.

    With `today`, waivers that do not count on that day are reported. `effort` tells how the work is done.
    """

    base: str | None = None
    today: date | None = None
    effort: Effort = USUAL


@dataclass(frozen=True, slots=True)
class Checked(Summed):
    """What was judged: the `units` that are sound, and the paths of the `artifacts` that are what their sources say.

    `trust` tells by which commit, where one was named, and `proven` how much the proof of isolation looked at.
    `trusted` counts the units that were not looked at.
    """

    findings: Findings
    units: tuple[Unit, ...] = ()
    artifacts: tuple[str, ...] = ()
    trust: "Trust | None" = None
    proven: Proven = NOTHING
    trusted: int = 0

    @property
    def summary(self) -> str:
        """What is sound, in one line without an end; empty where anything is not."""
        if self.broken:
            return ""
        units = f"{count(self.units, 'unit')} {'is' if len(self.units) == 1 else 'are'} sound"
        looked = f"{proven(self.proven)}{trusting(self.trusted)}"
        return f"{units}, and build/ matches the sources: {count(self.artifacts, 'artifact')}{looked}"
