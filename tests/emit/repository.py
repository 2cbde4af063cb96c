"""The base repository with some files changed, compiled in memory, whole or as far as one unit's task."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import yaml

from tests.workbench import BASE, files, snapshot
from varve import pipeline
from varve.emit.kit import Task
from varve.model.artifact import Build
from varve.model.diagnostic import Report
from varve.model.snapshot import Snapshot
from varve.model.unit import Selection, Unit

Changed: TypeAlias = Mapping[str, str | None]
"""Texts by path; None takes a file of the base away."""

CHECKOUT = "tenants/acme/services/checkout.yaml"
ACME = "build/production/tenants/acme"
_BASE = files(BASE)


def sources(changed: Changed) -> dict[str, bytes]:
    """The files of the base repository, changed."""
    said = {path: text.encode() for path, text in changed.items() if text is not None}
    return {path: data for path, data in _BASE.items() if path not in changed} | said


def repository(changed: Changed) -> Snapshot:
    """The base repository, changed, beside the standard library."""
    return snapshot(sources(changed))


def build(changed: Changed, selection: Selection = pipeline.EVERYTHING) -> Build:
    """What the base repository, changed, compiles to."""
    return pipeline.compile(repository(changed), selection)


def said(build: Build) -> list[str]:
    """What was said: each code with its message."""
    return [f"{each.rule.code}: {each.message}" for each in build.diagnostics]


def sound(changed: Changed) -> Build:
    """The same, where nothing may be said."""
    made = build(changed)
    assert said(made) == []
    return made


def parsed(build: Build, path: str) -> Any:  # noqa: ANN401 - YAML
    """What an artifact says to a YAML reader that is not ours."""
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
