"""A text that prints a label which no result of its alert can have is warned of at the text."""

import pytest

from tests.emit.repository import CHECKOUT, Changed, build, findings, pack
from varve.language.name import dotted

VENDOR = "tenants/acme/rules/vendor.yaml"
ALERT = "alerts: {A: {expr: '%s', severity: info, %s}}\n"
GROUP = "groups: [{name: g, rules: [{%s, expr: '%s'%s}]}]\n"
EXPR = "sum by (queue) (x) > 1"
INSTANCE = "`$labels.instance` is always empty"
PACK = pack(
    "rules:\n"
    "  - alert: Deep\n"
    '    expr: sum by (queue) (x{tenant="{{ tenant.id }}"}) > 1\n'
    "    labels: {severity: info}\n"
    "    annotations: {summary: '{% raw %}{{ $labels.LABEL }}{% endraw %}'}\n"
)

# What is changed, the key of the text, and the message.
EMPTY: dict[str, tuple[Changed, str, str]] = {
    "a summary": ({CHECKOUT: ALERT % (EXPR, "summary: 'On {{ $labels.instance }}'")}, "alerts.A.summary", INSTANCE),
    "a description in one of several languages": (
        {CHECKOUT: ALERT % (EXPR, "summary: A, description: {en: A, fr: 'À {{ $labels.instance }}'}")},
        "alerts.A.description.fr",
        INSTANCE,
    ),
    "an annotation": (
        {CHECKOUT: ALERT % ("absent(x)", "summary: A, annotations: {at: '{{ $labels.instance }}'}")},
        "alerts.A.annotations.at",
        INSTANCE,
    ),
    "what the rule sets": (
        {CHECKOUT: ALERT % (EXPR, "summary: '{{ $labels.severity }} {{ $labels.alertname }} {{ $labels.queue }}'")},
        "alerts.A.summary",
        "`$labels.alertname` and `$labels.severity` are always empty",
    ),
    "a label of the rule": (
        {CHECKOUT: ALERT % (EXPR, "summary: '{{ $labels.team }}', labels: {team: a}")},
        "alerts.A.summary",
        "`$labels.team` is always empty",
    ),
    "an annotation of a vendor": (
        {VENDOR: GROUP % ("alert: A", EXPR, ", annotations: {at: '{{ $labels.instance }}'}")},
        "groups[0].rules[0].annotations.at",
        INSTANCE,
    ),
    "a label of a vendor": (
        {VENDOR: GROUP % ("alert: A", EXPR, ", labels: {at: '{{ $labels.instance }}'}")},
        "groups[0].rules[0].labels.at",
        INSTANCE,
    ),
    "a vendor's number": (
        {VENDOR: GROUP % ("alert: A", "1", ", labels: {at: '{{ $labels.instance }}'}")},
        "groups[0].rules[0].labels.at",
        INSTANCE,
    ),
}

OTHERS: dict[str, Changed] = {
    "a label of the result": {CHECKOUT: ALERT % (EXPR, "summary: 'On {{ $labels.queue }}'")},
    "a label of any series": {CHECKOUT: ALERT % ("x > 1", "summary: 'On {{ $labels.instance }}'")},
    "a label that a string names": {
        CHECKOUT: ALERT % ('label_replace(sum(x), "queue", "a", "", "")', "summary: 'On {{ $labels.queue }}'")
    },
    "the tenant of what is absent": {CHECKOUT: ALERT % ("absent(x)", "summary: 'No x of {{ $labels.tenant }}'")},
    "a label that is tested": {CHECKOUT: ALERT % (EXPR, "summary: '{{ with $labels.instance }}On {{ . }}{{ end }}'")},
    "an external label": {CHECKOUT: ALERT % (EXPR, "summary: 'In {{ $externalLabels.instance }}'")},
    "a label of a service's alert, which is plain text": {
        CHECKOUT: ALERT % (EXPR, "summary: A, labels: {at: '{{ $labels.instance }}'}")
    },
    "a label of a vendor's recording, which is plain text": {
        VENDOR: GROUP % ("record: 'a:b'", EXPR, ", labels: {at: '{{ $labels.instance }}'}")
    },
}


def _of_pack(label: str) -> Changed:
    texts = {path: text and text.replace("LABEL", label) for path, text in PACK.items()}
    return {**texts, CHECKOUT: "packs: {mine: {}}\n"}


@pytest.mark.parametrize("name", EMPTY)
def test_a_label_that_no_result_has_is_warned_of_at_the_text(name: str) -> None:
    changed, at, message = EMPTY[name]
    (diagnostic,) = build(changed).diagnostics
    assert diagnostic.place is not None
    assert (diagnostic.rule.code, dotted(diagnostic.place.keys)) == ("emit/empty-label", at)
    assert diagnostic.message == message
    assert [dotted(each.place.keys).rpartition(".")[2] for each in diagnostic.notes if each.place] == ["expr"]


@pytest.mark.parametrize("name", OTHERS)
def test_any_other_text_is_not(name: str) -> None:
    assert findings(build(OTHERS[name])) == []


def test_a_packs_text_is_warned_of_once_in_its_template() -> None:
    made = build(_of_pack("instance"))
    assert findings(made) == [f"emit/empty-label: in a text of `Deep`, {INSTANCE}"]
    assert [each.place.file for each in made.diagnostics if each.place] == ["templates/packs/mine/rules.yaml.j2"]
    assert findings(build(_of_pack("queue"))) == []


def test_the_way_out_fits_the_label() -> None:
    of_rule = build({CHECKOUT: ALERT % (EXPR, "summary: '{{ $labels.severity }}'")}).diagnostics[0]
    of_series = build({CHECKOUT: ALERT % (EXPR, "summary: '{{ $labels.instance }}'")}).diagnostics[0]
    assert of_rule.hint == "write it in the text itself: `$labels` does not have what the rule sets"
    assert of_series.hint == "add `instance` to `by`, or leave it out; `$labels` does not have what the rule sets"
