"""Policies: the rules that an organisation writes as data, who is excused from them, and the controls they support."""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Literal, NamedTuple, TypeAlias

from varve.model.diagnostic import Place, Rule, Severity
from varve.model.source import Keys, Map
from varve.model.unit import Unit

Evidence: TypeAlias = Literal["design", "operating", "live"]
"""What a check looks at: how something is configured, that it happened, or the system as it runs."""


class Scope(Enum):
    """What a policy is asked about, one at a time."""

    SOURCE = "source"
    PLATFORM = "platform"
    UNIT = "unit"
    SERVICE = "service"
    ALERT = "alert"
    ROUTE = "route"
    RECEIVER = "receiver"
    DASHBOARD = "dashboard"
    ARTIFACT = "artifact"
    CHANGE = "change"


class Example(NamedTuple):
    """What a policy must say of something: that it `holds`, or that it does not; `keys` lead to it in the file."""

    name: str
    holds: bool
    data: Map
    keys: Keys


class Policy(NamedTuple):
    """One rule of an organisation, as its file says it.

    `match` and `require` are expressions in CEL: what is matched must be as required. `at` leads from what is asked
    about to the value that is wrong. Instead of them `rules` may hold codes of varve's own, which then must not be
    reported of the tenant. A policy that is not `always` asked must be chosen: by the settings, or by a framework that
    the tenant is held to. `waivable` is false where nobody may be excused.
    """

    id: str
    file: str
    title: str
    severity: Severity
    scope: Scope
    match: str
    require: str
    at: Keys
    message: str
    remediation: str
    always: bool
    waivable: bool
    evidence: Evidence
    limits: str
    cwe: tuple[str, ...]
    rules: tuple[str, ...]
    parameters: Map
    examples: tuple[Example, ...]
    controls: Mapping[str, tuple[str, ...]]

    @property
    def code(self) -> str:
        """By what its diagnostics are known."""
        return f"policy/{self.id}"

    def rule(self, severity: Severity | None = None) -> Rule:
        """What its diagnostics are of, as strict as its file says, or as `severity` does."""
        return Rule(self.code, self.title, self.remediation, severity or self.severity)


class Waiver(NamedTuple):
    """Who is excused from a policy, why, by whom, and until when; what it leaves open is excused everywhere.

    `path` leads to what is excused in the unit, with everything below it. It counts on the day `until` too. `place` is
    where the waiver is said.
    """

    policy: str
    tenant: str | None
    environment: str | None
    path: Keys
    reason: str
    owner: str
    granted: date
    until: date
    place: Place


class Control(NamedTuple):
    """One control of a framework: its number there, what it is about in our words, and the ids of what supports it.

    `limits` says what none of these shows.
    """

    id: str
    title: str
    checks: tuple[str, ...]
    limits: str


class Framework(NamedTuple):
    """A compliance framework, and which policies support its controls; `unchecked` are those that nothing here can."""

    id: str
    file: str
    title: str
    severity: Severity
    limits: str
    controls: tuple[Control, ...]
    unchecked: Mapping[str, str]

    @property
    def policies(self) -> frozenset[str]:
        """The ids of the policies that support any of its controls."""
        return frozenset(check for control in self.controls for check in control.checks)


class Library(NamedTuple):
    """Everything under `policies/`: by id, as the repository says it over what varve ships.

    What `policies/settings` says is in the policies already, and those that it turns off are not here; `chosen` are
    those that it asks for everywhere, and `severities` what it says of their severity, whatever a framework says.
    """

    policies: Mapping[str, Policy]
    frameworks: Mapping[str, Framework]
    waivers: tuple[Waiver, ...]
    chosen: frozenset[str]
    severities: Mapping[str, Severity]


class Failure(NamedTuple):
    """Something that is not as a policy requires: what it is called, the waiver that excuses it, where it stands."""

    subject: str
    waiver: Waiver | None = None
    place: Place | None = None


class Tally(NamedTuple):
    """What a policy said of a unit: how many it was asked about and how many matched, and those that failed.

    The tenant is empty where it was asked of an environment's platform, or of a source or a change that is no tenant's.
    """

    policy: str
    unit: Unit
    population: int
    failures: tuple[Failure, ...] = ()


class Judged(NamedTuple):
    """What policies said of a unit, or of a platform: the tallies of it, and those of each source that it is made of.

    Sources are known by their path and the frameworks that count for them. All that are made of one say the same of it,
    so that whoever adds several of these counts it once.
    """

    tallies: tuple[Tally, ...] = ()
    files: Mapping[tuple[str, tuple[str, ...]], tuple[Tally, ...]] = {}
