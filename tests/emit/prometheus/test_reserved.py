"""Tenants cannot use the names that packs, varve and Prometheus write."""

import pytest

from tests.emit.repository import CHECKOUT, build, findings, pack

RULES = "rules: [{record: 'mine:x', expr: vector(1)}, {alert: A, expr: vector(1), labels: {severity: info}}]\n"
RECORD = "packs: {mine: {}}\nrecords: {'%s': {expr: vector(1)}}\n"
VENDOR = "groups: [{name: g, rules: [{record: '%s', expr: vector(1)}, {alert: A, expr: up}]}]\n"

TAKEN = {
    "mine:x": "the pack `mine`",
    "varve_tenant_info": "varve's own",
    "varve_anything": "varve's own",
    "scrape_samples_post_metric_relabeling": "Prometheus itself",
    "up": "Prometheus itself",
    "ALERTS": "Prometheus itself",
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_recording_with_a_reserved_name_is_refused_in_any_source(name: str) -> None:
    owner = TAKEN[name]
    own = build({**pack(RULES), CHECKOUT: RECORD % name})
    assert set(findings(own)) == {f"emit/taken-name: `{name}` is a name of {owner}"}
    assert {(each.place.file, each.place.on) for each in own.diagnostics if each.place} == {(CHECKOUT, "key")}
    files = {**pack(RULES), CHECKOUT: "packs: {mine: {}}\n", "tenants/acme/rules/vendor.yaml": VENDOR % name}
    assert set(findings(build(files))) == {f"emit/taken-name: `{name}` is a name of {owner}"}


def test_any_other_name_is_free() -> None:
    assert findings(build({**pack(RULES), CHECKOUT: RECORD % "mine:y"})) == []


def test_the_names_of_an_unused_pack_are_free() -> None:
    assert findings(build({**pack(RULES), CHECKOUT: "records: {'mine:x': {expr: vector(1)}}\n"})) == []
