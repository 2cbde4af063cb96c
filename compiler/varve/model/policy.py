"""Policies: an organisation's rules, written as data, their waivers, and the controls that they support."""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Literal, NamedTuple, TypeAlias

from varve.model.diagnostic import Place, Rule, Severity
from varve.model.source import Keys, Map
from varve.model.unit import Unit

Evidence: TypeAlias = Literal["design", "operating", "live"]
"""What a check examines: how something is configured, that something happened, or the running system."""


class Scope(Enum):
    """The kind of subject to which a policy is applied, one subject at a time."""

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
    """A subject with the expected result of a policy, whether it `holds`; `keys` is its path in the policy's file."""

    name: str
    holds: bool
    data: Map
    keys: Keys


class Policy(NamedTuple):
    """One rule of an organisation, as its file defines it.

    `match` and `require` are CEL expressions: a subject that matches must fulfil the requirement. `at` is the path in
    the subject to the value that is reported. Instead of these, `rules` may contain codes of varve's own rules, which
    then must not be reported for the tenant. A policy that is not `always` applied must be selected by the settings, or
    by a framework that the tenant is held to. `waivable` is false if no waiver is allowed.
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
        """The rule code of the policy's diagnostics."""
        return f"policy/{self.id}"

    def rule(self, severity: Severity | None = None) -> Rule:
        """The rule of the policy's diagnostics, with the severity of its file unless `severity` is given."""
        return Rule(self.code, self.title, self.remediation, severity or self.severity)


class Waiver(NamedTuple):
    """An exemption from a policy: for whom, why, granted by whom, and until when.

    `tenant` or `environment` is None if it is for all of them. `path` is what is excused in the unit, with everything
    below it. The day `until` is included. `place` is where the waiver is written.
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
    """One control of a framework: its number there, a title in varve's words, and the ids of the supporting policies.

    `limits` is what none of these shows.
    """

    id: str
    title: str
    checks: tuple[str, ...]
    limits: str


class Framework(NamedTuple):
    """A compliance framework and its controls; `unchecked` maps those that varve cannot check to the reasons."""

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
    """Everything under `policies/`, by id; a file of the repository replaces the shipped one.

    `policies/settings` has been applied: the policies that it turns off are missing. `chosen` is the policies that it
    turns on everywhere, and `severities` the severities that it sets, which take precedence over a framework's.
    """

    policies: Mapping[str, Policy]
    frameworks: Mapping[str, Framework]
    waivers: tuple[Waiver, ...]
    chosen: frozenset[str]
    severities: Mapping[str, Severity]


class Failure(NamedTuple):
    """A subject that fails a policy: its name, the waiver that excuses it, and its place."""

    subject: str
    waiver: Waiver | None = None
    place: Place | None = None


class Tally(NamedTuple):
    """The result of a policy for a unit: how many of the unit's subjects matched, and which of them failed.

    The tenant is empty for an environment's platform, and for a source or a change that belongs to no tenant.
    """

    policy: str
    unit: Unit
    population: int
    failures: tuple[Failure, ...] = ()


class Judged(NamedTuple):
    """The results of policies for a unit or a platform, and in `files` those for each of its sources.

    The key of a source is its path and the frameworks that apply to it. All units with a source have the same result
    for it, so that a sum over units counts it once.
    """

    tallies: tuple[Tally, ...] = ()
    files: Mapping[tuple[str, tuple[str, ...]], tuple[Tally, ...]] = {}
