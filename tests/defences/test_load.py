"""Load: no tenant exceeds its quotas, or writes queries that would slow down everybody; the excess breaks only itself.

The load of running servers does not apply: varve starts none, and alerts watch the quotas of series.
"""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.defences.attack import (
    Attack,
    Files,
    each,
    findings,
    goes_through_without,
    has_a_twin,
    is_refused,
    repository,
    switched_off,
    together,
    without,
)
from tests.defences.placing import RULES, of_alerts, of_panels, of_records, of_vendors_records
from tests.defences.volley import GRAFANA, ONE_ENVIRONMENT, unproven
from tests.emit.repository import CHECKOUT
from varve import pipeline
from varve.check.isolation import cost, quota
from varve.resolve import lock

OVERLAY: Final = "tenants/acme/overlays/production"
TENANT: Final = "tenant: {name: ACME, tier: gold, region: eu-west-1, isolation: logical, owners: [sre@acme.example]}\n"
GRANTS: Final = "environments/tenants/acme.yaml"
free: Final = together(without(cost, "check"), unproven)
unbound: Final = together(without(quota, "check"), unproven)


def granting(quotas: str, files: Files) -> Files:
    return {**ONE_ENVIRONMENT, **files, GRANTS: f"quotas: {{{quotas}}}\n"}


def serving(text: str) -> Files:
    return {**ONE_ENVIRONMENT, CHECKOUT: text}


def alerts(count: int) -> str:
    first = "".join(f"  A{number}: {{expr: up, severity: info, summary: a}}\n" for number in range(1, count))
    return f"alerts:\n{first}  >>>Last: {{expr: up, severity: info, summary: a}}\n"


def panels(count: int, last: str) -> Files:
    first = "".join(f'{{"id": {number}, "type": "stat"}}, ' for number in range(1, count))
    text = f'{{"title": "A", "schemaVersion": 39, "panels": [{first}{last}{{"id": {count}, "type": "gauge"}}]}}\n'
    return {**GRAFANA, "tenants/acme/dashboards/traffic.json": text}


LOADS: Final[Mapping[str, Attack]] = {
    "every sample of a month": Attack(
        of_records(['sum(count_over_time({__name__=~".+"}[30d]))']),
        "check/costly-query",
        of_records(['sum(count_over_time({__name__=~"till_.+"}[30d]))']),
        free,
        "[30d]))",
    ),
    "every sample of a label": Attack(
        of_vendors_records(['sum(rate({job="a"}[5m]))']),
        "check/costly-query",
        of_vendors_records(['sum(rate(up{job="a"}[5m]))']),
        free,
        "[5m]))",
    ),
    "every second of a month": Attack(
        of_alerts(["max_over_time(sum(up)[30d:1s]) > 1"]),
        "check/costly-query",
        of_alerts(["max_over_time(sum(up)[30d:5m]) > 1"]),
        free,
        "[30d:1s]",
    ),
    "every minute of every minute": Attack(
        of_panels(["max_over_time(max_over_time(sum(up)[1d:1m])[1d:1m])"]),
        "check/costly-query",
        of_panels(["max_over_time(max_over_time(sum(up)[1h:1m])[1h:1m])"]),
        free,
        "[1d:1m])[1d:1m]",
    ),
    "more alerts than are granted": Attack(
        granting("alerts: 3", serving(alerts(4))),
        "check/over-quota",
        granting("alerts: 4", serving(alerts(4))),
        unbound,
        "alert: Last",
    ),
    "more rules than are granted, by a vendor": Attack(
        granting(
            "rules: 1",
            {CHECKOUT: None, RULES: "groups: [{name: g, rules: [{record: a, expr: up}, >>>{record: b, expr: up}]}]\n"},
        ),
        "check/over-quota",
        granting(
            "rules: 2",
            {CHECKOUT: None, RULES: "groups: [{name: g, rules: [{record: a, expr: up}, {record: b, expr: up}]}]\n"},
        ),
        unbound,
        "record: b",
    ),
    "more targets than are granted": Attack(
        granting("targets: 1", serving("scrape: {app: {targets: ['a:1', >>>'b:1']}}\n")),
        "check/over-quota",
        granting("targets: 2", serving("scrape: {app: {targets: ['a:1', 'b:1']}}\n")),
        unbound,
        "- b:1",
    ),
    "more panels than are granted": Attack(
        {**panels(3, ">>>"), GRANTS: "quotas: {panels: 2}\n"},
        "check/over-quota",
        {**panels(3, ""), GRANTS: "quotas: {panels: 3}\n"},
        unbound,
        '"type": "gauge"',
    ),
    "a scrape more often than is granted": Attack(
        granting("interval: 15s", serving("scrape: {app: {targets: ['a:1'], interval: >>>1s}}\n")),
        "check/short-interval",
        granting("interval: 15s", serving("scrape: {app: {targets: ['a:1'], interval: 15s}}\n")),
        unbound,
        "scrape_interval: 1s",
    ),
    "rules more often than is granted": Attack(
        granting("interval: 15s", serving("interval: >>>1s\nrecords: {a: {expr: up}}\n")),
        "check/short-interval",
        granting("interval: 15s", serving("interval: 15s\nrecords: {a: {expr: up}}\n")),
        unbound,
        "interval: 1s",
    ),
    "rules of a vendor more often than is granted": Attack(
        granting("interval: 15s", {RULES: "groups: [{name: g, interval: >>>1s, rules: [{record: a, expr: up}]}]\n"}),
        "check/short-interval",
        granting("interval: 15s", {RULES: "groups: [{name: g, interval: 15s, rules: [{record: a, expr: up}]}]\n"}),
        unbound,
        "interval: 1s",
    ),
}

TIER: Final[Files] = {"environments/tiers/gold.yaml": "quotas: {series: 10}\n"}
LOCKED: Final[Mapping[str, tuple[str, str]]] = {
    "in its own file": ("tenants/acme/tenant.yaml", TENANT + "quotas: >>>{series: 4999}\n"),
    "in an overlay": (OVERLAY + ".yaml", "quotas: >>>{series: 4999}\n"),
    "as JSON": (OVERLAY + ".json", '{"quotas": >>>{"series": 4999}}\n'),
    "as TOML": (OVERLAY + ".toml", "[>>>quotas]\nseries = 4999\n"),
    "as XML": (OVERLAY + ".xml", "<overlay><>>>quotas><series>4999</series></quotas></overlay>\n"),
    "by an anchor": (OVERLAY + ".yaml", "labels: &a {series: '4999'}\nquotas: >>>{series: 4999}\n"),
    "beside what is granted": (OVERLAY + ".yaml", "quotas: >>>{samples_per_second: 4999}\n"),
    "in place of what is granted": (OVERLAY + ".yaml", "quotas: >>>{$patch: replace, series: 4999}\n"),
    "under a spelt key": (OVERLAY + ".yaml", '"quo\\x74as": >>>{series: 4999}\n'),
}
ATTACKS: Final[Mapping[str, Attack]] = {
    **LOADS,
    **{
        f"a quota that a tenant grants itself, {sentence}": Attack(
            {**ONE_ENVIRONMENT, **TIER, file: text},
            "resolve/locked",
            granting("series: 4999", TIER),
            together(without(lock, "refuse"), unproven),
            "4999",
        )
        for sentence, (file, text) in LOCKED.items()
    },
}


@each(ATTACKS)
def test_the_attack_is_refused_and_reaches_no_artifact(attack: Attack) -> None:
    is_refused(attack)


@each(ATTACKS)
def test_its_benign_twin_is_built(attack: Attack) -> None:
    has_a_twin(attack)


@each(ATTACKS)
def test_without_the_defence_it_would_go_through(attack: Attack) -> None:
    goes_through_without(attack)


# One tenant's excess breaks only itself

BANK: Final[Files] = {
    **ONE_ENVIRONMENT,
    "tenants/bank/tenant.yaml": TENANT.replace("ACME", "Bank"),
    "tenants/bank/services/ledger.yaml": "scrape: {app: {targets: ['ledger:1']}}\nrecords: {a: {expr: up}}\n",
}
EXCESS: Final[Mapping[str, Files]] = {
    "too many alerts": {**BANK, GRANTS: "quotas: {alerts: 1}\n", CHECKOUT: alerts(9)},
    "too many rules, where nothing is granted": {
        **BANK,
        CHECKOUT: "records:\n" + "".join(f"  a{number}: {{expr: up}}\n" for number in range(5_001)),
    },
    "queries that cost too much": {**BANK, CHECKOUT: "records: {a: {expr: 'sum(sum_over_time({job=\"a\"}[9d]))'}}\n"},
}


@pytest.mark.parametrize("files", EXCESS.values(), ids=EXCESS)
def test_the_excess_of_one_tenant_keeps_nothing_from_another(files: Files) -> None:
    before, after = (pipeline.compile(repository(each)) for each in (BANK, files))
    places = {each.place.file for each in after.diagnostics if each.place}
    assert places == {CHECKOUT}
    kept = {path: each.data for path, each in after.artifacts.items() if "/tenants/bank/" in path}
    assert kept == {path: each.data for path, each in before.artifacts.items() if "/tenants/bank/" in path}
    linked = after.artifacts["build/production/shared/prometheus.yaml"].data.decode()
    assert "tenants/bank/rules/ledger.yaml" in linked
    assert "tenants/acme/" not in linked


def test_default_quotas_are_enforced_too() -> None:
    seen = repository(EXCESS["too many rules, where nothing is granted"])
    with switched_off(unbound):
        assert findings(seen, pipeline.compile(seen)) == []
