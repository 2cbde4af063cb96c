"""What is built: files, and the build that holds them."""

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

    `content` gives the bytes: it is they, or knows where they were laid aside. `value` is what they say, where whoever
    made them has it at hand: so they need not be read again to be judged.
    """

    path: str
    content: SupportsBytes
    value: Value = None

    @property
    def data(self) -> bytes:
        """Its bytes."""
        return bytes(self.content)


class Proven(NamedTuple):
    """How much the proof of isolation looked at: in how many rules, queries of dashboards and routes nothing leads out.

    `alerts` are those that were walked through the routes to their receivers.
    """

    rules: int = 0
    queries: int = 0
    routes: int = 0
    alerts: int = 0


NOTHING: Final = Proven()
"""Where nothing was linked."""


class Build(NamedTuple):
    """The outcome of one compile.

    `made` are the blob ids of all its artifacts, by path, and `artifacts` those that were compiled now: the others are
    remembered, and stand already. `kept` holds the paths of the snapshot's own artifacts that stay as they are, because
    the unit that made them is broken now. `diagnostics` are all that was said, in the order it was met. `proven` is
    about all files of the environments that were linked, also those that stand from before. `library` holds the
    policies that it was judged by, `tallies` what they said, where somebody counted, and `idle` the waivers that
    nothing needs, which is known only of a whole build that is sound. `recalled` is what was found out before and still
    holds, `learnt` what need not be found out again. `asked` are the questions on whose answers each unit
    rests, where somebody wants to know them, and `trusted` counts the units that nobody looked at, because they are as
    in a commit that is trusted.
    """

    artifacts: Mapping[str, Artifact]
    kept: frozenset[str]
    diagnostics: tuple[Diagnostic, ...]
    made: Mapping[str, str] = {}
    units: tuple[Unit, ...] = ()
    proven: Proven = NOTHING
    library: "Library | None" = None
    tallies: "tuple[Tally, ...]" = ()
    idle: "tuple[Waiver, ...]" = ()
    recalled: tuple[Remembered, ...] = ()
    learnt: tuple[Remembered, ...] = ()
    asked: Mapping[Unit, tuple[str, ...]] = {}
    trusted: int = 0
