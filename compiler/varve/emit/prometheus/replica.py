"""Rules that use the replica label, which is dropped from alerts before they are sent."""

import re
from collections.abc import Iterator
from typing import Final, cast

from varve.emit.kit import Task
from varve.language import promql
from varve.model.diagnostic import Place, Rule
from varve.model.source import Document, Keys, Map, Value
from varve.resolve import notify, vendor
from varve.resolve.replica import replica
from varve.resolve.reporting import ValueReporter

REPLICA_IN_RULE = Rule(
    "emit/replica-in-rule",
    "Rule uses the replica label",
    "Servers that do the same work evaluate the same rules, and each removes `platform.replica.label` from its "
    "alerts, so that they are sent once. An alert whose series have a label of that name would lose it, and one "
    "whose text names the server, or whose label contains `$externalURL`, would be sent again by each. Use another "
    "label, or give `platform.replica` a label that nothing else uses, such as `__replica__`.",
)

_EXPRESSIONS: Final = frozenset({"expr", "errors", "good", "total"})
_RULE_SECTIONS: Final = ("alerts", "records", "slos")
_PRINTED: Final = re.compile(r"(?:\$l|\.L)abels\.(\w+)|(?:\$e|\.E)xternalLabels(?:\.(\w+)|)")
"""Matches a label that a text prints, or all external labels, in which case both groups are empty."""

_ADDRESS: Final = re.compile(r"(?:\$e|\.E)xternalURL")
_HINT: Final = "use another label"


def check(task: Task) -> None:
    """Report where rules of a unit or of its vendors use the replica label."""
    settings = replica(task.environment)
    if settings is None:
        return
    reporter = ValueReporter(task.unit.stack, task.report)
    for service, value in notify.maps(task.unit.value, "services").items():
        for section in _RULE_SECTIONS:
            for name, rule in notify.maps(value, section).items():
                for keys, what in _uses(rule, settings.label, ("services", service, section, name)):
                    reporter.at(keys, REPLICA_IN_RULE, _message(what), hint=_HINT)
    for document in task.unit.vendor.values():
        for at, each in _groups_and_rules(document):
            for keys, what in _uses(each, settings.label, at):
                task.report.add(REPLICA_IN_RULE, _message(what), Place(document.path, keys), hint=_HINT)


def check_template(task: Task, template: str, rules: list[Map]) -> None:
    """Report a template whose rules use it, unless the unit already has errors."""
    settings = None if task.report.broken else replica(task.environment)
    if settings and (what := next((what for rule in rules for _, what in _uses(rule, settings.label, ())), None)):
        hint = "use another label in the template, or let the platform use another for replicas"
        task.report.add(REPLICA_IN_RULE, _message(what), Place(template), hint=hint)


def _message(what: str) -> str:
    return f"a rule uses `{what}`, which tells replicas apart and does not belong on an alert"


def _uses(rule: Map, label: str, at: Keys) -> Iterator[tuple[Keys, str]]:
    """Where a rule uses the label, or prints the server's address in a label, and which of the two it is."""
    for key, each in rule.items():
        if key not in _EXPRESSIONS:
            yield from ((keys, label) for keys in _printing(each, label, (*at, key)))
        elif isinstance(each, str) and promql.names(each, label):
            yield (*at, key), label
    for name, text in cast("Map", rule.get("labels") or {}).items():
        if name == label or (isinstance(text, str) and "{{" in text and _ADDRESS.search(text)):
            yield (*at, "labels", name), label if name == label else "$externalURL"


def _printing(value: Value, label: str, at: Keys) -> Iterator[Keys]:
    """The places where a text prints the label, or all external labels."""
    match value:
        case str():
            matches = _PRINTED.finditer(value) if "{{" in value else ()
            if any((each[1] or each[2] or label) == label for each in matches):
                yield at
        case dict():
            for key, each in value.items():
                yield from _printing(each, label, (*at, key))


def _groups_and_rules(document: Document) -> Iterator[tuple[Keys, Map]]:
    for at, group in vendor.groups(document):
        yield at, group
        yield from vendor.rules_of(at, group)
