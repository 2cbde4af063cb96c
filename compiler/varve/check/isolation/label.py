"""Checks that no label of a unit has the name of an external label, which identifies a whole server."""

from collections.abc import Iterator
from typing import cast

from varve.model.diagnostic import Place, Report, Rule
from varve.model.source import Document, Keys, Map, Value
from varve.model.unit import Environment, Resolved
from varve.resolve import vendor
from varve.resolve.replica import external_labels, replica
from varve.resolve.reporting import ValueReporter

EXTERNAL_LABEL = Rule(
    "check/external-label",
    "Label has the name of an external label",
    "Prometheus puts its external labels, such as `cluster`, on everything it sends, but only where they are not "
    "present already. A series or an alert that sets one itself would look like one of another server. Use another "
    "name.",
)

_LABELLED = ("alerts", "records", "scrape")


def check(unit: Resolved, environment: Environment, report: Report) -> None:
    """Report labels of a unit and of its vendors' rules that have the name of an external label of its Prometheus."""
    replicas = replica(environment)
    external = {*external_labels(environment, unit.unit.tenant), *([replicas.label] if replicas else [])}
    reporter = ValueReporter(unit.stack, report)
    for at, label in _labels(unit.value):
        if label in external:
            reporter.at(at, EXTERNAL_LABEL, _message(label), hint="use another name", on="key")
    for document in unit.vendor.values():
        for at, label in _vendor_labels(document):
            if label in external:
                report.add(EXTERNAL_LABEL, _message(label), Place(document.path, at, "key"), hint="use another name")


def _message(label: str) -> str:
    return f"`{label}` is an external label, which is set for the whole server only"


def _labels(value: Map) -> Iterator[tuple[Keys, str]]:
    """Every label that a unit sets, with its path."""
    yield from _labels_of(value, ())
    for service, each in _maps(value["services"]):
        yield from _labels_of(each, ("services", service))
        for section in _LABELLED:
            for name, part in _maps(each.get(section)):
                if "labels" in part:
                    yield from _labels_of(part, ("services", service, section, name))


def _vendor_labels(document: Document) -> Iterator[tuple[Keys, str]]:
    for at, group in vendor.groups(document):
        yield from _labels_of(group, at)
        for keys, rule in vendor.rules_of(at, group):
            yield from _labels_of(rule, keys)


def _labels_of(part: Map, at: Keys) -> list[tuple[Keys, str]]:
    return [((*at, "labels", label), label) for label in cast("Map", part.get("labels") or {})]


def _maps(value: Value) -> list[tuple[str, Map]]:
    return [(key, cast("Map", each)) for key, each in cast("Map", value or {}).items()]
