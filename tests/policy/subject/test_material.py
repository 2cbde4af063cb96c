"""A unit's artifacts are parsed once, when somebody asks, and are called by their path in its folder."""

import pytest

from tests.policy.judging import made, material, policy, seen
from varve import pipeline
from varve.model.diagnostic import Report
from varve.model.policy import Scope
from varve.model.source import Map, Source
from varve.read import artifact


def test_an_artifact_is_called_by_its_path_in_the_folder() -> None:
    whole = material({})
    inside = [whole.inside(each.path) for each in whole.artifacts]
    assert "rules/checkout.yaml" in inside
    assert "alertmanager.yaml" in inside


def test_what_is_judged_is_parsed_once_and_shared_with_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    known = artifact.read

    def reading(source: Source, report: Report) -> Map | None:
        read.append(source.path)
        return known(source, report)

    monkeypatch.setattr(artifact, "read", reading)
    pipeline.compile(seen(policy("artifact", 'artifact.name != ""')))
    rules = [path for path in read if "/rules/" in path]
    assert rules
    assert len(rules) == len(set(rules))


def test_without_a_policy_nothing_is_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError

    for module in ("alert", "artifact", "dashboard", "unit"):
        monkeypatch.setattr(f"varve.policy.subject.{module}.subjects", refuse)
    assert pipeline.compile(seen({})).units
    assert made(Scope.ROUTE, {}) is not None
