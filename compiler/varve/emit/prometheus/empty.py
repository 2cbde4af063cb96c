"""Texts of alerts that print a label which no series of the expression's result can have."""

from collections.abc import Iterator
from typing import Final

from varve.emit.kit import Task
from varve.emit.prometheus.alert import Texts, alerts, texts
from varve.emit.prometheus.representative import representative
from varve.language import gotemplate
from varve.language.name import listed
from varve.language.promql.present import possible
from varve.model.diagnostic import Note, Place, Rule, Severity
from varve.model.source import Keys, Map

EMPTY_LABEL = Rule(
    "emit/empty-label",
    "Text prints a label that the alert's series lack",
    "In the texts of an alert, `$labels` has the labels of the expression's result, and no others: an aggregation "
    "leaves only those that its `by` names, and `absent` only those that its selector requires to be equal to "
    "something. The labels that the rule itself sets, such as `severity`, and `alertname` are not in `$labels` either, "
    "and external labels are in `$externalLabels`. Prometheus prints nothing for a label that is not there. Add it to "
    "`by`, or leave it out of the text. A text that tests the label, as with `if`, is not warned about.",
    Severity.WARNING,
)

_OF_RULE: Final = frozenset({"alertname", "service", "severity"})


def check(task: Task) -> None:
    """Warn of texts of alerts, of the unit and of its vendors, that print a label which is always empty."""
    for alert in alerts(task):
        for keys, labels in _empty(alert.expr, alert.texts):
            note = Note("no result of this expression has it", alert.place_of((*alert.at, "expr")))
            task.report.add(EMPTY_LABEL, _message(labels), alert.place_of(keys), note, hint=_hint(labels))


def check_template(task: Task, template: str, rules: list[Map]) -> None:
    """Warn of a template whose alerts have such texts, unless the unit already has errors."""
    if task.report.broken:
        return
    for rule in rules:
        found = next(_empty(str(rule["expr"]), texts(rule)), None) if "alert" in rule else None
        if found:
            _, labels = found
            message = f"in a text of `{rule['alert']}`, {_message(labels)}"
            hint = f"in the template or in what it is given, {_hint(labels)}"
            task.report.add(EMPTY_LABEL, message, Place(template), hint=hint)
            return


def _empty(expr: str, alert_texts: Texts) -> Iterator[tuple[Keys, list[str]]]:
    """The texts that print labels which no result of the expression can have, each with its keys and these labels."""
    for keys, text in alert_texts:
        labels = gotemplate.printed_labels(text)
        # Hardly any label is missing, and expressions that differ only in strings are parsed once.
        if labels and labels - possible(representative(expr), labels) and (missing := labels - possible(expr, labels)):
            yield keys, sorted(missing)


def _message(labels: list[str]) -> str:
    return f"{listed([f'$labels.{label}' for label in labels])} {'is' if len(labels) == 1 else 'are'} always empty"


def _hint(labels: list[str]) -> str:
    if _OF_RULE.issuperset(labels):
        return "write it in the text itself: `$labels` does not have what the rule sets"
    return f"add `{labels[0]}` to `by`, or leave it out; `$labels` does not have what the rule sets"
