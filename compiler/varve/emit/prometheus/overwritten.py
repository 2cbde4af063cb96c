"""Labels of rules that overwrite those of their series: where these differ in nothing else, Prometheus drops all."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final, NamedTuple, TypeAlias, cast

from varve.emit.kit import Task
from varve.language.name import listed
from varve.language.promql.grouping import grouping
from varve.model.diagnostic import Note, Place, Rule, Severity
from varve.model.source import Document, Keys, Map
from varve.resolve import notify
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

_Setters: TypeAlias = Mapping[str, Keys]
"""The labels that a rule sets, with the keys where sources do so; no keys for what varve and Prometheus set."""

_NOWHERE: Final[Keys] = ()
_OF_ALERTS: Final[_Setters] = {"alertname": _NOWHERE}
_OF_SERVICES: Final[_Setters] = {"service": _NOWHERE}


class _Labelled(NamedTuple):
    """A rule with its keys, and the labels that it sets to a constant, except that of the tenant."""

    at: Keys
    expr: str
    is_alert: bool
    setters: _Setters


def check(task: Task) -> None:
    """Warn of rules, of the unit and of its vendors, that overwrite a label by which their expressions group."""
    for each in _own(task.unit.value):
        _check(task, each, lambda keys: origin(task.unit.stack, keys)[0])
    for document in task.unit.vendor.values():
        for each in _vendors(document):
            _check(task, each, partial(Place, document.path))


def _check(task: Task, labelled: _Labelled, place_of: Callable[[Keys], Place]) -> None:
    at, expr, is_alert, setters = labelled
    labels = grouping(expr, setters.keys())
    if not labels:
        return
    outcome = "the alert never fires" if is_alert else "nothing is recorded"
    message = f"the rule overwrites {listed(labels)}: once two results differ only there, {outcome}"
    notes = [_note(label, setters[label], place_of) for label in labels]
    hint = (
        f"leave `{labels[0]}` out of `by`, or group by a copy of it: "
        f'`label_replace(…, "series_{labels[0]}", "$1", "{labels[0]}", "(.+)")`'
    )
    task.report.add(OVERWRITTEN_LABEL, message, place_of((*at, "expr")), *notes, hint=hint)


def _note(label: str, at: Keys, place_of: Callable[[Keys], Place]) -> Note:
    if at:
        return Note(f"the rule's `{label}` is set here", place_of(at))
    return Note(f"{'Prometheus' if label in _OF_ALERTS else 'varve'} sets `{label}`")


def _own(value: Map) -> Iterator[_Labelled]:
    """The alerts and recordings of a unit, each with the labels that it has in the end."""
    of_tenant = _labels(value, ())
    for service, settings in notify.maps(value, "services").items():
        of_alerts = {**of_tenant, **_labels(settings, ("services", service)), **_OF_ALERTS}
        for section, shared in (("alerts", of_alerts), ("records", {})):
            for name, rule in notify.maps(settings, section).items():
                at = ("services", service, section, name)
                is_alert = section == "alerts"
                severity = {"severity": (*at, "severity")} if is_alert else {}
                setters = {**shared, **severity, **_labels(rule, at), **_OF_SERVICES}
                yield _Labelled(at, str(rule["expr"]), is_alert, setters)


def _vendors(document: Document) -> Iterator[_Labelled]:
    for number, group in enumerate(cast("list[Map]", (document.value or {})["groups"])):
        for position, rule in enumerate(cast("list[Map]", group["rules"])):
            at = ("groups", number, "rules", position)
            setters = {**_labels(group, at[:2]), **_labels(rule, at)}
            is_alert = "alert" in rule
            if is_alert:
                texts = {**notify.maps(group, "labels"), **notify.maps(rule, "labels")}
                constant = {label: keys for label, keys in setters.items() if "{{" not in str(texts[label])}
                setters = {**constant, **_OF_ALERTS}
            yield _Labelled(at, str(rule["expr"]), is_alert, setters)


def _labels(value: Map, at: Keys) -> dict[str, Keys]:
    return {label: (*at, "labels", label) for label in notify.maps(value, "labels")}
