"""Assessments: the results of a framework's checks for a tenant, and what these do not show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from varve.model.diagnostic import Diagnostic, Place
from varve.model.policy import Evidence, Library, Tally
from varve.model.unit import Unit

Verdict: TypeAlias = Literal["failed", "not judged", "waived", "passed", "not applicable"]
"""The result of a check or a control; a control has the first result in this order that one of its checks has."""

Question: TypeAlias = Literal["artifacts", "rotation", "examples", "waivers", "past"]
"""What an assessment examines only on request, beyond what a compile reports.

Whether `build/` is what the sources compile to; how old data keys are; whether the examples of policies pass and fail
as they should; whether waivers are in force on the day; whether the history ever contained a credential.
"""


@dataclass(frozen=True, slots=True)
class History:
    """The results of policies about changes, for `looked` of `whole` commits, the newest ones.

    `since` and `until` are the days of the oldest and the newest commit examined, None if there is none.
    """

    tallies: tuple[Tally, ...] = ()
    looked: int = 0
    whole: int = 0
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """The input of an assessment.

    `units` are the units that are judged, and `sound` those of them that compiled. `held` maps each tenant to the ids
    of the frameworks to assess. `diagnostics` are those of a full compile and of `questions`. `history` is
    None if no changes were examined. `commit` is empty for sources that are not committed. `again` is the commands that
    reproduce the assessment. `unrouted` are the environments without an Alertmanager.
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
    questions: frozenset[Question] = frozenset()
    history: History | None = None
    again: tuple[str, ...] = ()
    unrouted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that fails a check: its name, its environment, and the place of its source."""

    subject: str
    environment: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Exemption:
    """A finding and the waiver that excuses it; an `expired` waiver no longer does."""

    finding: Finding
    reason: str
    owner: str
    granted: date
    until: date
    expired: bool


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one policy for a tenant.

    `population` is the number of subjects that the policy applies to, `sample` the number of those that were judged,
    and `unjudged` the reasons why the others were not.
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
    """The result of a control and the ids of its checks; `limits` is what none of these shows."""

    id: str
    title: str
    verdict: Verdict
    checks: tuple[str, ...]
    limits: str


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A control, or a range of them, that varve cannot check, and the reason."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a tenant stands to a framework.

    Its score is `supported` of `applicable` controls. `covered` is the number of controls that have any check, of
    all the `known` ones, which include `unchecked`.
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
    """How tenants stand to the frameworks that they are held to, on one day, at one commit, by one compiler.

    `compiler` is the compiler's digest. `looked` is how many of `whole` commits were examined; both are 0 if none was.
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
