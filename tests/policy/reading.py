"""Files below `policies/`, read and compiled without a repository around them."""

from collections.abc import Mapping

from varve.language import canonical
from varve.model.diagnostic import Report
from varve.model.policy import Library
from varve.model.snapshot import Entry, Snapshot
from varve.model.source import Map
from varve.policy import library, program
from varve.policy.program import Program
from varve.read.reading import reading

Read = tuple[Library, dict[str, Program], Report]

OWNED: Map = {
    "id": "owned",
    "title": "Every service has an owner",
    "severity": "warning",
    "scope": "service",
    "require": "has(service.owner)",
    "message": "`{service.id}` has no owner",
    "remediation": "Say `owner`.",
    "examples": [
        {"name": "with an owner", "pass": {"service": {"owner": "payments"}}},
        {"name": "without one", "fail": {"service": {"id": "checkout"}}},
    ],
}
"""A valid policy."""

SOX: Map = {
    "id": "sox",
    "title": "SOX",
    "severity": "error",
    "limits": "People.",
    "controls": [{"id": "C1", "title": "owners", "checks": ["owned"]}, {"id": "C2", "title": "others", "checks": []}],
}
"""A framework that is valid together with the policy above."""


def policy(changes: Map | None = None, *, without: tuple[str, ...] = ()) -> bytes:
    """The policy above, changed, as JSON."""
    changed = {key: value for key, value in OWNED.items() if key not in without} | (changes or {})
    return canonical.json(changed)


def read(files: Mapping[str, bytes], shipped: frozenset[str] = frozenset()) -> Read:
    """The library in these files, the programs of its policies, and the diagnostics."""
    report = Report()
    snapshot = Snapshot({path: Entry(path, "100644") for path in files}, files, shipped)
    desk = reading(snapshot, report)
    found = library.read(desk, report)
    return found, dict(program.programs(found, desk, report)), report


def findings(report: Report) -> list[tuple[str, str]]:
    """The reported codes, without `policy/`, and their messages."""
    return [(each.rule.code.removeprefix("policy/"), each.message) for each in report]
