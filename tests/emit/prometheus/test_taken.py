"""The names that packs, varve and Prometheus write are not a tenant's to give."""

import pytest

from tests.emit.repository import CHECKOUT, build, pack, said

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
def test_a_recording_of_a_taken_name_is_refused_wherever_it_is_said(name: str) -> None:
    whose = TAKEN[name]
    own = build({**pack(RULES), CHECKOUT: RECORD % name})
    assert set(said(own)) == {f"emit/taken-name: `{name}` is a name of {whose}"}
    assert {(each.place.file, each.place.on) for each in own.diagnostics if each.place} == {(CHECKOUT, "key")}
    files = {**pack(RULES), CHECKOUT: "packs: {mine: {}}\n", "tenants/acme/rules/vendor.yaml": VENDOR % name}
    assert set(said(build(files))) == {f"emit/taken-name: `{name}` is a name of {whose}"}


def test_any_other_name_is_free() -> None:
    assert said(build({**pack(RULES), CHECKOUT: RECORD % "mine:y"})) == []


def test_the_names_of_a_pack_that_is_not_asked_for_are_free() -> None:
    assert said(build({**pack(RULES), CHECKOUT: "records: {'mine:x': {expr: vector(1)}}\n"})) == []
