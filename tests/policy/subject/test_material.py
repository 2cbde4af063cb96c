"""A unit's artifacts are parsed once, on demand, and named by their path in its folder."""

from typing import Any

import pytest

from tests.policy.judging import made, material, policy, reported, seen
from varve import pipeline
from varve.model.artifact import Artifact
from varve.model.diagnostic import Report
from varve.model.policy import Scope
from varve.model.source import Map, Source
from varve.pipeline import outcome
from varve.read import artifact


def test_an_artifact_is_named_by_its_path_in_the_folder() -> None:
    whole = material({})
    inside = [whole.inside(each.path) for each in whole.artifacts]
    assert "rules/checkout.yaml" in inside
    assert "alertmanager.yaml" in inside


def test_artifacts_are_parsed_only_if_their_values_are_not_at_hand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []
    known, emitting = artifact.read, outcome.emit

    def reading(source: Source, report: Report) -> Map | None:
        read.append(source.path)
        return known(source, report)

    def forgetting(*given: Any) -> tuple[Artifact, ...]:  # noqa: ANN401 - whatever the pipeline gives
        return tuple(each._replace(value=None) for each in emitting(*given) or ())

    monkeypatch.setattr(outcome, "parse_artifact", reading)
    files = policy("artifact", 'artifact.name == ""', message='"{artifact.value} {artifact.name}"', severity="note")
    handed = reported(pipeline.compile(seen(files)))
    assert not [path for path in read if "/rules/" in path]
    monkeypatch.setattr(outcome, "emit", forgetting)
    assert reported(pipeline.compile(seen(files))) == handed != []
    rules = [path for path in read if "/rules/" in path]
    assert rules
    assert len(rules) == len(set(rules))


def test_without_a_policy_no_subjects_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError

    for module in ("alert", "artifact", "dashboard", "unit"):
        monkeypatch.setattr(f"varve.policy.subject.{module}.subjects", refuse)
    assert pipeline.compile(seen({})).units
    assert made(Scope.ROUTE, {}) is not None
