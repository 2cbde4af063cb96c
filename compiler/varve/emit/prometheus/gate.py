"""Which Prometheus has which field and function, so that an older one is never sent what it cannot read."""

from collections.abc import Iterator, Mapping
from typing import Final, cast

from varve.emit.kit import Task
from varve.language import promql
from varve.language.version import Version, parse
from varve.model.diagnostic import Place, Report, Rule
from varve.model.source import Document, Keys, Map, Value
from varve.resolve.history import origin
from varve.resolve.platform import prometheus_features, prometheus_version

NEEDS_NEWER = Rule(
    "emit/needs-newer-prometheus",
    "A field or function that the environment's Prometheus does not have",
    "`platform.targets.prometheus.version` says what the environment runs. An older server refuses the whole file for "
    "one field it does not know, so varve refuses it first. Leave the field out there, with an overlay for the "
    "environment, or raise the version once the server is upgraded.",
)
EXPERIMENTAL = Rule(
    "emit/experimental-function",
    "A PromQL function that is switched off",
    "Prometheus offers this function only when it runs with the feature flag `promql-experimental-functions`. If yours "
    "does, say so under `platform.targets.prometheus.features`.",
)

SERVICE_SINCE: Final[Mapping[str, Version]] = {"query_offset": Version(2, 53)}
SCRAPE_SINCE: Final[Mapping[str, Version]] = {
    "fallback_scrape_protocol": Version(3, 0),
    "scrape_native_histograms": Version(3, 8),
}
GROUP_SINCE: Final[Mapping[str, Version]] = {"query_offset": Version(2, 53), "labels": Version(3, 0)}


def gate(task: Task) -> None:
    """Report every field and function of the unit that the environment's Prometheus does not have."""
    for keys, since in _newer_fields(task.unit.value, prometheus_version(task.environment)):
        place, _ = origin(task.unit.stack, keys)
        _say_field(task, str(keys[-1]), since, place)
    for keys, expr in _expressions(task.unit.value):
        place, _ = origin(task.unit.stack, keys)
        _gate_expression(task, expr, place)
    for document in task.unit.vendor.values():
        _gate_vendor(task, document)


def _newer_fields(value: Map, has: Version) -> Iterator[tuple[Keys, Version]]:
    for service, each in _maps(value.get("services")):
        yield from _newer(each, ("services", service), SERVICE_SINCE, has)
        for job, scrape in _maps(each.get("scrape")):
            yield from _newer(scrape, ("services", service, "scrape", job), SCRAPE_SINCE, has)


def _newer(value: Map, at: Keys, since: Mapping[str, Version], has: Version) -> Iterator[tuple[Keys, Version]]:
    return (((*at, field), first) for field, first in since.items() if field in value and has < first)


def _maps(value: Value) -> list[tuple[str, Map]]:
    return [(key, cast("Map", each)) for key, each in cast("Map", value or {}).items()]


def _expressions(value: Map) -> Iterator[tuple[Keys, str]]:
    for service, each in _maps(value.get("services")):
        for section in ("alerts", "records"):
            for name, rule in _maps(each.get(section)):
                yield ("services", service, section, name, "expr"), cast("str", rule["expr"])


def _gate_vendor(task: Task, document: Document) -> None:
    has = prometheus_version(task.environment)
    for index, group in enumerate(cast("list[Map]", (document.value or {})["groups"])):
        for keys, since in _newer(group, ("groups", index), GROUP_SINCE, has):
            _say_field(task, str(keys[-1]), since, Place(document.path, keys, "key"))
        for number, rule in enumerate(cast("list[Map]", group["rules"])):
            _gate_expression(task, str(rule["expr"]), Place(document.path, ("groups", index, "rules", number, "expr")))


def _gate_expression(task: Task, expr: str, place: Place) -> None:
    has = prometheus_version(task.environment)
    flags = prometheus_features(task.environment)
    for function in sorted(promql.functions(expr)):
        since = promql.FUNCTION_SINCE.get(function)
        if since and has < cast("Version", parse(since)):
            _say_newer(task.report, f"`{function}()`", task, since, place)
        elif function in promql.EXPERIMENTAL and "promql-experimental-functions" not in flags:
            task.report.say(
                EXPERIMENTAL,
                f"`{function}()` is experimental, and switched off in `{task.environment.name}`",
                place,
                hint="write it without, or add `promql-experimental-functions` to the features of the target",
            )


def _say_field(task: Task, field: str, since: Version, place: Place) -> None:
    _say_newer(task.report, f"`{field}`", task, str(since), place)


def _say_newer(report: Report, what: str, task: Task, since: str, place: Place) -> None:
    has = prometheus_version(task.environment)
    report.say(
        NEEDS_NEWER,
        f"{what} needs Prometheus {since}, and `{task.environment.name}` runs {has}",
        place,
        hint=f"leave it out for `{task.environment.name}`, or raise `platform.targets.prometheus.version`",
    )
