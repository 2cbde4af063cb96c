"""A text prints the value if its result follows the value, and not if it only tests it."""

import pytest

from varve.language.gotemplate import fault, prints_value

PRINTING = [
    "{{ $value }}",
    "at {{- .Value | humanize -}} !",
    '{{ printf "%.0f%%" $value }}',
    "{{ if gt $value 5.0 }}{{ $value }}{{ end }}",
    "{{ if $labels.queue }}a{{ else if gt $value 5.0 }}{{ humanize $value }}{{ end }}",
    "{{ with $value }}{{ . }}{{ end }}",
    "{{ with $value }}{{ if true }}{{ . }}{{ end }}{{ end }}",
    "{{ with $labels.queue }}{{ . }}{{ end }}{{ $value }}",
]
OTHERS = [
    "the value is 5",
    "$value",
    '{{ "$value" }}',
    "{{/* $value */}}",
    "{{ if gt $value 5.0 }}page{{ else }}warn{{ end }}",
    "{{ if true }}a{{ else if gt .Value 5.0 }}b{{ end }}",
    "{{ gt $value 5.0 }}",
    "{{ with $labels.queue }}{{ . }} $value{{ end }}",
    "{{ with $value }}{{ with $labels.queue }}{{ . }}{{ end }}{{ end }}",
    "{{ $labels.Value }} {{ $labels.queue }}",
]


@pytest.mark.parametrize("template", PRINTING)
def test_a_text_that_follows_the_value_prints_it(template: str) -> None:
    assert fault(template) is None
    assert prints_value(template)


@pytest.mark.parametrize("template", OTHERS)
def test_a_text_that_tests_the_value_or_does_not_have_it_prints_none(template: str) -> None:
    assert fault(template) is None
    assert not prints_value(template)


def test_what_is_no_template_prints_none() -> None:
    assert not prints_value("{{ $value")
