"""What is to be found has to be found somewhere, and not where tenants put files."""

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


def of_unit(scrape: Map, platform: Map) -> list[tuple[str, str]]:
    """Codes and places of what is said of a unit with one scrape."""
    value: Map = {"services": {"web": {"scrape": {"app": scrape}}, "idle": {}}}
    unit = Resolved(Unit("acme", "production"), value, Stack((Layer("tenant", 1, "tenant", "tenant.yaml", value),)), {})
    report = Report()
    check(unit, _environment(platform), report)
    return [(each.rule.code, dotted(each.place.keys)) for each in report if each.place]


def of_platform(folder: str, root: str) -> list[tuple[str, str]]:
    report = Report()
    check_platform(_environment({"discovery": {"files": {"folder": folder}}, "secrets": {"root": root}}), report)
    return [(each.rule.code, dotted(each.place.keys)) for each in report if each.place]


def test_targets_are_found_only_where_the_platform_says_a_place() -> None:
    at = ("check/no-discovery", "services.web.scrape.app.discovered")
    assert of_unit({"discovered": True}, {}) == [at]
    assert of_unit({"discovered": True, "targets": ["a:1"]}, {}) == [at]
    assert of_unit({"discovered": True}, {"discovery": FILES}) == []


def test_who_names_targets_needs_no_place() -> None:
    assert of_unit({"targets": ["a:1"]}, {}) == of_unit({"discovered": False, "targets": ["a:1"]}, {}) == []


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
def test_no_targets_are_found_among_secrets(folder: str, root: str) -> None:
    assert of_platform(folder, root) == [("check/secret-targets", "platform.discovery.files.folder")]


@pytest.mark.parametrize("folder", ["/run/secrets-not", "/run/targets", "/secrets"])
def test_a_folder_beside_them_is_sound(folder: str) -> None:
    assert of_platform(folder, "/run/secrets") == []


def test_a_platform_without_one_of_them_is_sound() -> None:
    report = Report()
    platforms: list[Map] = [{"discovery": FILES}, {"secrets": {"root": "/run"}}, {"discovery": {"http": {"url": "a"}}}]
    for platform in platforms:
        check_platform(_environment(platform), report)
    assert not list(report)
