"""The base repository with some files changed, compiled in memory, whole or as far as one unit's task."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import yaml

from tests.sealing import sealed
from tests.workbench import BASE, files, snapshot
from varve import pipeline
from varve.emit.kit import Task
from varve.model.artifact import Build
from varve.model.diagnostic import Report
from varve.model.snapshot import Snapshot
from varve.model.unit import Selection, Unit

Changed: TypeAlias = Mapping[str, str | None]
"""Texts by path; None removes a file of the base."""

CHECKOUT = "tenants/acme/services/checkout.yaml"
ACME = "build/production/tenants/acme"
_TENANT = "tenant: {name: ACME, tier: gold, region: eu-west-1, isolation: %s, owners: [sre@acme.example]}\n"
STRICT = {"tenants/acme/tenant.yaml": _TENANT % "strict"}
BLACKBOX = {
    f"environments/{name}.yaml": (
        "platform: {blackbox: {address: 'blackbox:9115', modules: [http_2xx, http_2xx_french]}}\n"
    )
    for name in ("staging", "production")
}
SEALED = sealed("acme", "token", "password")
_BASE = files(BASE)


def sources(changed: Changed) -> dict[str, bytes]:
    """The files of the base repository, changed."""
    texts = {path: text.encode() for path, text in changed.items() if text is not None}
    return {path: data for path, data in _BASE.items() if path not in changed} | texts


def built(changed: Changed) -> dict[str, str | None]:
    """The changes with all that they compile to: a repository whose `build/` is committed."""
    return {**changed, **{path: each.data.decode() for path, each in sound(changed).artifacts.items()}}


def repository(changed: Changed) -> Snapshot:
    """The base repository, changed, with the standard library."""
    return snapshot(sources(changed))


def build(changed: Changed, selection: Selection = pipeline.EVERYTHING) -> Build:
    """What the base repository, changed, compiles to."""
    return pipeline.compile(repository(changed), selection)


def findings(build: Build) -> list[str]:
    """What was reported: each code with its message."""
    return [f"{each.rule.code}: {each.message}" for each in build.diagnostics]


def sound(changed: Changed) -> Build:
    """The same, if nothing is reported."""
    made = build(changed)
    assert findings(made) == []
    return made


def parsed(build: Build, path: str) -> Any:  # noqa: ANN401 - YAML
    """The content of an artifact according to an independent YAML reader."""
    return yaml.safe_load(build.artifacts[path].data)


def task(changed: Changed, unit: Unit = Unit("acme", "production")) -> Task:  # noqa: B008 - a constant
    """The task of emitting one unit of the base repository, changed."""
    report = Report()
    opened = pipeline.open_repository(repository(changed), report)
    assert opened is not None, list(report)
    environment = pipeline.resolve_environment(opened, unit.environment, report)
    resolved = pipeline.resolve_unit(opened, unit, report)
    assert resolved is not None, list(report)
    assert environment is not None, list(report)
    return Task(resolved, environment, opened.kit, report)


def pack(rules: str, applies_to: str = "service", properties: str = "{}", name: str = "mine") -> dict[str, str | None]:
    """The files of a pack of the repository's own; `properties` are its parameters."""
    head = f"version: 1\ntitle: Mine\ndescription: Ours\napplies_to: {applies_to}\n"
    parameters = f"parameters: {{type: object, additionalProperties: false, properties: {properties}}}\n"
    folder = f"templates/packs/{name}"
    return {f"{folder}/pack.yaml": head + parameters, f"{folder}/rules.yaml.j2": rules}
