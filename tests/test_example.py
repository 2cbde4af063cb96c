"""The repository's own sources are the live example: they show the whole language, and `build/` is what they say."""

from collections.abc import Callable
from functools import cache
from typing import Any, cast

import pytest

from tests.workbench import ROOT, files, snapshot
from varve import pipeline
from varve.model.artifact import Build
from varve.model.diagnostic import Report
from varve.model.unit import Resolved, Unit

ENVIRONMENTS = ("dev", "staging", "production")


@cache
def sources() -> dict[str, bytes]:
    """The files that the example is compiled from; templates and policies come with every snapshot of the tests."""
    laid = {f"{folder}/{path}": data for folder in ("environments", "tenants") for path, data in _below(folder)}
    own = ("policies/settings.yaml", "varve.yaml")
    return {path: (ROOT / path).read_bytes() for path in own} | laid


def _below(folder: str) -> list[tuple[str, bytes]]:
    return list(files(ROOT / folder).items())


@cache
def compiled() -> Build:
    """What the example compiles to."""
    return pipeline.compile(snapshot(sources()))


@cache
def units() -> tuple[Resolved, ...]:
    """Every tenant in every environment, resolved."""
    report = Report()
    opened = pipeline.open_repository(snapshot(sources()), report)
    assert opened is not None
    wanted = [Unit(tenant, name) for tenant in opened.tenants for name in opened.settings.environments]
    resolved = [pipeline.resolve_unit(opened, unit, report) for unit in wanted]
    return tuple(each for each in resolved if each is not None)


def values(*keys: str) -> set[str]:
    """The values of the example's units at a path, as texts."""
    found = set()
    for unit in units():
        value: Any = unit.value
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        found.add(str(value))
    return found


def test_nothing_is_said_of_it() -> None:
    assert [(each.rule.code, each.message) for each in compiled().diagnostics] == []


def test_every_unit_is_built() -> None:
    assert sorted(compiled().units) == sorted(unit.unit for unit in units())
    assert len(units()) == len({unit.unit.tenant for unit in units()}) * len(ENVIRONMENTS)


def test_build_is_what_the_sources_say_byte_for_byte() -> None:
    existing = {f"build/{path}": data for path, data in files(ROOT / "build").items()}
    wanted = {path: artifact.data for path, artifact in compiled().artifacts.items()}
    assert {"missing": wanted.keys() - existing.keys(), "left over": existing.keys() - wanted.keys()} == {
        "missing": set(),
        "left over": set(),
    }
    assert [path for path, data in wanted.items() if existing[path] != data] == []


def _layers(folder: str) -> set[str]:
    return {path for path in sources() if path.startswith("tenants/") and f"/{folder}/" in path}


def _services(section: str) -> set[str]:
    return {
        name
        for unit in units()
        for service in cast("dict[str, dict[str, Any]]", unit.value["services"]).values()
        for name in service.get(section, {})
    }


SHOWN: dict[str, tuple[Callable[[], set[str]], set[str]]] = {
    "three environments": (lambda: values("environment"), set(ENVIRONMENTS)),
    "three ways to keep tenants apart": (lambda: values("tenant", "isolation"), {"strict", "partial", "logical"}),
    "five languages": (lambda: {each[:2] for each in values("locale")}, {"fr", "en", "de", "es", "it"}),
    "four formats": (
        lambda: {path.rpartition(".")[2] for path in sources() if path.startswith("tenants/")},
        {"yaml", "json", "toml", "xml"},
    ),
    "tenants in four formats": (
        lambda: {path.rpartition(".")[2] for path in sources() if path.count("/") == 2 and "/tenant." in path},
        {"yaml", "json", "toml", "xml"},
    ),
    "all packs that a service can ask for": (lambda: _services("packs"), {"http-service", "host"}),
}
"""What there is, and the words that must be among it."""


@pytest.mark.parametrize(("found", "wanted"), SHOWN.values(), ids=SHOWN)
def test_it_shows(found: Callable[[], set[str]], wanted: set[str]) -> None:
    assert found() >= wanted


@pytest.mark.parametrize("section", ["scrape", "packs", "slos", "alerts", "records", "probes"])
def test_some_service_has(section: str) -> None:
    assert _services(section)


def test_at_least_eight_tenants() -> None:
    assert len({unit.unit.tenant for unit in units()}) >= 8


@pytest.mark.parametrize("folder", ["users", "overlays", "secrets", "rules"])
def test_some_tenant_has(folder: str) -> None:
    assert _layers(folder)


def test_the_platform_grants_and_locks() -> None:
    assert any(path.startswith("environments/tenants/") for path in sources())
    assert all(unit.stack.locks for unit in units())
    granted = {lock.place.file for unit in units() for lock in unit.stack.locks}
    assert any(file.startswith("environments/tenants/") for file in granted)


def test_a_raw_vendor_file_is_built() -> None:
    assert any("/rules/raw/" in path for path in compiled().artifacts)


def test_a_strict_tenant_has_a_prometheus_of_its_own_and_the_others_share_one() -> None:
    strict = {unit.unit for unit in units() if cast("dict[str, str]", unit.value["tenant"])["isolation"] == "strict"}
    mains = {path for path in compiled().artifacts if path.endswith("/prometheus.yaml")}
    own = {f"build/{unit.environment}/tenants/{unit.tenant}/prometheus.yaml" for unit in strict}
    assert mains == own | {f"build/{name}/shared/prometheus.yaml" for name in ENVIRONMENTS}
