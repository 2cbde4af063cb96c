"""The rules of a service, or of the tenant itself, and their tests: made once for environments that say the same."""

from collections.abc import Mapping
from functools import partial
from typing import Final, NamedTuple, cast

from varve.emit import narrow
from varve.emit.address import dashboard_url
from varve.emit.kit import Task
from varve.emit.prometheus import escalation, rules, taken, unit_test
from varve.language import canonical
from varve.language.canonical import Said
from varve.model.source import Map, Value
from varve.resolve import notify

TENANT_FILE: Final = "_tenant"
"""The name of the tenant's own files, which no service can have."""

_UNIT: Final = ("tenant", "locale", "timezone", "features", "quotas", "labels", "contact", "users")
_PLATFORM: Final = ("targets", "alertmanager", "strict")
"""The parts of a unit, beside its services and escalations, and of an environment on which rules depend."""

_DESCRIBING: Final = ("description", "owner", "runbook", "contact")
"""The parts of every service on which the tenant's own rules depend."""

_SCRAPED: Final = "scrape"
"""The part of a service on which its own rules do not depend."""

_SHARED: Final = frozenset({"rules", "tests"})
"""Where those maps stand in a file that are often the same in all environments of a tenant though the file is not."""


class Files(NamedTuple):
    """A rule file and the file of its tests, where there are any, and the names that packs record, with the pack."""

    rules: Said | None
    tests: Said | None
    packs: Mapping[str, str]


def files(task: Task, service: str) -> Files:
    """The files of a service, or where that is empty of the tenant itself; what is wrong with them is reported."""
    if dashboard_url(task.unit, task.environment, service) is not None:  # alerts lead to those of their environment
        return _made(task, service)
    part, make = _part(task.unit.value, service), partial(_made_quietly, service)
    return narrow.once(task, part, _PLATFORM, ("rules", service), make) or _made(task, service)


def _made_quietly(service: str, task: Task) -> Files | None:
    """The same; None where something is wrong, which every environment reports by itself, at its own sources."""
    made = _made(task, service)
    return None if len(task.report) else made


def _made(task: Task, service: str) -> Files:
    if service:
        groups, tests = rules.of_service(task, service), unit_test.of_service(task, service)
    else:
        groups, tests = [*rules.of_tenant(task), *escalation.groups(task)], unit_test.of_tenant(task, TENANT_FILE)
        tests = escalation.tested(task, f"rules/{TENANT_FILE}.yaml", tests)
    ruled: Map = {"groups": cast("list[Value]", groups)} if groups else {}
    return Files(_said(ruled), _said(tests), dict(taken.made(groups)))


def _said(value: Map) -> Said | None:
    return canonical.yaml_said(value, shared=_SHARED) if value else None


def _part(value: Map, service: str) -> Map:
    """The part of a unit on which the rules of a service depend, or those of the tenant itself."""
    services = notify.maps(value, "services")
    if service:
        seen: Map = {service: {key: each for key, each in services[service].items() if key != _SCRAPED}}
    else:
        seen = {name: {key: each[key] for key in _DESCRIBING if key in each} for name, each in services.items()}
    own: Map = {key: value[key] for key in _UNIT if key in value}
    return {**own, "services": seen, "notify": {"escalation": cast("list[Value]", notify.escalations(value))}}
