"""A repository with its own policy and framework, to which its only tenant is held."""

from pathlib import Path

import pytest

from tests.workbench import shell, varve

POLICY = """\
id: told-services
title: Services say what they do
severity: warning
scope: service
require: has(service.description)
message: "`{service.id}` does not say what it does"
remediation: Say `description` at the service.
limits: that the description is true
examples:
  - {name: a service that says it, pass: {service: {description: takes the money}}}
  - {name: a service that does not, fail: {service: {id: checkout}}}
"""
FRAMEWORK = """\
id: house
title: The rules of the house
severity: warning
limits: It is made for a test.
controls:
  - {id: H1, title: services are known, checks: [told-services]}
  - {id: H2, title: artifacts are what sources say, checks: [told-artifacts], limits: what is deployed}
unchecked: {H3: whether anybody reads it}
"""
RULES = """\
id: told-artifacts
title: Artifacts are what the sources say
severity: error
scope: unit
rules: [write/stale-artifact, write/missing-artifact, write/left-over-artifact, write/stranger]
remediation: Build, and commit what was built.
"""
FILES = {
    "policies/told-services.yaml": POLICY,
    "policies/frameworks/house.yaml": FRAMEWORK,
    "policies/told-artifacts.yaml": RULES,
    "environments/tenants/acme.yaml": "tenant: {compliance: [house]}\n",
}
DESCRIBED = "\ndescription: Takes the money\n"


def write(repository: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_text(text)


def commit(repository: Path) -> str:
    """Commit all files; returns the commit's id."""
    code, output = shell("git add -A && git commit -qm Change && git rev-parse HEAD", repository)
    assert code == 0, output
    return output.strip()


def described(repository: Path) -> None:
    """Give the only service a description, and build."""
    path = repository / "tenants/acme/services/checkout.yaml"
    path.write_text(path.read_text() + DESCRIBED)
    build(repository)


def build(repository: Path) -> None:
    code, output = varve("build", repository)
    assert code == 0, output


@pytest.fixture
def governed(repository: Path) -> Path:
    """The small repository, whose tenant is held to a framework with two controls, one of which fails; committed."""
    write(repository, FILES)
    build(repository)
    commit(repository)
    return repository
