"""Samples, if relabelled, get the tenant last; other breaches of jobs are in `../test_isolation.py`."""

from typing import Any, Final

import pytest

from varve.link.isolation import scrape
from varve.link.isolation.evidence import Facts, File

OWN: Final = {"target_label": "tenant", "replacement": "acme"}
JOB: Final[dict[str, Any]] = {
    "job_name": "acme/a/b",
    "honor_labels": False,
    "relabel_configs": [{"action": "drop"}, OWN],
}

LOGIN: Final[dict[str, Any]] = {"authorization": {"credentials": {"secret": "sd/token"}}}
FACTS: Final = Facts("dev", "/run", discovery={"http": {"url": "https://sd.example", **LOGIN}})
FOUND: Final = [{"url": "https://sd.example/acme/a/b", "authorization": {"credentials_file": "/run/platform/sd/token"}}]
"""The discovery of targets logs in as the platform, which the job itself may not."""


def keys(**fields: object) -> list[object]:
    value: Any = {"scrape_configs": [{**JOB, **fields}]}
    file = File("build/dev/tenants/acme/scrape/a.yaml", "acme", strict=False, value=value)
    return [each.keys for each in scrape.prove(file, FACTS).breaches]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"metric_relabel_configs": []},
        {"metric_relabel_configs": [{"action": "labeldrop", "regex": "tenant"}, OWN]},
        {"basic_auth": {"password_file": "/run/tenants/acme/a/b"}},
        {"static_configs": [{"labels": {"tenant": "bank"}}]},
        {"http_sd_configs": FOUND},
    ],
    ids=str,
)
def test_a_job_that_sets_the_tenant_last_passes(fields: dict[str, object]) -> None:
    assert keys(**fields) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"honor_labels": True},
        {"relabel_configs": []},
        {"relabel_configs": [{**OWN, "source_labels": ["a"]}]},
        {"relabel_configs": [{**OWN, "action": "drop"}]},
        {"metric_relabel_configs": [OWN, {"target_label": "tenant", "replacement": "b"}]},
    ],
    ids=str,
)
def test_a_job_that_does_not_set_the_tenant_last_is_refused(fields: dict[str, object]) -> None:
    assert keys(**fields) == [("scrape_configs", 0)]


def test_only_discovery_may_use_a_login_of_the_platform() -> None:
    assert keys(authorization=FOUND[0]["authorization"]) == [("scrape_configs", 0, "authorization", "credentials_file")]
    assert keys(http_sd_configs=[*FOUND, *FOUND]) == [("scrape_configs", 0, "http_sd_configs")]
