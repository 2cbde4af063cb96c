"""Labels of rules that overwrite those of their series: where these differ in nothing else, Prometheus drops all."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final, NamedTuple, cast

from varve.emit.kit import Task
from varve.language.name import listed
from varve.language.promql import LABEL
from varve.language.promql.grouping import by_labels, grouping
from varve.model.diagnostic import Note, Place, Rule, Severity
from varve.model.source import Document, Keys, Map
from varve.resolve import notify, vendor
from varve.resolve.history import origin

OVERWRITTEN_LABEL = Rule(
    "emit/overwritten-label",
    "Rule overwrites a label by which it groups",
    "The labels of a rule replace those of its series. If an expression groups by such a label, two of its series that "
    "differ only there become equal, and Prometheus then drops all results of the rule: the alert never fires, and "
    "nothing is recorded. A single series just shows another value. Leave the label out of `by`, or group by a copy "
    "that `label_replace` makes of it, or give the rule's label another name. varve itself sets `service` and "
    "`severity`, and Prometheus `alertname`.",
    Severity.WARNING,
)

_NOWHERE: Final[Keys] = ()
_OF_PROMETHEUS: Final = "alertname"
_OF_VARVE: Final = "service"
_UNFIRED: Final = "the alert never fires"
_UNRECORDED: Final = "nothing is recorded"


class _Labelled(NamedTuple):
    """A rule with its keys and its labels, and what happens if two of its results become equal.

    `given` are labels that it has anyway, with the keys that set them, none if no source does. `maps` are those that
    set more, with their keys, strongest first. `is_template` is whether Prometheus interprets their texts.
    """

    at: Keys
    expr: str
    outcome: str
    given: Mapping[str, Keys]
    maps: tuple[tuple[Keys, Map], ...]
    is_template: bool = False


def check(task: Task) -> None:
    """Warn of rules, of the unit and of its vendors, that overwrite a label by which their expressions group."""
    for each in _own(task.unit.value):
        _check(task, each, lambda keys: origin(task.unit.stack, keys)[0])
    for document in task.unit.vendor.values():
        for each in _vendors(document):
            _check(task, each, partial(Place, document.path))


def _check(task: Task, rule: _Labelled, place_of: Callable[[Keys], Place]) -> None:
    # Hardly any expression groups by a label that its rule sets, and the others need not be parsed.
    setters = {label: at for label in by_labels(rule.expr) if (at := _setter(rule, label)) is not None}
    labels = sorted(setters.keys() & grouping(rule.expr)) if setters else []
    if not labels:
        return
    message = f"the rule overwrites {listed(labels)}: once two results differ only there, {rule.outcome}"
    notes = [_note(label, setters[label], place_of) for label in labels]
    hint = (
        f"leave `{labels[0]}` out of `by`, or group by a copy of it: "
        f'`label_replace(…, "series_{labels[0]}", "$1", "{labels[0]}", "(.+)")`'
    )
    task.report.add(OVERWRITTEN_LABEL, message, place_of((*rule.at, "expr")), *notes, hint=hint)


def _setter(rule: _Labelled, label: str) -> Keys | None:
    """The keys that set a label to a constant; None if nothing does, and for the tenant's, which every selector has."""
    if label in rule.given:
        return rule.given[label]
    for at, labels in rule.maps:
        if label in labels:
            return None if label == LABEL or (rule.is_template and "{{" in str(labels[label])) else (*at, label)
    return None


def _note(label: str, at: Keys, place_of: Callable[[Keys], Place]) -> Note:
    if at:
        return Note(f"the rule's `{label}` is set here", place_of(at))
    return Note(f"{'Prometheus' if label == _OF_PROMETHEUS else 'varve'} sets `{label}`")


def _own(value: Map) -> Iterator[_Labelled]:
    """The alerts and recordings of a unit."""
    of_tenant = _labels(value, ())
    for service, settings in notify.maps(value, "services").items():
        shared = (_labels(settings, ("services", service)), of_tenant)
        for name, alert in notify.maps(settings, "alerts").items():
            at = ("services", service, "alerts", name)
            given = {_OF_VARVE: _NOWHERE, _OF_PROMETHEUS: _NOWHERE, "severity": (*at, "severity")}
            yield _Labelled(at, str(alert["expr"]), _UNFIRED, given, (_labels(alert, at), *shared))
        for name, record in notify.maps(settings, "records").items():
            at = ("services", service, "records", name)
            yield _Labelled(at, str(record["expr"]), _UNRECORDED, {_OF_VARVE: _NOWHERE}, (_labels(record, at),))


def _vendors(document: Document) -> Iterator[_Labelled]:
    for group_at, group in vendor.groups(document):
        for at, rule in vendor.rules_of(group_at, group):
            maps = (_labels(rule, at), _labels(group, group_at))
            if "alert" in rule:
                yield _Labelled(at, str(rule["expr"]), _UNFIRED, {_OF_PROMETHEUS: _NOWHERE}, maps, is_template=True)
            else:
                yield _Labelled(at, str(rule["expr"]), _UNRECORDED, {}, maps)


def _labels(value: Map, at: Keys) -> tuple[Keys, Map]:
    return (*at, "labels"), cast("Map", notify.maps(value, "labels"))
