"""Whoever's sources were meant to be read and are not keeps what is there; what is removed on purpose goes."""

from collections.abc import Mapping

import pytest

from tests.emit.repository import CHECKOUT, build, built, findings
from tests.workbench import BASE
from varve.model.unit import Selection

SETTINGS = (BASE / "varve.yaml").read_text()
TEXT = (BASE / CHECKOUT).read_text()
RULES = "build/{}/tenants/{}/rules/checkout.yaml"
USER = "name: Anna\nemail: anna@acme.example\n"
BETA = {
    "tenants/beta/tenant.yaml": (
        "tenant: {name: Beta, tier: gold, region: eu-west-1, isolation: logical, owners: [sre@beta.example]}\n"
    )
}
GRANTS = {"environments/tenants/acme.yaml": "locale: fr_FR\n"}


def settings(old: str, new: str) -> dict[str, str]:
    assert old in SETTINGS
    return {"varve.yaml": SETTINGS.replace(old, new)}


def codes(changed: Mapping[str, str | None], before: Mapping[str, str | None] = {}) -> list[str]:
    """The codes of what is found in a repository that was built before the change."""
    found = build({**built(before), **changed})
    return sorted({each.partition(":")[0] for each in findings(found)})


@pytest.mark.parametrize("folder", ["service", "apps"])
def test_a_misspelt_path_of_a_layer_removes_nothing(folder: str) -> None:
    before = built({})
    found = build({**before, **settings("/services/*", f"/{folder}/*")})
    message = f"the layer `services` reads no file, but `{CHECKOUT}` would be read from"
    assert findings(found) == [f"check/idle-layer: {message} `tenants/%{{tenant.id}}/services/*`"]
    assert {path for path in before if path.startswith("build/") and "/tenants/acme/" in path} <= found.kept
    for name in ("staging", "production"):
        shared = f"build/{name}/shared/prometheus.yaml"
        assert found.artifacts[shared].data.decode() == before[shared]


def test_a_tenant_without_such_files_is_built() -> None:
    found = build({**built(BETA), **settings("/services/*", "/service/*")})
    assert {unit.tenant for unit in found.units} == {"beta"}


def test_what_is_broken_in_one_environment_stays_in_the_other() -> None:
    overlay = {"tenants/acme/overlays/production.yaml": "colour: blue\n"}
    found = build({**built({}), **settings("/services/*", "/service/*"), **overlay})
    assert {RULES.format(name, "acme") for name in ("staging", "production")} <= found.kept


def test_one_environment_alone_is_refused_too() -> None:
    found = build({**built({}), **settings("/services/*", "/service/*")}, Selection("staging", "acme"))
    assert findings(found)[0].startswith("check/idle-layer")
    assert not found.units


@pytest.mark.parametrize(
    ("old", "new", "file"),
    [
        ("/users/*", "/user/*", {"tenants/acme/users/anna.yaml": USER}),
        ("/overlays/", "/overlay/", {"tenants/acme/overlays/staging.yaml": "locale: fr_FR\n"}),
        ("environments/tenants/", "environments/tenant/", GRANTS),
        ("environments/tiers/", "environments/tires/", {"environments/tiers/gold.yaml": "locale: fr_FR\n"}),
    ],
)
def test_other_layers_lose_nothing_either(old: str, new: str, file: dict[str, str]) -> None:
    assert codes({**settings(old, new), **file}, file) == ["check/idle-layer"]
    assert codes(file) == []


def test_a_service_that_is_moved_to_where_nothing_is_read_stays_built() -> None:
    services = {CHECKOUT: TEXT, "tenants/acme/services/search.yaml": "owner: search\n"}
    away = {CHECKOUT: None, "tenants/acme/attic/checkout.yaml": TEXT}
    found = build({**built(services), **away})
    message = "`tenants/acme/attic/checkout.yaml` is never read, but artifacts of `checkout` exist, which `acme` keeps"
    assert findings(found) == [f"check/misplaced-source: {message} therefore"]
    assert RULES.format("production", "acme") in found.kept


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({CHECKOUT: None}, []),
        ({CHECKOUT: None, "tenants/acme/tenant.yaml": None}, []),
        ({CHECKOUT: None, "tenants/acme/services/checkout.toml": 'owner = "payments"\n'}, []),
        ({"tenants/acme/service/search.yaml": "owner: search\n"}, ["read/unread-file"]),
        ({"tenants/acme/attic/checkout.yaml": TEXT}, ["read/unread-file"]),
        ({CHECKOUT: None, "tenants/acme/attic/search.yaml": TEXT}, ["read/unread-file"]),
        ({CHECKOUT: None, "tenants/acme/attic/checkout.md": "gone"}, []),
        (settings("/users/*", "/people/*"), []),
    ],
    ids=[
        "nothing",
        "a service is deleted",
        "the last tenant is deleted",
        "another format",
        "a new service in a wrong folder",
        "a copy elsewhere",
        "another name elsewhere",
        "notes about it",
        "a layer that has no file yet",
    ],
)
def test_what_is_meant_happens(changed: dict[str, str | None], expected: list[str]) -> None:
    assert codes(changed) == expected


def test_an_empty_repository_is_sound() -> None:
    assert findings(build({CHECKOUT: None, "tenants/acme/tenant.yaml": None})) == []
