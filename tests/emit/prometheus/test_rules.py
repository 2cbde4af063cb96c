"""Rule files: the labels and annotations of rules, and what neither templates nor tenants can change."""

import re
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.emit.repository import ACME, BLACKBOX, CHECKOUT, Changed, build, findings, pack, parsed, sound
from varve.world.package import library

TENANT = "tenants/acme/tenant.yaml"
GOLD = "environments/tiers/gold.yaml"
VENDOR = "tenants/acme/rules/node.yaml"
RULES = f"{ACME}/rules/checkout.yaml"
OWN = 'up{tenant="acme"}'
ALERT = "alerts: {A: {expr: up == 0, severity: warning, summary: 'Down'%s}}\n"


def _groups(changed: Changed, path: str = RULES) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parsed(sound(changed), path)["groups"]
    return found


def _rule(changed: Changed, path: str = RULES) -> dict[str, Any]:
    """The one rule of the one group."""
    ((rule,),) = (group["rules"] for group in _groups(changed, path))
    found: dict[str, Any] = rule
    return found


def test_a_whole_file(snapshot: SnapshotAssertion) -> None:
    service = """owner: payments
runbook: https://runbooks.acme.example/checkout
contact: {email: sre@acme.example}
labels: {squad: money}
interval: 1m
limit: 50
packs: {mine: {}}
records:
  checkout:paid:rate5m: {expr: "rate(paid_total[5m])", labels: {unit: eur}}
alerts:
  QueueStuck:
    expr: queue_depth > 100
    for: 10m
    keep_firing_for: 5m
    severity: critical
    summary: {fr: "File bloquée : {{ $value }}", en: "Queue stuck: {{ $value }}"}
    description: Nobody is served
    labels: {pager: "yes"}
    annotations: {dashboard: "https://grafana.acme.example/d/{{ $labels.instance }}"}
    runbook: https://runbooks.acme.example/queue
"""
    mine = pack("rules:\n  - {alert: Slow, expr: 'up{tenant=\"{{ tenant.id }}\"} == 0', labels: {severity: info}}\n")
    assert sound({**mine, CHECKOUT: service, GOLD: "locale: fr_FR\n"}).artifacts[RULES].data.decode() == snapshot


# Labels of the owner

LABELS: dict[str, tuple[Changed, dict[str, str]]] = {
    "none is set": ({CHECKOUT: ALERT % ""}, {}),
    "the platform does": ({CHECKOUT: ALERT % "", GOLD: "labels: {team: platform}\n"}, {"team": "platform"}),
    "the service is stronger than the tenant": (
        {CHECKOUT: "labels: {team: service}\n" + ALERT % "", GOLD: "labels: {team: platform, region: eu}\n"},
        {"team": "service", "region": "eu"},
    ),
    "the alert is stronger than the service": (
        {CHECKOUT: "labels: {team: service, squad: a}\n" + ALERT % ", labels: {team: alert}"},
        {"team": "alert", "squad": "a"},
    ),
}


@pytest.mark.parametrize(("changed", "expected"), LABELS.values(), ids=LABELS)
def test_labels_where(changed: Changed, expected: dict[str, str]) -> None:
    assert _rule(changed)["labels"] == {
        "tenant": "acme",
        "service": "checkout",
        "severity": "warning",
        **expected,
    }


def test_labels_are_sorted() -> None:
    labels = list(_rule({CHECKOUT: "labels: {zone: a, area: b}\n" + ALERT % ""})["labels"])
    assert labels == sorted(labels)


MINE = pack(
    "rules:\n  - {alert: A, expr: vector(1), labels: {severity: info}}\n"
    "  - {record: 'a:b', expr: vector(1), labels: {a: b}}\n"
)


def test_rules_of_a_pack_have_the_labels_of_their_owner() -> None:
    (group,) = _groups({**MINE, CHECKOUT: "packs: {mine: {}}\n"})
    assert group["name"] == "acme/checkout/mine"
    identity = {"tenant": "acme", "service": "checkout", "pack": "mine"}
    assert group["rules"][0]["labels"] == {**identity, "severity": "info"}
    assert group["rules"][1]["labels"] == {"tenant": "acme", "service": "checkout", "a": "b"}


FORGED = "  - {alert: A, expr: vector(1), labels: {severity: info, %s: other}}\n"
_WRITES = "emit/wrong-shape: `rules[%d].labels` has the key `%s`, which varve writes itself"


@pytest.mark.parametrize("label", ["tenant", "service", "pack"])
def test_no_template_can_set_the_owner_of_a_rule(label: str) -> None:
    rules = "rules:\n  - {record: 'a:b', expr: vector(1)}\n" + FORGED % label
    own = {"templates/prometheus/rules.yaml.j2": rules, CHECKOUT: ALERT % ""}
    assert findings(build({**pack(rules), CHECKOUT: "packs: {mine: {}}\n"})) == [_WRITES % (1, label)]
    assert set(findings(build(own))) == {_WRITES % (1, label)}


def test_a_rule_of_the_tenant_itself_has_no_service_unless_it_sets_one() -> None:
    rules = "rules: [{alert: A, expr: vector(1), labels: {severity: info%s}}]\n"
    for label, service in (("", {}), (", service: search", {"service": "search"})):
        changed = {**pack(rules % label, "tenant"), GOLD: "labels: {team: platform}\n"}
        groups = _groups(changed, f"{ACME}/rules/_tenant.yaml")
        (group,) = [group for group in groups if group["name"] == "acme/_tenant/mine"]
        identity = {"tenant": "acme", "pack": "mine", "team": "platform", "severity": "info"}
        assert group["rules"][0]["labels"] == {**identity, **service}


# Plain texts and Go templates

PLAIN = "a {{ $value }} {{"
ESCAPED = 'a {{ "{{" }} $value }} {{ "{{" }}'


@pytest.mark.parametrize(
    "changed",
    [
        {CHECKOUT: f"labels: {{note: '{PLAIN}'}}\n" + ALERT % ""},
        {GOLD: f"labels: {{note: '{PLAIN}'}}\n", CHECKOUT: ALERT % ""},
        {CHECKOUT: ALERT % f", labels: {{note: '{PLAIN}'}}"},
    ],
    ids=["of the service", "of the platform", "of the alert"],
)
def test_a_plain_label_of_an_alert_is_escaped_since_prometheus_would_fill_it_in(changed: Changed) -> None:
    assert _rule(changed)["labels"]["note"] == ESCAPED


def test_a_label_of_a_recording_is_not_escaped_since_prometheus_does_not_render_it() -> None:
    rule = _rule({CHECKOUT: f"records: {{'a:b': {{expr: up, labels: {{note: '{PLAIN}'}}}}}}\n"})
    assert rule == {"record": "a:b", "expr": OWN, "labels": {"note": PLAIN, "service": "checkout", "tenant": "acme"}}


def test_a_summary_is_a_go_template_of_its_author() -> None:
    summary = "Down at {{ $labels.instance }}"
    source = f"alerts: {{A: {{expr: up, severity: info, summary: '{summary}'}}}}\n"
    assert _rule({CHECKOUT: source})["annotations"]["summary"] == summary


LOCALISED = {
    "the unit's language": ("fr_FR", "Bloqué"),
    "the same in another country": ("fr_CA", "Bloqué"),
    "English where a language is missing": ("de_DE", "Stuck"),
}


@pytest.mark.parametrize(("locale", "expected"), LOCALISED.values(), ids=LOCALISED)
def test_a_summary_is_in(locale: str, expected: str) -> None:
    source = "alerts: {A: {expr: up, severity: info, summary: {fr: Bloqué, en: Stuck, it: Bloccato}}}\n"
    assert _rule({CHECKOUT: source, GOLD: f"locale: {locale}\n"})["annotations"]["summary"] == expected


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en_GB", "A certificate of checkout expires in less than 3 days"),
        ("fr_FR", "Un certificat de checkout expire dans moins de 3\u00a0jours"),
        ("de_DE", "Ein Zertifikat von checkout gilt noch weniger als 3 Tage"),
    ],
)
def test_how_long_a_certificate_is_valid_is_in_words(locale: str, expected: str) -> None:
    probe = "probes: {home: {http: {url: 'https://acme.example'}}}\n"
    (group,) = _groups({CHECKOUT: probe, **BLACKBOX, GOLD: f"locale: {locale}\n"})
    alerts = [rule for rule in group["rules"] if rule["alert"] == "ProbeCertificateExpires"]
    assert [each["annotations"]["summary"] for each in alerts if each["labels"]["severity"] == "critical"] == [expected]


SLO = "slos: {fast: {objective: 99.9, window: 30d, errors: errors_total, total: events_total}}\n"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", []),
        ("packs: {slo: {minimum_events: 50}}\n", ["[1h:5m]) * 300 >= 50", "[6h:5m]) * 300 >= 50"]),
    ],
)
def test_minimum_events_suppress_alerts_on_few_events(settings: str, expected: list[str]) -> None:
    (group,) = _groups({CHECKOUT: SLO + settings})
    expressions = [rule["expr"] for rule in group["rules"] if rule.get("labels", {}).get("severity") == "critical"]
    lines = [line for expr in expressions for line in expr.splitlines() if ">=" in line]
    assert [line.rpartition("}")[2] for line in lines] == expected


def test_errors_are_derived_from_good_and_total() -> None:
    good = "slos: {fast: {objective: 99, window: 30d, good: 'h_bucket{le=\"0.3\"}', total: h_count}}\n"
    (group,) = _groups({CHECKOUT: good})
    (errors,) = [rule["expr"] for rule in group["rules"] if rule.get("record") == "slo:errors:rate5m"]
    events = 'sum(rate(h_count{tenant="acme"}[5m]))'
    difference = f"""{events} - sum(rate(h_bucket{{tenant="acme",le="0.3"}}[5m]))"""
    assert " ".join(errors.split()) == f"clamp_min( {difference}, 0 ) or {events}"
    (other,) = _groups({CHECKOUT: SLO.replace("99.9", "99")})
    rest = [[rule for rule in each["rules"] if "rate(" not in rule["expr"]] for each in (group, other)]
    assert rest[0] == rest[1]


# Groups

SETTINGS: dict[str, tuple[str, str, dict[str, object]]] = {
    "nothing is set": ("", "", {}),
    "the service says": (
        "interval: 1m\nquery_offset: 30s\nlimit: 5\n",
        "",
        {"interval": "1m", "query_offset": "30s", "limit": 5},
    ),
    "the pack says": ("", "interval: 5m\n", {"interval": "5m"}),
    "both say": ("interval: 1m\n", "interval: 5m\n", {"interval": "1m"}),
}


@pytest.mark.parametrize(("service", "template", "expected"), SETTINGS.values(), ids=SETTINGS)
def test_a_group_evaluates_as(service: str, template: str, expected: dict[str, object]) -> None:
    changed = {
        **pack(f"{template}rules: [{{record: 'a:b', expr: vector(1)}}]\n"),
        CHECKOUT: service + "packs: {mine: {}}\n",
    }
    (group,) = _groups(changed)
    assert {key: value for key, value in group.items() if key not in {"name", "rules"}} == expected


def test_a_service_has_a_group_of_its_own_and_one_a_pack() -> None:
    changed = {
        **pack("rules: [{record: 'a:b', expr: vector(1)}]\n"),
        CHECKOUT: "packs: {mine: {}, host: {}}\n" + ALERT % "",
    }
    assert [group["name"] for group in _groups(changed)] == [
        "acme/checkout",
        "acme/checkout/host",
        "acme/checkout/mine",
    ]


def test_a_pack_without_rules_makes_no_group_and_no_file() -> None:
    made = sound({**pack("rules: []\n"), CHECKOUT: "packs: {mine: {}}\n"})
    assert RULES not in made.artifacts


# Files of vendors

VENDORS = """groups:
  - name: node
    interval: 2m
    limit: 10
    labels: {team: vendor}
    rules:
      - alert: NodeDown
        expr: up{job="node"} == 0
        for: 5m
        labels: {severity: page, service: node}
        annotations: {summary: "{{ $labels.instance }} is down"}
      - record: node:cpu
        expr: 1
        labels: {note: "{{ x"}
  - name: empty
    rules: []
"""


def test_a_vendors_file_is_unchanged_except_for_names_the_tenant_and_the_contact() -> None:
    vendors = VENDORS.replace("{{ x", "x")
    made = parsed(sound({VENDOR: vendors}), f"{ACME}/rules/raw/node.yaml")
    assert made == {
        "groups": [
            {
                "name": "acme/rules/node/node",
                "interval": "2m",
                "limit": 10,
                "labels": {"team": "vendor"},
                "rules": [
                    {
                        "alert": "NodeDown",
                        "expr": 'up{tenant="acme",job="node"} == 0',
                        "for": "5m",
                        "labels": {"severity": "page", "service": "node", "tenant": "acme"},
                        "annotations": {"summary": "{{ $labels.instance }} is down", "contact": "#acme-alerts"},
                    },
                    {"record": "node:cpu", "expr": 1, "labels": {"note": "x", "tenant": "acme"}},
                ],
            },
            {"name": "acme/rules/node/empty", "rules": []},
        ]
    }


def test_a_vendors_file_gets_no_labels_of_the_tenant_but_its_name() -> None:
    vendors = "groups: [{name: node, rules: [{alert: A, expr: up}]}]\n"
    assert _rule({VENDOR: vendors, GOLD: "labels: {team: a}\n"}, f"{ACME}/rules/raw/node.yaml") == {
        "alert": "A",
        "expr": OWN,
        "labels": {"tenant": "acme"},
        "annotations": {"contact": "#acme-alerts"},
    }


@pytest.mark.parametrize(("waiting", "told_already"), [("10m", True), ("15m", True), ("16m", False), ("1d", False)])
def test_absent_requests_are_alerted_on_unless_instances_are_down_first(waiting: str, told_already: bool) -> None:  # noqa: FBT001
    service = f"packs: {{http-service: {{down_for: {waiting}, absent_for: 15m}}}}\n"
    ((expr,),) = (
        [each["expr"] for each in group["rules"] if each.get("alert") == "HttpRequestsAbsent"]
        for group in _groups({CHECKOUT: service})
    )
    assert ("unless" in expr) is told_already


RUNBOOKS = "platform: {runbooks: 'https://git.example/packs'}\n"


def _runbooks(path: str, changed: Changed) -> dict[str, str | None]:
    groups = parsed(sound(changed), f"{ACME}/rules/{path}.yaml")["groups"]
    rules = [rule for group in groups for rule in group["rules"] if "alert" in rule]
    return {rule["alert"]: rule["annotations"].get("runbook_url") for rule in rules}


def test_alerts_of_packs_link_to_their_runbooks_if_the_platform_sets_their_address() -> None:
    changed = {CHECKOUT: "packs: {host: {}}\nalerts: {Own: {expr: up, severity: info, summary: Up}}\n"}
    assert set(_runbooks("checkout", changed).values()) == {None}
    found = _runbooks("checkout", {**changed, "environments/production.yaml": RUNBOOKS})
    assert found.pop("Own") is None
    assert found["HostDown"] == "https://git.example/packs/host/runbook.md#hostdown"
    assert None not in found.values()


def test_each_environment_links_to_its_own_runbooks() -> None:
    own = {"environments/production.yaml": RUNBOOKS, CHECKOUT: "packs: {host: {}}\n"}
    made = sound(own)
    paths = [f"build/{each}/tenants/acme/rules/checkout.yaml" for each in ("staging", "production")]
    assert ["runbook_url" in made.artifacts[path].data.decode() for path in paths] == [False, True]


def test_every_alert_that_varve_ships_has_its_heading_in_the_runbook_of_its_pack() -> None:
    shipped = {path: data.decode() for path, data in library.files() if path.startswith("templates/packs/")}
    alerts = {
        path.removesuffix("rules.yaml.j2"): re.findall(r"^\s*- alert: (\w+)$", text, re.MULTILINE)
        for path, text in shipped.items()
        if path.endswith("/rules.yaml.j2")
    }
    assert len(alerts) == 5
    assert all(alerts.values())
    for folder, named in alerts.items():
        headings = re.findall(r"^## (.*)$", shipped[f"{folder}runbook.md"], re.MULTILINE)
        assert sorted(headings) == sorted(set(named))
