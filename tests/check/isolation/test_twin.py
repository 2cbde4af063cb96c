"""Servers of two environments need other external labels where one store is told of the replicas of both."""

from typing import Any

import pytest
import yaml

from tests.emit import repository
from tests.workbench import BASE, files
from varve.check.isolation.twin import check
from varve.model.diagnostic import Report
from varve.model.layer import Layer, Stack
from varve.model.unit import Environment, Selection

SAID: dict[str, Any] = {
    "external_labels": {"cluster": "eu"},
    "replica": {"label": "replica", "variable": "HOSTNAME"},
    "remote_write": {"mimir": {"url": "https://mimir.example/push"}},
}
OWN = {"external_labels": {"cluster": "eu-acme"}}


def _environment(name: str, said: dict[str, Any]) -> Environment:
    platform = {**SAID, **said}
    layer = Layer("environment", 0, "platform", f"{name}.yaml", {"platform": platform})
    return Environment(name, platform, Stack((layer,)))


def said(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    report = Report()
    check([_environment("dev", before), _environment("staging", after)], ("dev", "staging"), report)
    assert {each.rule.code for each in report} <= {"check/mistaken-replicas"}
    return [each.message for each in report]


def test_servers_of_the_same_labels_would_pass_for_replicas() -> None:
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
def test_where_anything_tells_them_apart_they_would_not(other: dict[str, Any]) -> None:
    assert said({}, other) == said(other, {}) == []


def test_a_store_is_the_same_by_its_address_whatever_it_is_called() -> None:
    assert said({}, {"remote_write": {"far": {"url": "https://MIMIR.example:443/push/"}}})


def test_servers_of_strict_tenants_are_looked_at_too() -> None:
    us = {"external_labels": {"cluster": "us"}}
    both = {"strict": {"acme": OWN}}
    assert said(both, {**us, **both}) == [
        "in `staging` the servers of `acme` have the external labels of servers in `dev`, for one store"
    ]
    assert said({**us, **both}, {"external_labels": OWN["external_labels"]})
    assert said(both, {**us, "strict": {"acme": {"external_labels": {"cluster": "us-acme"}}}}) == []


def test_only_pairs_with_a_selected_environment_are_reported() -> None:
    every = [_environment(name, {}) for name in ("dev", "staging")]
    every.append(_environment("production", {"external_labels": {"cluster": "us"}}))
    report = Report()
    assert check(every, ["production"], report) == {}
    assert not list(report)
    assert check(every, ["staging", "production"], report).keys() == {"dev", "staging"}


_TEXT = yaml.safe_dump({"platform": {**SAID, "targets": {"prometheus": {"version": "3.5"}}}})
_BOTH: dict[str, str | None] = {f"environments/{name}.yaml": _TEXT for name in ("production", "staging")}


@pytest.mark.parametrize(
    "selection", [Selection(), Selection("staging"), Selection("production"), Selection(None, "acme")]
)
def test_whatever_is_selected_nothing_is_built_of_either_environment(selection: Selection) -> None:
    made = repository.build(_BOTH, selection)
    message = "in `production` its servers have the external labels of servers in `staging`, for one store"
    assert repository.said(made) == [f"check/mistaken-replicas: {message}"]
    assert not made.artifacts


def test_artifacts_of_both_are_kept_and_other_environments_are_built() -> None:
    settings = files(BASE)["varve.yaml"].decode()
    three = {"varve.yaml": settings.replace("environments: [", "environments: [dev, ")}
    three |= {"environments/dev.yaml": "platform: {external_labels: {cluster: dev}}\n"}
    stood = [f"build/{name}/shared/prometheus.yaml" for name in ("production", "staging")]
    made = repository.build({**three, **_BOTH, **dict.fromkeys(stood, "global: {}\n")})
    assert made.kept >= set(stood)
    assert {path.split("/")[1] for path in made.artifacts} == {"dev"}


def test_an_environment_that_is_selected_alone_is_built_where_others_are_mistaken() -> None:
    settings = files(BASE)["varve.yaml"].decode()
    three = {"varve.yaml": settings.replace("environments: [", "environments: [dev, ")}
    three |= {"environments/dev.yaml": "platform: {external_labels: {cluster: dev}}\n"}
    made = repository.build({**three, **_BOTH}, Selection("dev"))
    assert repository.said(made) == []
    assert made.artifacts
