"""Texts of alerts: Prometheus runs them as templates, and no tenant's template reads series.

Console templates and Grafana's own alerting do not apply: varve writes neither.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import pytest

from tests.defences.attack import Files, instead
from tests.defences.placing import RULES, Placing, marked, vendor
from tests.defences.volley import ONE_ENVIRONMENT, Volley, are_refused, go_through_without, have_a_twin
from tests.emit.repository import CHECKOUT, pack
from varve.language import gotemplate

_MOST: Final = 20
"""The most diagnostics of one code that are shown for a file."""

unread: Final = instead(gotemplate, "fault", lambda _: None)


def of_summaries(templates: Iterable[str]) -> Files:
    entries = (f"  A{number}: {{expr: up, severity: info, summary: {each}}}\n" for number, each in marked(templates))
    return {**ONE_ENVIRONMENT, CHECKOUT: "".join(["alerts:\n", *entries])}


def of_descriptions_in_two_languages(templates: Iterable[str]) -> Files:
    entries = (
        f"  A{number}: {{expr: up, severity: info, summary: a, description: {{en: {each}, fr: b}}}}\n"
        for number, each in marked(templates)
    )
    return {**ONE_ENVIRONMENT, CHECKOUT: "".join(["alerts:\n", *entries])}


def of_annotations_of_alerts(templates: Iterable[str]) -> Files:
    entries = (f"    n{number}: {each}\n" for number, each in marked(templates))
    return {
        **ONE_ENVIRONMENT,
        CHECKOUT: "".join(
            [
                "alerts:\n  A:\n    expr: up\n    severity: info\n    summary: a\n    annotations:\n",
                *("  " + each for each in entries),
            ]
        ),
    }


def of_vendors_annotations(templates: Iterable[str]) -> Files:
    return vendor(f"alert: A{number}, expr: up, annotations: {{note: {each}}}" for number, each in marked(templates))


def of_vendors_labels(templates: Iterable[str]) -> Files:
    return vendor(f"alert: A{number}, expr: up, labels: {{note: {each}}}" for number, each in marked(templates))


def of_vendors_groups(templates: Iterable[str]) -> Files:
    groups = (
        f"- {{name: g{number}, labels: {{note: {each}}}, rules: [{{record: a, expr: up}}]}}\n"
        for number, each in marked(templates)
    )
    return {**ONE_ENVIRONMENT, RULES: "".join(["groups:\n", *groups])}


def of_parameters_of_a_pack(templates: Iterable[str]) -> Files:
    values = {f"n{number}": each for number, each in marked(templates)}
    properties = ", ".join(f"{name}: {{type: string, format: go-template}}" for name in values)
    expr = '\'label_replace(vector(1), "instance", "a", "", "")\''
    rules = f"rules: [{{alert: A, expr: {expr}, labels: {{severity: info}}, annotations: {{{{ pack }}}}}}]\n"
    service = "".join(["packs:\n  mine:\n", *(f"    {name}: {each}\n" for name, each in values.items())])
    return {**ONE_ENVIRONMENT, **pack(rules, properties=f"{{{properties}}}"), CHECKOUT: service}


TEXTS: Final[Mapping[str, Placing]] = {
    "a summary": of_summaries,
    "a description in two languages": of_descriptions_in_two_languages,
    "an annotation": of_annotations_of_alerts,
    "an annotation of a vendor": of_vendors_annotations,
    "a label of a vendor": of_vendors_labels,
    "a label of a vendor's group": of_vendors_groups,
    "a parameter of a pack": of_parameters_of_a_pack,
}
READING: Final = {
    "a query": '{{ query "up" }}',
    "a query in backquotes": '{{ query `up{tenant="bank"}` }}',
    "a query without blanks": '{{query "up"}}',
    "a query that trims": '{{- query "up" -}}',
    "a query behind a comment": '{{/* a */}}{{ query "up" }}',
    "every result of a query": '{{ range query "up" }}{{ . }}{{ end }}',
    "with a query": '{{ with query "up" }}{{ . | first | value }}{{ end }}',
    "if a query": '{{ if query "up" }}a{{ end }}',
    "else if a query": '{{ if $value }}a{{ else if query "up" }}b{{ end }}',
    "a query in parentheses": '{{ len (query "up") }}',
    "a query as an argument": '{{ printf "%v" (query "up") }}',
    "a query that is piped": '{{ "up" | query | first | value | humanize }}',
    "a variable for a query": '{{ $found := query "up" }}{{ $found }}',
    "the first of what was found": "{{ first . }}",
    "the value of what was found": "{{ value . }}",
    "a label of what was found": '{{ label "tenant" . }}',
    "the text of what was found": "{{ strvalue . }}",
    "what was found, sorted": '{{ sortByLabel "tenant" . }}',
    "a link to a table": '{{ tableLink "up" }}',
    "a link to a graph": '{{ graphLink "up" }}',
    "another template": '{{ template "slack.default.text" . }}',
    "a template of its own": '{{ define "a" }}{{ query "up" }}{{ end }}',
    "a block": '{{ block "a" . }}b{{ end }}',
    "a call": "{{ call $labels.a }}",
    "HTML": '{{ safeHtml "<script>" }}',
}
HARMLESS: Final = (
    "{{ $labels.instance | toUpper }} is {{ if gt $value 5.0 }}high{{ else }}low{{ end }}",
    '{{ if eq $labels.job "query" }}query "up"{{ end }}',
    'query "up"',
    "{ query }",
)


def _texts() -> Iterator[tuple[str, Volley]]:
    sentences = [*READING]
    for number, place in enumerate(TEXTS):
        chosen = (sentences * 2)[4 * number : 4 * number + _MOST - 1]
        templates = [READING[sentence] for sentence in chosen]
        name = f"{place}: {chosen[0]}, and {len(templates) - 1} more"
        twin, evidence = TEXTS[place](HARMLESS), frozenset(templates)
        yield name, Volley(TEXTS[place](templates), "check/bad-go-template", twin, unread, evidence)


READERS: Final = dict(_texts())


@pytest.mark.parametrize("volley", READERS.values(), ids=READERS)
def test_a_text_of_an_alert_that_reads_series_is_refused(volley: Volley) -> None:
    are_refused(volley)


@pytest.mark.parametrize("volley", READERS.values(), ids=READERS)
def test_a_text_that_uses_only_the_alert_is_built(volley: Volley) -> None:
    have_a_twin(volley)


@pytest.mark.parametrize("volley", READERS.values(), ids=READERS)
def test_without_the_defence_the_texts_would_read_series(volley: Volley) -> None:
    go_through_without(volley)
