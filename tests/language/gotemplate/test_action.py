"""Only the actions of a template that may be an alert's text are looked at."""

import pytest

from varve.language.gotemplate import fault, printed_labels, prints_value
from varve.language.gotemplate.action import actions, is_test, touches

REFUSED = [
    "{{ end }}{{ $labels.queue }}{{ $value }}",
    "{{ else }}{{ $labels.queue }}{{ $value }}",
    "{{ range $labels }}{{ $labels.queue }}{{ $value }}{{ end }}",
    '{{ define "a" }}{{ $labels.queue }}{{ $value }}{{ end }}',
    '{{ block "a" . }}{{ $labels.queue }}{{ $value }}{{ end }}',
    "{{ with $labels.a }}{{ else with $labels.b }}{{ $value }}{{ end }}",
    "{{ $labels.queue }}{{ $value",
]


@pytest.mark.parametrize("template", REFUSED)
def test_a_template_that_is_refused_anyway_has_none(template: str) -> None:
    assert fault(template) is not None
    assert actions(template) == ()
    assert printed_labels(template) == frozenset()
    assert not prints_value(template)


def test_actions_are_without_spaces_and_text() -> None:
    found = actions("a {{ if gt $value 1.0 }} b {{- $labels.queue | title -}} {{ end }}")
    assert [[each.text for each in action] for action in found] == [
        ["if", "gt", "$value", "1.0"],
        ["$labels", ".queue", "|", "title"],
        ["end"],
    ]
    assert [is_test(each) for each in found] == [True, False, False]
    assert [touches(*found[1][:2]), touches(*found[1][1:3])] == [True, False]
