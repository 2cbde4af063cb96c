"""The alerts of a unit and its vendors as their sources have them: expressions, and texts that Prometheus fills in."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple, TypeAlias

from varve.emit.kit import Task
from varve.model.diagnostic import Place
from varve.model.source import Document, Keys, Map, Value
from varve.resolve import notify, vendor
from varve.resolve.history import origin

Texts: TypeAlias = tuple[tuple[Keys, str], ...]
"""Texts that contain an action, each with its keys."""


class Alert(NamedTuple):
    """An alert: its keys, its expression, its texts, and where the value of given keys is written."""

    at: Keys
    expr: str
    texts: Texts
    place_of: Callable[[Keys], Place]


def alerts(task: Task) -> Iterator[Alert]:
    """The alerts of the unit's services, whose labels are plain text, and those of its vendors."""
    yield from _own(task, lambda keys: origin(task.unit.stack, keys)[0])
    for document in task.unit.vendor.values():
        yield from _vendors(document)


def _own(task: Task, place_of: Callable[[Keys], Place]) -> Iterator[Alert]:
    for service, settings in notify.maps(task.unit.value, "services").items():
        for name, alert in notify.maps(settings, "alerts").items():
            at = ("services", service, "alerts", name)
            yield Alert(at, str(alert["expr"]), texts(alert, at, ("summary", "description", "annotations")), place_of)


def _vendors(document: Document) -> Iterator[Alert]:
    for at, rule in vendor.rules(document):
        if "alert" in rule:
            place_of = partial(Place, document.path)
            yield Alert(at, str(rule["expr"]), texts(rule, at), place_of)


def texts(rule: Map, at: Keys = (), fields: tuple[str, ...] = ("labels", "annotations")) -> Texts:
    """The texts below some fields of an alert in which Prometheus fills something in."""
    return tuple(found for field in fields for found in _texts(rule.get(field), (*at, field)))


def _texts(value: Value, at: Keys) -> Iterator[tuple[Keys, str]]:
    if isinstance(value, str) and "{{" in value:
        yield at, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _texts(each, (*at, key))
