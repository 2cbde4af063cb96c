"""Relabelling of what a server sends may not change `tenant`, and the server loads only its tenants' files."""

from typing import Any

import pytest

from varve.link.isolation.evidence import Facts
from varve.link.isolation.prometheus import Server, main_breaches

RULE = "build/dev/tenants/acme/rules/a.yaml"
FOREIGN = frozenset({"bank:9093", "vault:9093"})
SERVER = Server("build/dev/shared/prometheus.yaml", frozenset({"acme"}), frozenset({RULE}), FOREIGN)


def keys(**fields: object) -> list[object]:
    value: Any = {"rule_files": ["../tenants/acme/rules/a.yaml"], **fields}
    return [each.keys for each in main_breaches(value, SERVER, Facts("dev", "/run"))]


@pytest.mark.parametrize(
    ("step", "sound"),
    [
        ({"action": "labeldrop", "regex": "replica"}, True),
        ({"action": "labeldrop", "regex": "tenant|replica"}, False),
        ({"action": "labelkeep", "regex": "tenant|cluster"}, True),
        ({"action": "labelkeep", "regex": "cluster"}, False),
        ({"action": "labeldrop", "regex": "("}, False),
        ({"action": "labelmap", "regex": "a_(.*)"}, False),
        ({"source_labels": ["a"], "target_label": "b"}, True),
        ({"source_labels": ["a"], "target_label": "tenant"}, False),
        ({"source_labels": ["a"], "target_label": "${1}"}, False),
        ({"action": "Uppercase", "target_label": "tenant"}, False),
        ({"action": "drop", "regex": "x", "source_labels": ["tenant"]}, True),
    ],
    ids=str,
)
def test_a_relabelling_step_may_not_change_the_tenant(step: dict[str, Any], *, sound: bool) -> None:
    place = ("remote_write", 0, "write_relabel_configs", 0)
    assert keys(remote_write=[{"write_relabel_configs": [step]}]) == ([] if sound else [place])


def test_jobs_in_the_main_file_are_proven() -> None:
    last = {"target_label": "tenant", "replacement": "acme"}
    job = {"job_name": "acme/a/b", "honor_labels": False, "relabel_configs": [last]}
    assert keys(scrape_configs=[job]) == []
    assert keys(scrape_configs=[{**job, "honor_labels": True}]) == [("scrape_configs", 0)]
    assert keys(scrape_configs=[{**job, "job_name": "bank/a/b"}])


def test_the_files_are_those_of_the_tenants() -> None:
    assert keys() == []
    assert keys(rule_files=["a.yaml"]) == [("rule_files", 0), ("rule_files",)]


def test_alerts_do_not_go_to_another_tenants_alertmanager() -> None:
    alerting = {
        "alertmanagers": [{"static_configs": [{"targets": ["shared:9093", "acme:9093", "bank:9093", "new:9093"]}]}]
    }
    assert keys(alerting=alerting) == [("alerting", "alertmanagers", 0)]
