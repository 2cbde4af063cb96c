"""Labels of alerts that print the value of the expression, so that each new value makes a new alert."""

from collections.abc import Iterator
from typing import Final

from varve.emit.kit import Task
from varve.language import gotemplate
from varve.model.diagnostic import Place, Rule, Severity
from varve.model.source import Document, Keys, Map
from varve.resolve import notify, vendor

VALUE_IN_LABEL = Rule(
    "emit/value-in-label",
    "Label of an alert prints its value",
    "The labels of an alert are its identity. If one of them prints `$value`, every new value ends the alert and "
    "begins another, which waits for the whole `for` again: while the value changes, an alert with `for` never fires. "
    "Without `for` each of them is sent as an alert of its own, and replicas, which scrape at different moments, send "
    "different ones. Print the value in an annotation, or let a label tell ranges apart: "
    "`{{ if gt $value 5.0 }}page{{ else }}warn{{ end }}`.",
    Severity.WARNING,
)

_MESSAGE: Final = "the label prints the alert's value: whenever that changes, the alert ends and another one begins"
_HINT: Final = "print it in an annotation, or write a condition: `{{ if gt $value 5.0 }}page{{ else }}warn{{ end }}`"


def check(task: Task) -> None:
    """Warn of labels of vendors' alerts that print the value; those of the unit's own alerts are plain text."""
    for document in task.unit.vendor.values():
        for keys in _vendors(document):
            task.report.add(VALUE_IN_LABEL, _MESSAGE, Place(document.path, keys), hint=_HINT)


def check_template(task: Task, template: str, rules: list[Map]) -> None:
    """Warn of a template whose alerts have such labels, unless the unit already has errors."""
    names = [str(rule["alert"]) for rule in rules if "alert" in rule and any(_printing(rule, ()))]
    if names and not task.report.broken:
        message = f"a label of `{names[0]}` prints its value: whenever that changes, another alert begins"
        task.report.add(VALUE_IN_LABEL, message, Place(template), hint=_HINT)


def _vendors(document: Document) -> Iterator[Keys]:
    """The keys of all such labels, of alerts and of groups that have one."""
    for at, group in vendor.groups(document):
        alerts = [(keys, rule) for keys, rule in vendor.rules_of(at, group) if "alert" in rule]
        if alerts:
            yield from _printing(group, at)
        for keys, rule in alerts:
            yield from _printing(rule, keys)


def _printing(value: Map, at: Keys) -> Iterator[Keys]:
    for name, text in notify.maps(value, "labels").items():
        if isinstance(text, str) and "{{" in text and gotemplate.prints_value(text):
            yield (*at, "labels", name)
