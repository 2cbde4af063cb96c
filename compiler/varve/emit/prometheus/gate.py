"""Which Prometheus version has which field and function, so that no server gets what it cannot read."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, cast

from varve.emit.kit import Task
from varve.emit.prometheus import representative
from varve.language import promql
from varve.language.cache_key import IdentityKey
from varve.language.fault import Fault
from varve.language.version import Version, parse
from varve.model.diagnostic import Place, Rule
from varve.model.source import Document, Keys, Map, Value
from varve.resolve import vendor
from varve.resolve.history import origin
from varve.resolve.platform import prometheus_features, prometheus_version

NEEDS_NEWER = Rule(
    "emit/needs-newer-prometheus",
    "Field or function needs a newer Prometheus",
    "`platform.targets.prometheus.version` sets what the environment runs. An older server refuses the whole file "
    "because of one unknown field, so varve refuses it first. Leave the field out there, with an overlay for the "
    "environment, or raise the version once the server is upgraded.",
)
NEEDS_FLAG = Rule(
    "emit/needs-feature-flag",
    "PromQL feature is not enabled",
    "Prometheus supports this only when it runs with a feature flag. If yours does, list the flag under "
    "`platform.targets.prometheus.features`. The meaning of experimental features may change from one version to the "
    "next.",
)

SERVICE_SINCE: Final[Mapping[str, Version]] = {"query_offset": Version(2, 53)}
SCRAPE_SINCE: Final[Mapping[str, Version]] = {
    "fallback_scrape_protocol": Version(3, 0),
    "scrape_native_histograms": Version(3, 8),
}
GROUP_SINCE: Final[Mapping[str, Version]] = {"query_offset": Version(2, 53), "labels": Version(3, 0)}

_LENGTH: Final = r"[0-9]+(?:ms|[smhdwy])"
_OLD_DURATION: Final = re.compile(rf"(?:[\[:]|\boffset)\s*+(?>-\s*+|)(?:{_LENGTH})+", re.IGNORECASE)
"""A duration where every version allows one."""

_NEWER_SYNTAX: Final = re.compile(
    rf"""\b(?:{"|".join(promql.FUNCTION_SINCE)}|fill|fill_left|fill_right)\s*\(
    | [{{,]\s*["'`] | \b(?:by|without|on|ignoring|group_left|group_right)\s*\(\s*["'`]  # a name in quotes
    | [0-9]_[0-9] | 0x[0-9a-f]*_
    | (?:[\[:]|\boffset)\s*+(?>-\s*+|)[0-9.] | (?<![\w.:]){_LENGTH}  # a number for a duration, or the reverse
    | \#  # a comment may part any of these""",
    re.IGNORECASE | re.VERBOSE,
)


def may_need_newer(expr: str) -> bool:
    """Whether an expression may need a newer Prometheus: a quick test that misses none, as hardly any does."""
    return _may_need_newer(representative.representative(expr))


@lru_cache(maxsize=4096)
def _may_need_newer(expr: str) -> bool:
    return _NEWER_SYNTAX.search(_OLD_DURATION.sub(" ", expr)) is not None


def gate(task: Task) -> None:
    """Report every field and function in the unit that the environment's Prometheus does not have."""
    for keys, since in _newer_fields(task.unit.value, prometheus_version(task.environment)):
        place, _ = origin(task.unit.stack, keys)
        _report_newer(task, f"`{keys[-1]}`", since, place)
    for keys, expr in expressions(task.unit.value):
        if may_need_newer(expr):
            place, _ = origin(task.unit.stack, keys)
            _gate_expression(task, expr, place)
    for document in task.unit.vendor.values():
        _gate_vendor(task, document)


def gate_template(task: Task, template: str, rules: list[Map]) -> None:
    """Report what a template's expressions need and Prometheus does not have, unless the unit already has errors."""
    if not task.report.broken:
        for expr in _suspects(IdentityKey(rules)):
            _gate_expression(task, expr, Place(template))


@lru_cache(maxsize=1024)
def _suspects(rules: IdentityKey[list[Map]]) -> tuple[str, ...]:
    """The expressions to check; cached, because the rules are the same in every environment of a tenant."""
    return tuple(expr for rule in rules.value if may_need_newer(expr := str(rule["expr"])))


def _newer_fields(value: Map, running: Version) -> Iterator[tuple[Keys, Version]]:
    for service, each in _maps(value.get("services")):
        yield from _newer(each, ("services", service), SERVICE_SINCE, running)
        for job, scrape in _maps(each.get("scrape")):
            yield from _newer(scrape, ("services", service, "scrape", job), SCRAPE_SINCE, running)


def _newer(value: Map, at: Keys, since: Mapping[str, Version], running: Version) -> Iterator[tuple[Keys, Version]]:
    return (((*at, field), first) for field, first in since.items() if field in value and running < first)


def _maps(value: Value) -> list[tuple[str, Map]]:
    return [(key, cast("Map", each)) for key, each in cast("Map", value or {}).items()]


def expressions(value: Map) -> Iterator[tuple[Keys, str]]:
    """The expressions that a unit sets, with their keys: of alerts, recordings and objectives."""
    for service, each in _maps(value.get("services")):
        for section in ("alerts", "records"):
            for name, rule in _maps(each.get(section)):
                yield ("services", service, section, name, "expr"), cast("str", rule["expr"])
        for name, slo in _maps(each.get("slos")):
            for counter in (each for each in ("errors", "good", "total") if each in slo):
                yield ("services", service, "slos", name, counter), cast("str", slo[counter])


def _gate_vendor(task: Task, document: Document) -> None:
    running = prometheus_version(task.environment)
    for at, group in vendor.groups(document):
        for keys, since in _newer(group, at, GROUP_SINCE, running):
            _report_newer(task, f"`{keys[-1]}`", since, Place(document.path, keys, "key"))
        for keys, rule in vendor.rules_of(at, group):
            _gate_expression(task, str(rule["expr"]), Place(document.path, (*keys, "expr")))


def _gate_expression(task: Task, expr: str, place: Place) -> None:
    query = representative.read(expr)
    if isinstance(query, Fault):
        return
    for function in sorted(query.functions):
        _gate_function(task, function, place)
    for feature in sorted(query.features):
        _report_newer(task, feature, _version(promql.FEATURE_SINCE[feature]), place)
        if feature in promql.FEATURE_FLAG:
            _report_flag(task, feature, promql.FEATURE_FLAG[feature], place)


def _gate_function(task: Task, function: str, place: Place) -> None:
    if function in promql.FUNCTION_SINCE:
        _report_newer(task, f"`{function}()`", _version(promql.FUNCTION_SINCE[function]), place)
    stable = promql.STABLE_SINCE.get(function)
    if function in promql.EXPERIMENTAL and not (stable and prometheus_version(task.environment) >= _version(stable)):
        _report_flag(task, f"`{function}()`", "promql-experimental-functions", place)


def _version(text: str) -> Version:
    return cast("Version", parse(text))


def _report_newer(task: Task, what: str, since: Version, place: Place) -> None:
    """Report `what` if the environment's Prometheus is older than `since`."""
    running, name = prometheus_version(task.environment), task.environment.name
    if running < since:
        hint = f"leave it out for `{name}`, or raise `platform.targets.prometheus.version`"
        task.report.add(NEEDS_NEWER, f"{what} needs Prometheus {since} but `{name}` runs {running}", place, hint=hint)


def _report_flag(task: Task, what: str, flag: str, place: Place) -> None:
    """Report `what` if the environment's Prometheus runs without the feature flag."""
    if flag not in prometheus_features(task.environment):
        hint = f"rewrite it, or add `{flag}` to the features of the target"
        task.report.add(NEEDS_FLAG, f"{what} is not enabled in `{task.environment.name}`", place, hint=hint)
