"""Labels of rules that overwrite those of their series: if series differ in nothing else, Prometheus drops them all."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple, cast

from varve.emit.kit import Task
from varve.language import promql
from varve.language.name import listed
from varve.language.promql.grouping import grouping
from varve.model.diagnostic import Note, Place, Rule, Severity
from varve.model.source import Document, Keys, Map
from varve.resolve import notify
from varve.resolve.history import origin
from varve.resolve.reporting import ValueReporter

OVERWRITTEN_LABEL = Rule(
    "emit/overwritten-label",
    "Rule overwrites a label by which it groups",
    "The labels of a rule replace those of its series. If an expression groups by such a label, its series get equal "
    "as soon as two of them differ only in it, and Prometheus drops the results of the whole rule: the alert never "
    "fires, the recording has no series. With one series the label is just not what it was. Leave the label out of "
    "`by`; or keep it under another name, with `label_replace` below the aggregation; or give the rule's label another "
    "name, if it is yours to name. varve itself sets `tenant`, `service` and `severity`, and Prometheus `alertname`.",
    Severity.WARNING,
)

_OUTCOMES: Final = {"alerts": "the alert never fires", "records": "nothing is recorded"}


class _Setter(NamedTuple):
    """Who sets a label, in a few words, and where, if a source does."""

    who: str
    at: Keys | None = None


def check(task: Task) -> None:
    """Warn of the rules, of the unit and of its vendors, whose own labels overwrite some by which they group."""
    reporter = ValueReporter(task.unit.stack, task.report)
    for service, settings in notify.maps(task.unit.value, "services").items():
        shared = {
            **_setters(task.unit.value, ()),
            **_setters(settings, ("services", service)),
        }
        for section, outcome in _OUTCOMES.items():
            for name, rule in notify.maps(settings, section).items():
                at = ("services", service, section, name)
                setters = _own_setters(rule, at, shared if section == "alerts" else {})
                if labels := _overwritten(rule, setters):
                    notes = [_note(label, setters[label], _place_in(task)) for label in labels]
                    reporter.at((*at, "expr"), OVERWRITTEN_LABEL, _message(labels, outcome), *notes, hint=_hint(labels))
