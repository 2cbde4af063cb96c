"""Checks quotas: how many rules, routes, targets and dashboards a tenant has, and its shortest interval."""

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias, cast

from varve.check.dashboard import panel
from varve.language.time import duration
from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.source import Keys, Map
from varve.model.unit import Resolved
from varve.resolve import notify, vendor
from varve.resolve.discovery import is_discovered
from varve.resolve.history import origin
from varve.resolve.reporting import ValueReporter

OVER_QUOTA = Rule(
    "check/over-quota",
    "Tenant exceeds a quota",
    "Rules, routes, targets and dashboards are processed by systems that tenants share, so each tenant has a limit "
    "for them: `quotas` sets it, for everyone or for a tier; otherwise a default of varve applies that hardly "
    "anybody reaches. Remove some, or ask the platform to grant more in `environments/tenants/`.",
)
SHORT_INTERVAL = Rule(
    "check/short-interval",
    "Interval is shorter than the quota",
    "`quotas.interval` is the shortest interval of a tenant's scrapes, probes and rules: halving it doubles the "
    "load, on Prometheus and on what is scraped. Write a longer interval, or ask the platform to grant a shorter one.",
)

MOST: Final[Mapping[str, int]] = {
    "services": 500,
    "rules": 5_000,
    "alerts": 5_000,
    "packs": 1_000,
    "slos": 500,
    "targets": 10_000,
    "probes": 1_000,
    "receivers": 100,
    "routes": 100,
    "dashboards": 200,
    "panels": 5_000,
}
"""The limits that hold where no quota is set."""

SHORTEST: Final = "1s"
"""The shortest interval that is allowed where no quota is set."""

_At: TypeAlias = Keys | Place


def check(unit: Resolved, report: Report) -> None:
    """Report each quota that a unit exceeds, at the first item beyond it, and each interval that is too short."""
    quotas, reporter = cast("dict[str, int]", unit.value.get("quotas", {})), ValueReporter(unit.stack, report)
    for name, items in _places(unit).items():
        quota = quotas.get(name, MOST[name])
        if len(items) > quota:
            total = f"there are {len(items):,} {name}" if len(items) > 1 else f"there is 1 {name[:-1]}"
            message = f"{total} but the quota is {quota:,}"
            hint = f"remove {len(items) - quota:,}, or ask the platform for more"
            _report(OVER_QUOTA, items[quota], (message, hint, _quota_note(unit, name)), reporter)
    shortest = str(quotas.get("interval", SHORTEST))
    for at, interval in _intervals(unit):
        if duration.lasts(interval) < duration.lasts(shortest):
            message, hint = f"`{interval}` is shorter than the quota of `{shortest}`", f"write `{shortest}` or more"
            _report(SHORT_INTERVAL, at, (message, hint, _quota_note(unit, "interval")), reporter)


def _report(rule: Rule, at: _At, wording: tuple[str, str, Note], reporter: ValueReporter) -> None:
    message, hint, note = wording
    if isinstance(at, Place):
        reporter.report.add(rule, message, at, note, hint=hint)
    else:
        reporter.at(at, rule, message, note, hint=hint, on="value" if rule is SHORT_INTERVAL else "key")


def _quota_note(unit: Resolved, name: str) -> Note:
    """A note on where the quota is set."""
    if name not in cast("Map", unit.value.get("quotas", {})):
        return Note(f"varve's default, because `quotas.{name}` is not set")
    place, _ = origin(unit.stack, ("quotas", name))
    return Note("the quota is set here", place._replace(on="value"))


def _places(unit: Resolved) -> Mapping[str, list[_At]]:
    """The places of all counted items, by the name of their quota, in the order of the sources."""
    notifications = notify.notify(unit.value)
    services = notify.maps(unit.value, "services")
    alerts, records = _service_items(services, "alerts"), _service_items(services, "records")
    vendors = [
        (Place(document.path, at), rule) for document in unit.vendor.values() for at, rule in vendor.rules(document)
    ]
    return {
        "services": [("services", name) for name in services],
        "rules": [*alerts, *records, *(place for place, _ in vendors)],
        "alerts": [*alerts, *(place for place, rule in vendors if "alert" in rule)],
        "packs": _service_items(services, "packs"),
        "slos": _service_items(services, "slos"),
        "targets": list(_targets(services)),
        "probes": _service_items(services, "probes"),
        "receivers": [("notify", "receivers", name) for name in notify.maps(notifications, "receivers")],
        "routes": [("notify", "routes", name) for name in notify.maps(notifications, "routes")],
        "dashboards": [Place(document.path) for document in unit.dashboards.values()],
        "panels": list(_panels(unit)),
    }


def _service_items(services: Mapping[str, Map], kind: str) -> list[_At]:
    return [("services", service, kind, name) for service, each in services.items() for name in notify.maps(each, kind)]


def _targets(services: Mapping[str, Map]) -> Iterator[_At]:
    for service, settings in services.items():
        for name, job in notify.maps(settings, "scrape").items():
            for index, _ in enumerate(cast("list[str]", job.get("targets") or [])):
                yield ("services", service, "scrape", name, "targets", index)
            if is_discovered(job):  # their number is unknown here: `target_limit` bounds it
                yield ("services", service, "scrape", name, "discovered")


def _panels(unit: Resolved) -> Iterator[Place]:
    for document in unit.dashboards.values():
        for each in panel.every(document.value or {}):
            yield Place(document.path, each.keys)


def _intervals(unit: Resolved) -> Iterator[tuple[_At, str]]:
    """Every interval that is set: of scrapes, probes, a service's rules and vendors' groups."""
    for service, settings in notify.maps(unit.value, "services").items():
        at: Keys = ("services", service)
        maps = {at: settings} | {(*at, "scrape", name): job for name, job in notify.maps(settings, "scrape").items()}
        probes = notify.maps(settings, "probes").items()
        maps |= {(*at, "probes", name, "http"): cast("Map", each["http"]) for name, each in probes}
        yield from (((*keys, "interval"), str(each["interval"])) for keys, each in maps.items() if "interval" in each)
    for document in unit.vendor.values():
        for keys, group in vendor.groups(document):
            if "interval" in group:
                yield Place(document.path, (*keys, "interval")), str(group["interval"])
