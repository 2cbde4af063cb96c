"""Each job gets only its own targets, in the one way that the platform configures."""

import pytest

from varve.model.layer import Stack
from varve.model.source import Map
from varve.model.unit import Environment
from varve.resolve.discovery import discovery, is_discovered, settings

JOB = "acme/checkout/app"
LOGIN: Map = {"type": "Token", "credentials": {"secret": "sd/token"}}

CASES: dict[str, tuple[Map, Map]] = {
    "files": (
        {"files": {"folder": "/etc/targets"}},
        {"file_sd_configs": [{"files": ["/etc/targets/acme/checkout/app.json"]}]},
    ),
    "files, with a slash and a pace": (
        {"files": {"folder": "/etc/targets/", "refresh": "1m"}},
        {"file_sd_configs": [{"files": ["/etc/targets/acme/checkout/app.json"], "refresh_interval": "1m"}]},
    ),
    "a server": (
        {"http": {"url": "https://sd.example/v1/"}},
        {"http_sd_configs": [{"url": "https://sd.example/v1/acme/checkout/app"}]},
    ),
    "a server with a login": (
        {"http": {"url": "https://sd.example", "refresh": "30s", "authorization": LOGIN}},
        {
            "http_sd_configs": [
                {
                    "url": "https://sd.example/acme/checkout/app",
                    "refresh_interval": "30s",
                    "authorization": {"type": "Token", "credentials_file": "/run/secrets/platform/sd/token"},
                }
            ]
        },
    ),
    "nothing": ({}, {}),
}


@pytest.mark.parametrize(("word", "expected"), CASES.values(), ids=CASES)
def test_where_the_targets_of_a_job_are_found(word: Map, expected: Map) -> None:
    environment = Environment("dev", {"secrets": {"root": "/run/secrets"}, "discovery": word}, Stack(()))
    assert settings(environment) == word
    assert discovery(environment, JOB) == expected


def test_without_discovery_there_are_no_fields() -> None:
    assert settings(Environment("dev", {}, Stack(()))) == {}


def test_a_scrape_is_discovered_only_if_it_says_true() -> None:
    assert is_discovered({"discovered": True})
    assert not is_discovered({"discovered": False, "targets": ["a:1"]})
    assert not is_discovered({"targets": ["a:1"]})
