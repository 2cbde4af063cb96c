"""Discovered targets need a source that the platform sets, outside the folder of tenants' secrets."""

import pytest

from varve.check.isolation.discovery import check, check_platform
from varve.language.name import dotted
from varve.model.diagnostic import Report
from varve.model.layer import Layer, Stack
from varve.model.source import Map
from varve.model.unit import Environment, Resolved, Unit

FILES: Map = {"files": {"folder": "/etc/targets"}}


def _environment(platform: Map) -> Environment:
    layer = Layer("environment", 0, "platform", "production.yaml", {"platform": platform})
    return Environment("production", platform, Stack((layer,)))


def unit_findings(scrape: Map, platform: Map) -> list[tuple[str, str]]:
    """Codes and places of the diagnostics for a unit with one scrape."""
    value: Map = {"services": {"web": {"scrape": {"app": scrape}}, "idle": {}}}
    unit = Resolved(Unit("acme", "production"), value, Stack((Layer("tenant", 1, "tenant", "tenant.yaml", value),)), {})
    report = Report()
    check(unit, _environment(platform), report)
    return [(each.rule.code, dotted(each.place.keys)) for each in report if each.place]


def platform_findings(folder: str, root: str) -> list[tuple[str, str]]:
    report = Report()
    check_platform(_environment({"discovery": {"files": {"folder": folder}}, "secrets": {"root": root}}), report)
    return [(each.rule.code, dotted(each.place.keys)) for each in report if each.place]


def test_discovered_targets_need_a_source_set_by_the_platform() -> None:
    at = ("check/no-discovery", "services.web.scrape.app.discovered")
    assert unit_findings({"discovered": True}, {}) == [at]
    assert unit_findings({"discovered": True, "targets": ["a:1"]}, {}) == [at]
    assert unit_findings({"discovered": True}, {"discovery": FILES}) == []


def test_a_scrape_that_names_its_targets_needs_no_discovery() -> None:
    assert unit_findings({"targets": ["a:1"]}, {}) == unit_findings({"discovered": False, "targets": ["a:1"]}, {}) == []


@pytest.mark.parametrize(
    ("folder", "root"),
    [
        ("/run/secrets", "/run/secrets"),
        ("/run/secrets/tenants/", "/run/secrets"),
        ("/run", "/run/secrets/"),
        ("/run/secrets/a", "//run/./secrets"),
        ("/", "/run/secrets"),
    ],
)
def test_a_discovery_folder_that_overlaps_the_secrets_folder_is_refused(folder: str, root: str) -> None:
    assert platform_findings(folder, root) == [("check/secret-targets", "platform.discovery.files.folder")]


@pytest.mark.parametrize("folder", ["/run/secrets-not", "/run/targets", "/secrets"])
def test_a_discovery_folder_outside_the_secrets_folder_is_valid(folder: str) -> None:
    assert platform_findings(folder, "/run/secrets") == []


def test_a_platform_without_both_folders_is_valid() -> None:
    report = Report()
    platforms: list[Map] = [{"discovery": FILES}, {"secrets": {"root": "/run"}}, {"discovery": {"http": {"url": "a"}}}]
    for platform in platforms:
        check_platform(_environment(platform), report)
    assert not list(report)
