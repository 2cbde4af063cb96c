"""The rules of a service, or of the tenant itself, and their tests: made once for environments that give the same."""

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
_SEEN: Final = ("description", "owner", "runbook", "contact")
_SCRAPED: Final = "scrape"
_PLATFORM: Final = ("targets", "alertmanager", "strict")
"""The parts of a unit, of its services as the tenant's own rules see them, and of an environment that rules tell of."""

_SHARED: Final = frozenset({"rules", "tests"})
"""Where the maps are that may be the same in all environments of a tenant though their file is not."""


class Files(NamedTuple):
    """A rule file and the file of its tests, where there are any, and the names that packs record, with the pack."""

    rules: Said | None
    tests: Said | None
    packs: Mapping[str, str]


def files(task: Task, service: str) -> Files:
    """The files of a service, or of the tenant itself where it is empty; what troubles them is reported."""
    if dashboard_url(task.unit, task.environment, service) is not None:  # alerts lead to those of their environment
        return _made(task, service)
    told, make = _told(task.unit.value, service), partial(_quietly, service)
    return narrow.once(task, told, _PLATFORM, ("rules", service), make) or _made(task, service)


def _quietly(service: str, task: Task) -> Files | None:
    """The same; None where something is to be said, which every environment does by itself."""
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


def _told(value: Map, service: str) -> Map:
    """The part of a unit that the rules of a service tell of, or those of the tenant itself."""
    services = notify.maps(value, "services")
    if service:
        seen: Map = {service: {key: each for key, each in services[service].items() if key != _SCRAPED}}
    else:
        seen = {name: {key: said[key] for key in _SEEN if key in said} for name, said in services.items()}
    told: Map = {key: value[key] for key in _UNIT if key in value}
    return {**told, "services": seen, "notify": {"escalation": cast("list[Value]", notify.escalations(value))}}
