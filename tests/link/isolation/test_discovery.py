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
FOUND: Final[Map] = {"file_sd_configs": [FILE]}
SERVER: Final[Map] = {
    "url": "https://sd.example/v1/acme/a/b",
    "basic_auth": {"username": "varve", "password_file": "/run/platform/sd/password"},
}
ASKED: Final[Map] = {"http_sd_configs": [SERVER]}


def keys(facts: Facts, said: Map, name: str = "acme/a/b") -> list[Keys]:
    return [each.keys for each in discovery_breaches({"job_name": name, **said}, facts, AT)]


def files(*paths: str) -> Map:
    return {"file_sd_configs": [{"files": [*paths], "refresh_interval": "1m"}]}


def asked(**fields: Value) -> Map:
    return {"http_sd_configs": [{**SERVER, **fields}]}


def test_the_platforms_discovery_of_a_job_passes() -> None:
    assert keys(FILES, FOUND) == keys(HTTP, ASKED) == []


def test_a_job_without_discovery_passes() -> None:
    assert keys(FILES, {}) == keys(HTTP, {}) == keys(Facts("dev", "/run"), {}) == []


OF_FILES: Final[dict[str, Map]] = {
    "of another tenant": files("/etc/targets/bank/a/b.json"),
    "of another job": files("/etc/targets/acme/a/c.json"),
    "of all jobs": files("/etc/targets/acme/a/*.json"),
    "of a secret": files("/run/tenants/acme/a/b.json"),
    "of its own and another": files("/etc/targets/acme/a/b.json", "/etc/targets/bank/a/b.json"),
    "of none": files(),
    "at another pace": {"file_sd_configs": [{"files": ["/etc/targets/acme/a/b.json"]}]},
    "twice": {"file_sd_configs": [FILE, FILE]},
    "of nothing": {"file_sd_configs": None},
    "of no list": {"file_sd_configs": {}},
}


@pytest.mark.parametrize("said", OF_FILES.values(), ids=OF_FILES)
def test_any_other_file_is_refused(said: Map) -> None:
    assert keys(FILES, said) == [(*AT, "file_sd_configs")]


OF_SERVERS: Final[dict[str, Map]] = {
    "of another tenant": asked(url="https://sd.example/v1/bank/a/b"),
    "another server": asked(url="https://sd.bank.example/v1/acme/a/b"),
    "another login": asked(basic_auth={"username": "varve", "password_file": "/run/platform/mimir/password"}),
    "another name": asked(basic_auth={"username": "bank", "password_file": "/run/platform/sd/password"}),
    "a login more": asked(authorization={"credentials_file": "/run/platform/sd/password"}),
    "a proxy": asked(proxy_url="http://proxy.bank.example:3128"),
    "no login": {"http_sd_configs": [{"url": "https://sd.example/v1/acme/a/b"}]},
}


@pytest.mark.parametrize("said", OF_SERVERS.values(), ids=OF_SERVERS)
def test_any_other_server_or_login_is_refused(said: Map) -> None:
    assert keys(HTTP, said) == [(*AT, "http_sd_configs")]


def test_a_mechanism_that_the_platform_does_not_set_is_refused() -> None:
    assert keys(HTTP, FOUND) == keys(Facts("dev", "/run"), FOUND) == [(*AT, "file_sd_configs")]
    assert keys(FILES, ASKED) == [(*AT, "http_sd_configs")]
    assert keys(FILES, {**FOUND, **ASKED}) == [(*AT, "http_sd_configs")]


@pytest.mark.parametrize("name", ["acme/../bank", "acme/a", "acme/a/probe/b", "acme/a/../../bank/a/b", "acme/*/b", ""])
def test_a_job_that_is_no_scrape_has_no_discovery(name: str) -> None:
    assert keys(FILES, files(f"/etc/targets/{name}.json"), name) == [(*AT, "file_sd_configs")]
