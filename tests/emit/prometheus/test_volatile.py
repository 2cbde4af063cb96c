"""A label that prints the value of its alert is warned of, because each value would be another alert."""

import pytest

from tests.emit.repository import CHECKOUT, Changed, build, findings, pack
from varve.language.name import dotted

VENDOR = "tenants/acme/rules/vendor.yaml"
GROUP = "groups: [{name: g, %srules: [{%s, expr: x%s}]}]\n"
LABELS = ", labels: {at: '%s'}"
RANGES = "{{ if gt $value 5.0 }}page{{ else }}warn{{ end }}"
PACK = (
    "rules:\n"
    "  - alert: Deep\n"
    "    expr: x{tenant='{{ tenant.id }}'}\n"
    "    labels: {severity: info, at: '{%% raw %%}%s{%% endraw %%}'}\n"
)

PRINTING: dict[str, tuple[str, str]] = {
    "a label of an alert": (
        GROUP % ("", "alert: A, for: 10m", LABELS % "{{ $value }}"),
        "groups[0].rules[0].labels.at",
    ),
    "a label that rounds it": (
        GROUP % ("", "alert: A", LABELS % "{{ .Value | humanize }}"),
        "groups[0].rules[0].labels.at",
    ),
    "a label of a group with an alert": (
        GROUP % ("labels: {at: '{{ $value }}'}, ", "alert: A", ""),
        "groups[0].labels.at",
    ),
}

OTHERS: dict[str, Changed] = {
    "a label that only tests it": {VENDOR: GROUP % ("", "alert: A", LABELS % RANGES)},
    "an annotation": {VENDOR: GROUP % ("", "alert: A", ", annotations: {at: '{{ $value }}'}")},
    "a label of a series": {VENDOR: GROUP % ("", "alert: A", LABELS % "{{ $labels.queue }}")},
    "a label of a recording, which is plain text": {
        VENDOR: GROUP % ("labels: {in: '{{ $value }}'}, ", "record: 'a:b'", LABELS % "{{ $value }}")
    },
    "a label of a service's alert, which is plain text": {
        CHECKOUT: "alerts: {A: {expr: x, severity: info, summary: A, labels: {at: '{{ $value }}'}}}\n"
    },
}


@pytest.mark.parametrize("name", PRINTING)
def test_a_label_that_prints_the_value_is_warned_of(name: str) -> None:
    text, at = PRINTING[name]
    (diagnostic,) = build({VENDOR: text}).diagnostics
    assert diagnostic.place is not None
    assert (diagnostic.rule.code, dotted(diagnostic.place.keys)) == ("emit/value-in-label", at)


@pytest.mark.parametrize("name", OTHERS)
def test_any_other_label_is_not(name: str) -> None:
    assert findings(build(OTHERS[name])) == []


def test_a_packs_label_is_warned_of_in_its_template() -> None:
    made = build({**pack(PACK % "{{ $value }}"), CHECKOUT: "packs: {mine: {}}\n"})
    assert findings(made) == [
        "emit/value-in-label: a label of `Deep` prints its value: whenever that changes, another alert begins"
    ]
    assert [each.place.file for each in made.diagnostics if each.place] == ["templates/packs/mine/rules.yaml.j2"]
    assert findings(build({**pack(PACK % RANGES), CHECKOUT: "packs: {mine: {}}\n"})) == []
