"""Groups evaluated too seldom for an escalation: Prometheus forgets after five minutes what a rule recorded."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final, NamedTuple, cast

from varve.emit.kit import Task
from varve.language.name import listed
from varve.language.time import duration
from varve.model.diagnostic import Place, Rule, Severity
from varve.model.source import Keys, Map
from varve.resolve import notify, vendor
from varve.resolve.history import origin

FORGOTTEN_ALERT = Rule(
    "emit/forgotten-alert",
    "Alert is evaluated too seldom for its escalation",
    "An escalation measures for how long Prometheus records an alert as firing, and Prometheus forgets a record "
    "after five minutes. A group that is evaluated seldom, or looks back by a `query_offset`, leaves older records: "
    "the escalation then starts waiting again each time, or never starts, and nobody is notified. Keep the sum of "
    "`interval` and `query_offset` below five minutes.",
    Severity.WARNING,
)

_MEMORY: Final = 300_000


class Pace(NamedTuple):
    """A group with an `interval` or a `query_offset` of its own.

    `interval` is None for the platform's default, `service` is empty for a group of the tenant, and `alerts` has the
    severity and the name of each alert.
    """

    service: str
    interval: str | None
    offset: str
    alerts: tuple[tuple[str, str], ...]


def paces(service: str, groups: Iterable[Map]) -> Iterator[Pace]:
    """The groups, of a service or if it is empty of the tenant, that set an `interval` or a `query_offset`."""
    return (_pace(service, group) for group in groups if "interval" in group or "query_offset" in group)


def _pace(service: str, group: Map) -> Pace:
    settings = cast("dict[str, str]", group)
    return Pace(service, settings.get("interval"), settings.get("query_offset") or "0s", tuple(_alerts(group)))


def _alerts(group: Map) -> Iterator[tuple[str, str]]:
    shared = cast("Map", group.get("labels") or {})
    for rule in cast("list[Map]", group["rules"]):
        if "alert" in rule:
            labels = shared | cast("Map", rule.get("labels") or {})
            yield str(labels.get("severity")), str(rule["alert"])


def check(task: Task, own_paces: Iterable[Pace]) -> None:
    """Warn of groups, of the unit and of its vendors, whose alerts are forgotten before an escalation is due."""
    escalated = frozenset(str(escalation["severity"]) for escalation in notify.escalations(task.unit.value))
    if not escalated:
        return
    default_interval = cast("dict[str, str]", task.environment.platform["prometheus"])["evaluation_interval"]
    found: defaultdict[tuple[Place, str], set[str]] = defaultdict(set)
    for place, pace in chain(_unit_paces(task, own_paces), _vendor_paces(task)):
        names = {name for severity, name in pace.alerts if severity in escalated}
        if names and duration.lasts(pace.interval or default_interval) + duration.lasts(pace.offset) >= _MEMORY:
            found[place, _when(pace)] |= names
    for (place, when), names in found.items():
        _report(task, place, when, sorted(names))


def _unit_paces(task: Task, own_paces: Iterable[Pace]) -> Iterator[tuple[Place, Pace]]:
    """The unit's own groups with their places, except of services whose interval alone is too long for any query."""
    services = notify.maps(task.unit.value, "services")
    for pace in own_paces:
        settings = services.get(pace.service) or {}
        if duration.lasts(str(settings.get("interval", "0s"))) < _MEMORY:
            yield origin(task.unit.stack, _keys(pace.service, settings))[0], pace


def _keys(service: str, settings: Map) -> Keys:
    if not service:
        return ("tenant",)
    field = next((each for each in ("query_offset", "interval") if each in settings), None)
    return ("services", service, field) if field else ("services", service)


def _vendor_paces(task: Task) -> Iterator[tuple[Place, Pace]]:
    for document in task.unit.vendor.values():
        for at, group in vendor.groups(document):
            for pace in paces("", (group,)):
                is_interval_longer = duration.lasts(pace.interval or "0s") >= duration.lasts(pace.offset)
                field = "interval" if is_interval_longer else "query_offset"
                yield Place(document.path, (*at, field)), pace


def _when(pace: Pace) -> str:
    late = f"{pace.offset} late" if duration.lasts(pace.offset) else ""
    return " and ".join(filter(None, (f"every {pace.interval}" if pace.interval else "", late)))


def _report(task: Task, place: Place, when: str, names: list[str]) -> None:
    verb = "is" if len(names) == 1 else "are"
    message = f"{listed(names)} {verb} evaluated {when}, and forgotten before an escalation is evaluated again"
    hint = "keep the sum of `interval` and `query_offset` below 5m"
    task.report.add(FORGOTTEN_ALERT, message, place, hint=hint)
