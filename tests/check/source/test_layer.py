from typing import cast

import pytest

from varve.check.source.layer import check, check_locks
from varve.language.name import dotted
from varve.model.diagnostic import Report
from varve.model.source import Document, Map
from varve.read import repository

TENANT: Map = {"name": "tenant", "priority": 40, "owner": "tenant", "path": "tenants/%{tenant.id}/tenant"}
SERVICES: Map = {
    "name": "services",
    "priority": 50,
    "owner": "tenant",
    "path": "tenants/%{tenant.id}/services/*",
    "into": "services.%{file.stem}",
}
DEFAULTS: Map = {"name": "defaults", "priority": 0, "owner": "platform", "path": "environments/defaults"}


def checked(*layers: Map) -> list[tuple[str, str]]:
    """The codes and places of the diagnostics of a `varve.yaml` with those layers."""
    value: Map = {"environments": ["production"], "layers": list(layers)}
    report = Report()
    valid = check(Document("varve.yaml", value), repository.settings(value), report)
    assert valid == (not len(report))
    return [(each.rule.code, dotted(each.place.keys)) for each in report if each.place]


def test_the_usual_layers_can_be_used() -> None:
    assert checked(DEFAULTS, TENANT, SERVICES) == []


def test_a_layer_may_depend_on_every_fact_of_a_tenant() -> None:
    when: Map = {"environment": "production", "tenant.id": "acme", "tenant.tier": ["gold"], "tenant.compliance": "soc2"}
    assert checked(DEFAULTS | {"when": when}, TENANT) == []


@pytest.mark.parametrize(
    ("layer", "code", "at"),
    [
        pytest.param(
            DEFAULTS | {"name": "x", "owner": "tenant"},
            "check/layer-owner",
            "layers[1].owner",
            id="a tenant's defaults",
        ),
        pytest.param(
            SERVICES | {"owner": "platform"}, "check/layer-owner", "layers[1].owner", id="the platform's services"
        ),
        pytest.param(
            SERVICES | {"path": "tenants/acme/services/*"},
            "check/layer-owner",
            "layers[1].owner",
            id="one tenant's folder for all",
        ),
        pytest.param(SERVICES | {"into": "servces"}, "check/unknown-place", "layers[1].into", id="a misspelt place"),
        pytest.param(
            SERVICES | {"when": {"tenant.teir": "gold"}},
            "check/bad-fact",
            'layers[1].when["tenant.teir"]',
            id="a fact that no tenant has",
        ),
        pytest.param(
            SERVICES | {"when": {"environment": "prod"}},
            "resolve/unknown-environment",
            "layers[1].when.environment",
            id="an environment that is not there",
        ),
        pytest.param(
            SERVICES | {"when": {"environment": ["production", "prod"]}},
            "resolve/unknown-environment",
            "layers[1].when.environment[1]",
            id="one of several environments",
        ),
        pytest.param(
            SERVICES | {"name": "tenant"}, "check/repeated-layer", "layers[1].name", id="a name that is taken"
        ),
    ],
)
def test_a_layer_that_cannot_be_used_is_reported_at_its_place(layer: Map, code: str, at: str) -> None:
    assert checked(TENANT, layer) == [(code, at)]


def test_a_layer_must_define_the_tenant() -> None:
    assert checked(DEFAULTS, SERVICES) == [("check/no-tenant-layer", "layers")]


@pytest.mark.parametrize(
    ("lock", "valid"),
    [
        ("quotas", True),
        ("services.checkout.slos", True),
        ("tenant.tier", True),
        ("quota", False),
        ("tenant.teir", False),
    ],
)
def test_a_lock_must_be_a_path_of_units(lock: str, valid: bool) -> None:  # noqa: FBT001 - a table
    report = Report()
    assert check_locks("environments/defaults.yaml", cast("Map", {"locks": [lock]}), report) is valid
    assert [each.rule.code for each in report] == ([] if valid else ["check/unknown-place"])


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param({}, [("check/repeated-layer", "layers[2].path")], id="the same files"),
        pytest.param({"priority": 45}, [("check/repeated-layer", "layers[2].path")], id="with another priority"),
        pytest.param({"into": "labels"}, [], id="to another place"),
        pytest.param({"when": {"tenant.tier": "gold"}}, [], id="for some tenants"),
    ],
)
def test_two_layers_may_not_have_the_same_files(other: Map, expected: list[tuple[str, str]]) -> None:
    assert checked(DEFAULTS, TENANT, TENANT | {"name": "again"} | other) == expected
