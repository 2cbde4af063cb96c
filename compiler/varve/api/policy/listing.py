"""Listing policies, and testing whether each has the expected results for its own examples."""

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from varve.api import catalogue
from varve.api.findings import Findings, Result, Summarised, gather
from varve.api.opening import Opening, open_view, reporting_git_errors
from varve.language.blob import identify
from varve.language.name import meant
from varve.model.diagnostic import Report
from varve.model.policy import Library, Policy
from varve.model.snapshot import Entry, Snapshot
from varve.policy import library, program, trial
from varve.policy.framework import UNKNOWN_POLICY
from varve.read.reading import Reading, reading
from varve.render import policy as rendering
from varve.render.policy import Asked, Listed
from varve.world.git.repository import Repository
from varve.world.package import library as shipping
from varve.world.snapshot.views import View, WorkTree


@dataclass(frozen=True, slots=True)
class Policies(Result):
    """The policies of a repository and those that varve ships, sorted by id."""

    findings: Findings
    policies: tuple[Listed, ...] = ()

    @property
    def table(self) -> str:
        """A row for each policy, as `varve policy list` prints it."""
        return rendering.rows(self.policies)

    def text(self, *, colour: bool = False, width: int = 100) -> str:
        """The table, and the findings."""
        return self.table + self.findings.text(colour=colour, width=width)

    def json(self) -> str:
        """All policies as one JSON document."""
        return rendering.json(self.policies)


@dataclass(frozen=True, slots=True)
class ExampleResults(Summarised):
    """The result of testing policies: how many `policies` have examples, and how many `examples` those are."""

    findings: Findings
    policies: int = 0
    examples: int = 0

    @property
    def summary(self) -> str:
        """That all results are as expected, in one line without a newline; empty if any is not."""
        if self.broken:
            return ""
        policies = "1 policy finds" if self.policies == 1 else f"{self.policies} policies find"
        return f"{policies} what is expected in {self.examples} examples"


class _ReadPolicies(NamedTuple):
    """An opening, and the policies in it."""

    opening: Opening
    reading: Reading
    library: Library


def listed(repository: Repository, view: View) -> Policies:
    """The policies under `policies/`, and those that varve ships."""
    report = Report()
    read = _read(repository, view, report)
    found = _listed(read.library, read.opening.snapshot) if read else ()
    return Policies(gather(report, read.opening.snapshot) if read else gather(report), found)


def test(repository: Repository, view: View, ids: Sequence[str]) -> ExampleResults:
    """The results of the policies with these ids, or without ids of all policies, for their own examples."""
    report = Report()
    read = _read(repository, view, report)
    if read is None:
        return ExampleResults(gather(report))
    chosen = {policy.id: policy for policy in _chosen(read, ids, report)}
    numbers = try_examples(read.library._replace(policies=chosen), read.reading, report)
    return ExampleResults(gather(report, read.opening.snapshot), len(numbers), sum(numbers))


def try_examples(known: Library, view: Reading, report: Report) -> list[int]:
    """The number of examples of each policy that has any; unexpected results are reported.

    For a policy that lists codes of rules instead, the codes that do not exist are reported.
    """
    codes = catalogue.rules()
    for policy in known.policies.values():
        trial.try_rules(policy, codes, report)
    return [trial.try_examples(each, report) for each in program.programs(known, view, report).values()]


def by_code(repository: Repository | None) -> dict[str, Listed]:
    """The policies of a work tree, or without a repository the shipped ones, by the codes of their diagnostics."""
    report = Report()
    read = _read(repository, WorkTree(), report) if repository else None
    known = _listed(read.library, read.opening.snapshot) if read else _shipped(report)
    return {each.policy.code: each for each in known}


def _read(repository: Repository, view: View, report: Report) -> _ReadPolicies | None:
    opening = open_view(repository, view, report)
    if opening is None:
        return None
    with reporting_git_errors(report):
        files = reading(opening.snapshot, report)
        return _ReadPolicies(opening, files, library.read(files, report))
    return None


def _shipped(report: Report) -> tuple[Listed, ...]:
    files = dict(shipping.files())
    entries = {path: Entry(identify(data), "100644") for path, data in sorted(files.items())}
    snapshot = Snapshot(entries, {entries[path].id: data for path, data in files.items()}, frozenset(files))
    return _listed(library.read(reading(snapshot, report), report), snapshot)


def _listed(known: Library, snapshot: Snapshot) -> tuple[Listed, ...]:
    return tuple(
        Listed(policy, _activation(known, policy), _controls(known, policy), policy.file in snapshot.library)
        for _, policy in sorted(known.policies.items())
    )


def _activation(known: Library, policy: Policy) -> Asked:
    if policy.always:
        return "always"
    if policy.id in known.chosen:
        return "everywhere"
    return "by frameworks" if any(policy.id in each.policies for each in known.frameworks.values()) else "nowhere"


def _controls(known: Library, policy: Policy) -> dict[str, list[str]]:
    """The controls that a policy supports, by framework."""
    by_framework = {
        name: [each.id for each in framework.controls if policy.id in each.checks]
        for name, framework in sorted(known.frameworks.items())
    }
    return {name: controls for name, controls in by_framework.items() if controls}


def _chosen(read: _ReadPolicies, ids: Sequence[str], report: Report) -> list[Policy]:
    known = read.library
    # A policy with a broken file is not called unknown, because the file has been reported already.
    stems = read.reading.stems if report.broken else ()
    broken = {posixpath.basename(stem) for stem in stems if stem.startswith("policies/")}
    for id_ in ids:
        if id_ not in known.policies and id_ not in broken:
            guess = meant(id_, known.policies)
            hint = f"did you mean `{guess}`?" if guess else "`varve policy list` lists them"
            report.add(UNKNOWN_POLICY, f"there is no policy `{id_}`", hint=hint)
    return [policy for id_, policy in sorted(known.policies.items()) if not ids or id_ in ids]
