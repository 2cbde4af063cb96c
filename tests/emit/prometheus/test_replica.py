"""No rule uses the replica label, whoever wrote it."""

import pytest

from tests.emit.repository import CHECKOUT, Changed, build, pack

PRODUCTION = "environments/production.yaml"
SAID = "platform: {external_labels: {environment: production}%s}\n"
WITH = {PRODUCTION: SAID % ", replica: {label: replica, variable: HOSTNAME}"}
ALERT = "alerts: {Stuck: {expr: '%s', severity: info, summary: '%s'%s}}\n"
VENDOR = "tenants/acme/rules/node.yaml"


def places(changed: Changed) -> list[tuple[str, str]]:
    """The codes of the diagnostics, and their files."""
    assert not build({**changed, PRODUCTION: SAID % ""}).diagnostics
    return [(each.rule.code, each.place.file) for each in build({**changed, **WITH}).diagnostics if each.place]


@pytest.mark.parametrize(
    ("expr", "summary", "more"),
    [
        ('sum by (replica) (up{zone="a"})', "Stuck", ""),
        ("up", "On {{ $externalLabels.replica }}", ""),
        ("up", "On {{ $labels.replica }}", ""),
        ("up", "{{ with .ExternalLabels.replica }}{{ . }}{{ end }}", ""),
        ("up", "Stuck", ", annotations: {where: '{{ $externalLabels }}'}"),
        ("up", "Stuck", ", labels: {where: '{{ print $externalURL }}'}"),
    ],
)
def test_an_alert_that_uses_the_replica_label_is_refused(expr: str, summary: str, more: str) -> None:
    assert places({CHECKOUT: ALERT % (expr, summary, more)}) == [("emit/replica-in-rule", CHECKOUT)]


@pytest.mark.parametrize(
    ("expr", "summary"),
    [
        ('up{role="replica"}', "The replica is stuck"),
        ("up", "{{ $externalLabels.environment }} {{ $labels.replicas }}"),
        ("up", "See {{ $externalURL }}"),
    ],
)
def test_an_alert_that_only_contains_the_word_is_accepted(expr: str, summary: str) -> None:
    assert places({CHECKOUT: ALERT % (expr, summary, "")}) == []


def test_recordings_and_objectives_are_looked_at_too() -> None:
    record = "records: {'a:b': {expr: sum without (replica) (up)}}\n"
    slo = "slos: {ok: {objective: 99, window: 30d, total: 'a', errors: 'a{replica=\"x\"}'}}\n"
    assert places({CHECKOUT: record + slo}) == [("emit/replica-in-rule", CHECKOUT)] * 2


def test_labels_of_groups_are_looked_at_too() -> None:
    rules = "groups: [{name: g, labels: {who: '{{ $externalLabels.replica }}'}, rules: [{alert: A, expr: up}]}]\n"
    assert places({VENDOR: rules}) == [("emit/replica-in-rule", VENDOR)]


def test_rules_of_vendors_are_looked_at_too() -> None:
    rules = "groups: [{name: g, rules: [{record: a, expr: 1}, {alert: A, expr: 'up * on (replica) up'}]}]\n"
    assert places({VENDOR: rules}) == [("emit/replica-in-rule", VENDOR)]


@pytest.mark.parametrize("rule", ['expr: "sum by (replica) (%s)"', 'expr: "%s", labels: {replica: a}'])
def test_rules_of_packs_are_looked_at_too(rule: str) -> None:
    fields = rule % "up{tenant='{{ tenant.id }}'}"
    own = {**pack(f"rules:\n  - {{record: 'a:b', {fields}}}\n"), CHECKOUT: "packs: {mine: {}}\n"}
    assert places(own) == [("emit/replica-in-rule", "templates/packs/mine/rules.yaml.j2")]
