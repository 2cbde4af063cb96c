"""Everything in a tenant's folder is the tenant's, artifacts are nobody's, and everything else is the platform's."""

import pytest

from varve.check.trust.owner import Owners, owners, refuse_mixed
from varve.model.diagnostic import Report

PLATFORM = [
    "varve.yaml",
    "varve.toml",
    "environments/production.yaml",
    "environments/tenants/acme.yaml",
    "environments/secrets/slack.sops.yaml",
    "templates/packs/mine/pack.yaml",
    "policies/x.yaml",
    ".sops.yaml",
    ".gitattributes",
    ".github/workflows/varve.yaml",
    "CODEOWNERS",
    "README.md",
    "tenants/README.md",
    "tenants",
    "build",
    "Tenants/acme/tenant.yaml",
    "tenants-old/acme/tenant.yaml",
    "../tenants/acme/tenant.yaml",
    "../.gitlab-ci.yml",
]
TENANT = [
    "tenants/acme/tenant.yaml",
    "tenants/acme/secrets/slack.sops.yaml",
    "tenants/acme/tests/routes.yaml",
    "tenants/acme/.gitattributes",
    "tenants/acme/environments/production.yaml",
]


@pytest.mark.parametrize("path", PLATFORM)
def test_paths_of_the_platform(path: str) -> None:
    assert owners([path]) == Owners((path,), {})


@pytest.mark.parametrize("path", TENANT)
def test_paths_of_a_tenant(path: str) -> None:
    assert owners([path]) == Owners((), {"acme": (path,)})


def test_artifacts_have_no_owner() -> None:
    built = ("build/production/tenants/acme/rules/x.yaml", "build/x")
    assert owners(built) == Owners((), {}, built)


def refusal(*paths: str) -> tuple[str, str, list[str]]:
    report = Report()
    refuse_mixed(owners(paths), report)
    (diagnostic,) = report
    assert diagnostic.place
    return diagnostic.message, diagnostic.place.file, [note.message for note in diagnostic.notes]


def test_both_owners_are_named() -> None:
    message = "`varve.yaml` belongs to the platform but files of the tenant `acme` change with it"
    assert refusal("tenants/acme/a", "tenants/acme/b", "varve.yaml") == (
        message,
        "varve.yaml",
        ["belongs to the tenant `acme`"],
    )


def test_of_many_files_a_few_are_named() -> None:
    message, place, notes = refusal(
        *(f"tenants/t{n}/x" for n in range(6)), *(f"environments/e{n}.yaml" for n in range(7))
    )
    assert message == "`environments/e0.yaml` belongs to the platform but files of 6 tenants change with it"
    assert place == "environments/e0.yaml"
    assert notes == [
        *["this one too"] * 4,
        "and 2 more of the platform's",
        *(f"belongs to the tenant `t{n}`" for n in range(4)),
        "and 2 more tenants",
    ]
