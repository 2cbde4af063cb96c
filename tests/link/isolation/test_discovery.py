"""Targets of a job are discovered where the platform sets it for this job, and nowhere else."""

from typing import Final

import pytest

from varve.link.isolation.discovery import discovery_breaches
from varve.link.isolation.evidence import Facts
from varve.model.source import Keys, Map, Value

AT: Final[Keys] = ("scrape_configs", 0)
FILES: Final = Facts("dev", "/run", discovery={"files": {"folder": "/etc/targets/", "refresh": "1m"}})
LOGIN: Final[Map] = {"username": "varve", "password": {"secret": "sd/password"}}
HTTP: Final = Facts("dev", "/run", discovery={"http": {"url": "https://sd.example/v1", "basic_auth": LOGIN}})
FILE: Final[Map] = {"files": ["/etc/targets/acme/a/b.json"], "refresh_interval": "1m"}
FROM_FILE: Final[Map] = {"file_sd_configs": [FILE]}
SERVER: Final[Map] = {
    "url": "https://sd.example/v1/acme/a/b",
    "basic_auth": {"username": "varve", "password_file": "/run/platform/sd/password"},
}
FROM_SERVER: Final[Map] = {"http_sd_configs": [SERVER]}


def keys(facts: Facts, discovery: Map, name: str = "acme/a/b") -> list[Keys]:
    return [each.keys for each in discovery_breaches({"job_name": name, **discovery}, facts, AT)]


def from_files(*paths: str) -> Map:
    return {"file_sd_configs": [{"files": [*paths], "refresh_interval": "1m"}]}


def from_server(**fields: Value) -> Map:
    return {"http_sd_configs": [{**SERVER, **fields}]}


def test_the_platforms_discovery_of_a_job_passes() -> None:
    assert keys(FILES, FROM_FILE) == keys(HTTP, FROM_SERVER) == []


def test_a_job_without_discovery_passes() -> None:
    assert keys(FILES, {}) == keys(HTTP, {}) == keys(Facts("dev", "/run"), {}) == []


OTHER_FILES: Final[dict[str, Map]] = {
    "of another tenant": from_files("/etc/targets/bank/a/b.json"),
    "of another job": from_files("/etc/targets/acme/a/c.json"),
    "of all jobs": from_files("/etc/targets/acme/a/*.json"),
    "of a secret": from_files("/run/tenants/acme/a/b.json"),
    "of its own and another": from_files("/etc/targets/acme/a/b.json", "/etc/targets/bank/a/b.json"),
    "of none": from_files(),
    "at another pace": {"file_sd_configs": [{"files": ["/etc/targets/acme/a/b.json"]}]},
    "twice": {"file_sd_configs": [FILE, FILE]},
    "of nothing": {"file_sd_configs": None},
    "of no list": {"file_sd_configs": {}},
}


@pytest.mark.parametrize("discovery", OTHER_FILES.values(), ids=OTHER_FILES)
def test_any_other_file_is_refused(discovery: Map) -> None:
    assert keys(FILES, discovery) == [(*AT, "file_sd_configs")]


OTHER_SERVERS: Final[dict[str, Map]] = {
    "of another tenant": from_server(url="https://sd.example/v1/bank/a/b"),
    "another server": from_server(url="https://sd.bank.example/v1/acme/a/b"),
    "another login": from_server(basic_auth={"username": "varve", "password_file": "/run/platform/mimir/password"}),
    "another name": from_server(basic_auth={"username": "bank", "password_file": "/run/platform/sd/password"}),
    "a login more": from_server(authorization={"credentials_file": "/run/platform/sd/password"}),
    "a proxy": from_server(proxy_url="http://proxy.bank.example:3128"),
    "no login": {"http_sd_configs": [{"url": "https://sd.example/v1/acme/a/b"}]},
}


@pytest.mark.parametrize("discovery", OTHER_SERVERS.values(), ids=OTHER_SERVERS)
def test_any_other_server_or_login_is_refused(discovery: Map) -> None:
    assert keys(HTTP, discovery) == [(*AT, "http_sd_configs")]


def test_a_mechanism_that_the_platform_does_not_set_is_refused() -> None:
    assert keys(HTTP, FROM_FILE) == keys(Facts("dev", "/run"), FROM_FILE) == [(*AT, "file_sd_configs")]
    assert keys(FILES, FROM_SERVER) == [(*AT, "http_sd_configs")]
    assert keys(FILES, {**FROM_FILE, **FROM_SERVER}) == [(*AT, "http_sd_configs")]


@pytest.mark.parametrize("name", ["acme/../bank", "acme/a", "acme/a/probe/b", "acme/a/../../bank/a/b", "acme/*/b", ""])
def test_a_job_that_is_no_scrape_has_no_discovery(name: str) -> None:
    assert keys(FILES, from_files(f"/etc/targets/{name}.json"), name) == [(*AT, "file_sd_configs")]
