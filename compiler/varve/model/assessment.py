"""Assessments: what the checks of a framework's controls say of a tenant, and what they leave unsaid."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from varve.model.diagnostic import Diagnostic, Place
from varve.model.policy import Evidence, Library, Tally
from varve.model.unit import Unit

Verdict: TypeAlias = Literal["failed", "not judged", "waived", "passed", "not applicable"]
"""What is known of a check or a control; of the checks of a control, the first in this order decides."""

Question: TypeAlias = Literal["artifacts", "rotation", "examples", "waivers", "past"]
"""What is asked only where somebody asks for it, beyond a compile.

Whether `build/` is what the sources say; how old data keys are; whether policies say of their examples what they
should; whether waivers count on the day; whether a credential ever stood in the history.
"""


@dataclass(frozen=True, slots=True)
class History:
    """The changes that policies were asked about: `looked` of `whole` commits, the newest first, from `since` on.

    `since` and `until` are the days of the oldest and the newest commit that was looked at, None where there is none.
    """

    tallies: tuple[Tally, ...] = ()
    looked: int = 0
    whole: int = 0
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """What an assessment stands on; everything in it was found elsewhere.

    `units` are those that are judged, and `sound` those of them that were compiled. `held` has the ids of the
    frameworks to be assessed, by tenant. `diagnostics` are all that was said by a compile of everything, and in
    answering what is `asked` beyond that. `history` is None where no change was looked at. `commit` is empty for what
    is not committed. `again` are the commands that give the same assessment anew.
    """

    library: Library
    tallies: tuple[Tally, ...]
    diagnostics: tuple[Diagnostic, ...]
    units: tuple[Unit, ...]
    sound: frozenset[Unit]
    held: Mapping[str, tuple[str, ...]]
    commit: str
    compiler: str
    day: date
    asked: frozenset[Question] = frozenset()
    history: History | None = None
    again: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as a check requires, what it is called, in which environment, and where it is written."""

    subject: str
    environment: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Exemption:
    """A finding that a waiver excuses, or did until it ended; `expired` ones excuse nothing."""

    finding: Finding
    reason: str
    owner: str
    granted: date
    until: date
    expired: bool


@dataclass(frozen=True, slots=True)
class Check:
    """What a policy says of a tenant.

    `population` is how many things it is about, `sample` how many of them were looked at. `unjudged` are the reasons
    why it says nothing of some.
    """

    id: str
    title: str
    verdict: Verdict
    evidence: Evidence
    population: int
    sample: int
    failures: tuple[Finding, ...]
    exceptions: tuple[Exemption, ...]
    unjudged: tuple[str, ...]
    remediation: str
    limits: str


@dataclass(frozen=True, slots=True)
class Assessed:
    """A control of a framework and what its checks say, by their ids; `limits` is what none of them shows."""

    id: str
    title: str
    verdict: Verdict
    checks: tuple[str, ...]
    limits: str


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A control, or many of them, that nothing here can see, and why."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a tenant stands to a framework.

    `supported` controls of `applicable` ones are its score. `covered` is how many of the `known` controls, those that
    are unchecked among them, have a check at all.
    """

    tenant: str
    framework: str
    title: str
    limits: str
    supported: int
    applicable: int
    covered: int
    known: int
    controls: tuple[Assessed, ...]
    checks: tuple[Check, ...]
    unchecked: tuple[Unchecked, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """How tenants stand to the frameworks that they are held to, on a day, at a commit, as one compiler says it.

    `looked` of `whole` commits were looked at; both are 0 where no change was.
    """

    commit: str
    compiler: str
    day: date
    looked: int
    whole: int
    since: date | None
    until: date | None
    again: tuple[str, ...]
    standings: tuple[Standing, ...]
