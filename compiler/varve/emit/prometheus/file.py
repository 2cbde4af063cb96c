"""The rules of a service or of the tenant, and their tests, emitted once for environments where they are equal."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple, TypeVar, cast

from varve.emit import narrow
from varve.emit.address import dashboard_url
from varve.emit.kit import Task
from varve.emit.prometheus import escalation, reserved, rules, staleness, unit_test
from varve.emit.prometheus.rules import Group
from varve.emit.prometheus.staleness import Pace
from varve.language import canonical
from varve.language.canonical import Encoded
from varve.model.source import Map, Value
from varve.resolve import notify

T = TypeVar("T")

TENANT_FILE: Final = "_tenant"
"""The name of the tenant's own files, which no service can have."""

_UNIT: Final = ("tenant", "locale", "timezone", "features", "quotas", "labels", "contact", "users")
_PLATFORM: Final = ("targets", "alertmanager", "strict", "replica", "runbooks")
"""The parts of a unit, besides its services and escalations, and of the platform map on which rules depend."""

_DESCRIBING: Final = ("description", "owner", "runbook", "contact")
"""The parts of every service on which the tenant's own rules depend."""

_SCRAPED: Final = "scrape"
"""The part of a service on which its own rules do not depend."""

_SHARED: Final = frozenset({"rules", "tests"})
"""The keys of a file whose maps are often the same in all environments of a tenant, even if the file is not."""


class Files(NamedTuple):
    """A rule file and the file of its tests, if any.

    `packs` maps the names that packs record to these packs. `paces` are the groups with an interval or an offset of
    their own.
    """

    rules: Encoded | None
    tests: Encoded | None
    packs: Mapping[str, str]
    paces: Sequence[Pace]


class _Rendered(NamedTuple):
    """The output of the templates for a service or the tenant: its groups, not yet finished, and the test file."""

    groups: Sequence[Group]
    tests: Encoded | None


def files(task: Task, service: str) -> Files:
    """The files of a service, or of the tenant if `service` is empty; mistakes are reported."""
    if dashboard_url(task.unit, task.environment, service) is None:
        return _once(task, service, _files) or _files(task, service)
    # Alerts link to the dashboards of their environment: only that is written again for each.
    return _finished(task, service, _once(task, service, _rendered) or _rendered(task, service))


def _once(task: Task, service: str, make: Callable[[Task, str], T]) -> T | None:
    """The result of `make`; None after any mistake, which each environment then reports at its own sources."""
    part, name = _part(task.unit.value, service), ("rules", service, make)
    return narrow.once(task, part, _PLATFORM, name, partial(narrow.quietly, lambda narrowed: make(narrowed, service)))


def _files(task: Task, service: str) -> Files:
    return _finished(task, service, _rendered(task, service))


def _rendered(task: Task, service: str) -> _Rendered:
    if service:
        return _Rendered(rules.of_service(task, service), _encoded(unit_test.of_service(task, service)))
    groups, tests = rules.of_tenant(task), unit_test.of_tenant(task, TENANT_FILE)
    return _Rendered(groups, _encoded(escalation.with_tests(task, f"rules/{TENANT_FILE}.yaml", tests)))


def _finished(task: Task, service: str, rendered: _Rendered) -> Files:
    groups = [rules.finished(task, each) for each in rendered.groups]
    if not service:
        groups += escalation.groups(task)
    rule_file: Map = {"groups": cast("list[Value]", groups)} if groups else {}
    paces = tuple(staleness.paces(service, groups))
    return Files(_encoded(rule_file), rendered.tests, dict(reserved.pack_recordings(groups)), paces)


def _encoded(value: Map) -> Encoded | None:
    return canonical.encoded_yaml(value, shared=_SHARED) if value else None


def _part(value: Map, service: str) -> Map:
    """The part of a unit on which the rules of a service, or those of the tenant itself, depend."""
    services = notify.maps(value, "services")
    if service:
        parts: Map = {service: {key: each for key, each in services[service].items() if key != _SCRAPED}}
    else:
        parts = {name: {key: each[key] for key in _DESCRIBING if key in each} for name, each in services.items()}
    fields: Map = {key: value[key] for key in _UNIT if key in value}
    return {**fields, "services": parts, "notify": {"escalation": cast("list[Value]", notify.escalations(value))}}
