"""A quota is exceeded by one item too many, reported at the first of these, and affects no other tenant."""

from typing import Any

import pytest

from tests.emit.grafana.repository import raw
from tests.emit.repository import CHECKOUT, Changed, build, findings, repository
from varve import pipeline
from varve.check.isolation.quota import MOST
from varve.render.frame import where
from varve.render.situate import situate

GRANTS = "environments/tenants/acme.yaml"
VENDOR = "tenants/acme/rules/vendor.yaml"
ALERT = "{expr: up == 0, severity: info, summary: a}"
NOTIFY = """
notify:
  receivers: {aa: {email: {to: [a@acme.example]}}, bb: {email: {to: [b@acme.example]}}}
  routes: {critical: {receivers: [aa]}, warning: {receivers: [bb]}}
"""
NOTIFIED: Changed = {
    "environments/production.yaml": """
platform:
  targets: {alertmanager: {version: "0.34"}}
  alertmanager: {url: "https://alerts.example"}
  alertmanagers: ["alerts.example:9093"]
  receiver: {email: {to: [ops@platform.example]}}
  smtp: {smarthost: "mail.example:587", from: alerts@platform.example}
""",
    "tenants/acme/overlays/production.yaml": NOTIFY,
}
PANELS: list[dict[str, Any]] = [{"id": number, "type": "text"} for number in (1, 2)]
OTHER = '{"title": "Other", "schemaVersion": 39, "panels": []}'
BLACKBOX = {
    f"environments/{name}.yaml": "platform: {blackbox: {address: 'b:9115'}}\n" for name in ("staging", "production")
}

TWO: dict[str, Changed] = {
    "services": {CHECKOUT: "{}\n", "tenants/acme/services/search.yaml": "{}\n"},
    "rules": {CHECKOUT: f"alerts: {{A: {ALERT}}}\nrecords: {{'a:b': {{expr: up}}}}\n"},
    "alerts": {
        CHECKOUT: f"alerts: {{A: {ALERT}}}\nrecords: {{'a:b': {{expr: up}}}}\n",
        VENDOR: "groups: [{name: g, rules: [{alert: B, expr: up == 0}, {record: 'c:d', expr: up}]}]\n",
    },
    "packs": {CHECKOUT: "packs: {http-service: {}, host: {}}\n"},
    "slos": {
        CHECKOUT: "slos:\n"
        + "".join(f"  {name}: {{objective: 99, window: 7d, errors: e, total: t}}\n" for name in ("aa", "bb"))
    },
    "targets": {CHECKOUT: "scrape: {aa: {targets: ['a:1']}, bb: {targets: ['b:1']}}\n"},
    "probes": {
        **BLACKBOX,
        CHECKOUT: "probes: {aa: {http: {url: 'https://a.example'}}, bb: {http: {url: 'https://b.example'}}}\n",
    },
    "receivers": NOTIFIED,
    "routes": NOTIFIED,
    "dashboards": {**raw(), "tenants/acme/dashboards/other.json": OTHER},
    "panels": raw(panels=PANELS),
}


INTERVALS: dict[str, Changed] = {
    "a scrape": {CHECKOUT: "scrape: {aa: {targets: ['a:1'], interval: 5s, timeout: 5s}}\n"},
    "a service": {CHECKOUT: f"interval: 5s\nalerts: {{A: {ALERT}}}\n"},
    "a probe": {**BLACKBOX, CHECKOUT: "probes: {aa: {http: {url: 'https://a.example', interval: 5s, timeout: 5s}}}\n"},
    "a vendor's group": {VENDOR: "groups: [{name: g, interval: 5s, rules: [{alert: B, expr: up == 0}]}]\n"},
}


def granted(quota: str, most: object, changed: Changed) -> Changed:
    return {**changed, GRANTS: f"quotas: {{{quota}: {most}}}\n"}


def codes(changed: Changed) -> set[str]:
    return {each.partition(":")[0] for each in findings(build(changed))}


def test_every_quota_is_tested() -> None:
    assert TWO.keys() == MOST.keys()


@pytest.mark.parametrize(("quota", "changed"), TWO.items(), ids=TWO)
def test_items_up_to_the_quota_are_valid_and_one_more_is_refused(quota: str, changed: Changed) -> None:
    assert codes(granted(quota, 2, changed)) == set()
    assert codes(granted(quota, 1, changed)) == {"check/over-quota"}


def test_a_scrape_with_discovery_counts_as_one_target_plus_those_that_it_names() -> None:
    discovery: Changed = {
        f"environments/{name}.yaml": "platform: {discovery: {files: {folder: /etc/targets}}}\n"
        for name in ("staging", "production")
    }
    changed = {**discovery, CHECKOUT: "scrape: {aa: {discovered: true}, bb: {discovered: true, targets: ['b:1']}}\n"}
    assert codes(granted("targets", 3, changed)) == set()
    assert codes(granted("targets", 2, changed)) == {"check/over-quota"}


@pytest.mark.parametrize("changed", INTERVALS.values(), ids=INTERVALS)
def test_an_interval_shorter_than_the_quota_is_refused(changed: Changed) -> None:
    assert codes(granted("interval", "5s", changed)) == codes(changed) == set()
    assert codes(granted("interval", "6s", changed)) == {"check/short-interval"}


def test_without_a_quota_the_shortest_interval_is_a_second() -> None:
    often: Changed = {CHECKOUT: "interval: 500ms\n"}
    assert codes(often) == {"check/short-interval"}
    assert codes(granted("interval", "500ms", often)) == set()


def test_the_first_item_beyond_the_quota_is_the_place_and_the_quota_a_note() -> None:
    changed = repository(granted("alerts", 1, {CHECKOUT: f"alerts:\n  A: {ALERT}\n  B: {ALERT}\n  C: {ALERT}\n"}))
    (found,) = situate(pipeline.compile(changed).diagnostics, changed)
    assert found.diagnostic.message == "there are 3 alerts but the quota is 1"
    assert found.diagnostic.hint == "remove 2, or ask the platform for more"
    assert found.spot is not None
    assert where(found.spot) == f"{CHECKOUT}:3:3"
    assert [where(note) for note in found.notes if note] == [f"{GRANTS}:1:18"]


def test_without_a_quota_varves_default_applies() -> None:
    many = "".join(f"  A{number}: {ALERT}\n" for number in range(MOST["alerts"] + 1))
    (found,) = [each for each in build({CHECKOUT: f"alerts:\n{many}"}).diagnostics if "alerts" in each.message]
    assert found.message == "there are 5,001 alerts but the quota is 5,000"
    assert [note.message for note in found.notes] == ["varve's default, because `quotas.alerts` is not set"]


def test_a_tenant_over_its_quota_does_not_affect_other_tenants() -> None:
    tenant = "tenant: {name: Umbra, tier: gold, region: eu-west-1, isolation: logical, owners: [a@umbra.example]}\n"
    other: Changed = {
        "tenants/umbra/tenant.yaml": f"{tenant}contact: {{email: a@umbra.example}}\n",
        "tenants/umbra/services/web.yaml": f"alerts: {{A: {ALERT}}}\n",
    }
    before = build({**other, CHECKOUT: "{}\n"})
    after = build(granted("alerts", 1, {**other, CHECKOUT: f"alerts: {{A: {ALERT}, B: {ALERT}}}\n"}))
    assert [each.rule.code for each in after.diagnostics if each.rule.code.startswith("check/")] == ["check/over-quota"]
    own = [path for path in before.artifacts if "/umbra/" in path]
    assert len(own) > 2
    assert {path: after.artifacts[path].data for path in own} == {path: before.artifacts[path].data for path in own}
