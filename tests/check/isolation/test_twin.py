"""Servers of two environments need different external labels if they write to one store."""

from typing import Any

import pytest
import yaml

from tests.emit import repository
from tests.workbench import BASE, files
from varve.check.consistency import check_pairs as check
from varve.model.diagnostic import Report
from varve.model.layer import Layer, Stack
from varve.model.unit import Environment, Selection

PLATFORM: dict[str, Any] = {
    "targets": {"prometheus": {"version": "3.5"}},
    "external_labels": {"cluster": "eu"},
    "replica": {"label": "replica", "variable": "HOSTNAME"},
    "remote_write": {"mimir": {"url": "https://mimir.example/push"}},
}
OWN = {"external_labels": {"cluster": "eu-acme"}}


def _environment(name: str, settings: dict[str, Any]) -> Environment:
    platform = {**PLATFORM, **settings}
    layer = Layer("environment", 0, "platform", f"{name}.yaml", {"platform": platform})
    return Environment(name, platform, Stack((layer,)))


def findings(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    report = Report()
    check([_environment("dev", before), _environment("staging", after)], ("dev", "staging"), report)
    assert {each.rule.code for each in report} <= {"check/mistaken-replicas"}
    return [each.message for each in report]


def test_servers_with_equal_external_labels_are_reported() -> None:
    report = Report()
    mistaken = check([_environment("dev", {}), _environment("staging", {})], ["dev"], report)
    (found,) = report
    assert mistaken == {"dev": (found,), "staging": (found,)}
    assert found.message == "in `staging` its servers have the external labels of servers in `dev`, for one store"
    assert found.place
    assert (found.place.file, found.place.keys) == (
        "staging.yaml",
        ("platform", "remote_write", "mimir"),
    )
    assert [each.place and each.place.file for each in found.notes] == ["dev.yaml"]


@pytest.mark.parametrize(
    "other",
    [
        {"external_labels": {"cluster": "us"}},
        {"replica": None},
        {"remote_write": {"mimir": {"url": "https://other.example/push"}}},
        {"remote_write": {"mimir": {"url": "https://mimir.example/push", "replica": False}}},
        {"remote_write": None},
    ],
)
def test_servers_that_differ_are_not_reported(other: dict[str, Any]) -> None:
    assert findings({}, other) == findings(other, {}) == []


@pytest.mark.parametrize(
    "both", [{"replica": None}, {"remote_write": {"mimir": {"url": "https://mimir.example/push", "replica": False}}}]
)
def test_without_a_replica_label_their_series_are_the_same(both: dict[str, Any]) -> None:
    assert findings(both, both) == [
        "in `staging` its servers have the external labels of servers in `dev`, for one store"
    ]
    assert findings(both, {**both, "external_labels": {"cluster": "us"}}) == []


def test_a_store_is_identified_by_its_address() -> None:
    assert findings({}, {"remote_write": {"far": {"url": "https://MIMIR.example:443/push/"}}})


def test_servers_of_strict_tenants_are_compared_too() -> None:
    us = {"external_labels": {"cluster": "us"}}
    both = {"strict": {"acme": OWN}}
    assert findings(both, {**us, **both}) == [
        "in `staging` the servers of `acme` have the external labels of servers in `dev`, for one store"
    ]
    assert findings({**us, **both}, {"external_labels": OWN["external_labels"]})
    assert findings(both, {**us, "strict": {"acme": {"external_labels": {"cluster": "us-acme"}}}}) == []


def test_only_pairs_with_a_selected_environment_are_reported() -> None:
    every = [_environment(name, {}) for name in ("dev", "staging")]
    every.append(_environment("production", {"external_labels": {"cluster": "us"}}))
    report = Report()
    assert check(every, ["production"], report) == {}
    assert not list(report)
    assert check(every, ["staging", "production"], report).keys() == {"dev", "staging"}


_TEXT = yaml.safe_dump({"platform": {**PLATFORM, "targets": {"prometheus": {"version": "3.5"}}}})
_BOTH: dict[str, str | None] = {f"environments/{name}.yaml": _TEXT for name in ("production", "staging")}


@pytest.mark.parametrize(
    "selection", [Selection(), Selection("staging"), Selection("production"), Selection(None, "acme")]
)
def test_neither_environment_is_built_whatever_is_selected(selection: Selection) -> None:
    made = repository.build(_BOTH, selection)
    message = "in `production` its servers have the external labels of servers in `staging`, for one store"
    assert repository.findings(made) == [f"check/mistaken-replicas: {message}"]
    assert not made.artifacts


def test_artifacts_of_both_are_kept_and_other_environments_are_built() -> None:
    settings = files(BASE)["varve.yaml"].decode()
    three = {"varve.yaml": settings.replace("environments: [", "environments: [dev, ")}
    three |= {"environments/dev.yaml": "platform: {external_labels: {cluster: dev}}\n"}
    existing = [f"build/{name}/shared/prometheus.yaml" for name in ("production", "staging")]
    made = repository.build({**three, **_BOTH, **dict.fromkeys(existing, "global: {}\n")})
    assert made.kept >= set(existing)
    assert {path.split("/")[1] for path in made.artifacts} == {"dev"}


def test_an_environment_that_is_selected_alone_is_built_if_others_have_the_mistake() -> None:
    settings = files(BASE)["varve.yaml"].decode()
    three = {"varve.yaml": settings.replace("environments: [", "environments: [dev, ")}
    three |= {"environments/dev.yaml": "platform: {external_labels: {cluster: dev}}\n"}
    made = repository.build({**three, **_BOTH}, Selection("dev"))
    assert repository.findings(made) == []
    assert made.artifacts
