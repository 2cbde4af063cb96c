"""A text prints the labels that it names, unless it tests whether they are empty."""

import pytest

from varve.language.gotemplate import fault, printed_labels

PRINTING = {
    "{{ $labels.queue }} is stuck": {"queue"},
    "{{$labels.queue|title}} in {{- .Labels.zone -}} !": {"queue", "zone"},
    '{{ index $labels "queue" }} {{ index .Labels `zone` }}': {"queue", "zone"},
    '{{ printf "%s/%s" $labels.queue (toUpper $labels.zone) }}': {"queue", "zone"},
    "{{ if gt $value 1.0 }}{{ $labels.queue }}{{ end }}": {"queue"},
    "{{ if $labels.zone }}in {{ $labels.zone }}{{ else }}{{ $labels.site }}{{ end }}{{ $labels.queue }}": {"queue"},
    "{{ with $labels.zone }}in {{ . }}{{ end }}{{ $labels.queue }}": {"queue"},
}
OTHERS = [
    "the queue is stuck",
    "$labels.queue",
    '{{ "$labels.queue" }}',
    "{{/* $labels.queue */}}",
    "{{ $labels }}",
    "{{ $externalLabels.queue }} {{ .ExternalLabels.queue }} {{ $value }}",
    '{{ index $externalLabels "queue" }} $labels',
    '{{ or $labels.queue "any" }}',
    '{{ eq $labels.queue "a" }} {{ len $labels.queue }}',
    '{{ if eq $labels.queue "a" }}{{ $labels.queue }}{{ end }}',
    "{{ if $labels.zone }}{{ if gt $value 1.0 }}{{ $labels.queue }}{{ end }}{{ end }}",
    "{{ if gt $value 1.0 }}a{{ else if $labels.queue }}{{ $labels.queue }}{{ end }}",
]


@pytest.mark.parametrize("template", PRINTING)
def test_a_label_that_a_text_prints_is_found(template: str) -> None:
    assert fault(template) is None
    assert printed_labels(template) == PRINTING[template]


@pytest.mark.parametrize("template", OTHERS)
def test_what_is_tested_or_no_label_of_the_series_is_not(template: str) -> None:
    assert fault(template) is None
    assert printed_labels(template) == frozenset()


def test_what_is_no_template_prints_none() -> None:
    assert printed_labels("{{ $labels.queue") == frozenset()
