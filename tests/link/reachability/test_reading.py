"""Artifacts are read as another YAML parser reads them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.link.reachability.reaching import alert, emitted, overlay
from tests.workbench import ROOT
from varve.link.reachability import reading
from varve.link.reachability.alert import Alert
from varve.link.routing import read_own
from varve.model.artifact import Artifact
from varve.model.layer import Stack
from varve.model.unit import Environment

ENVIRONMENT = Environment("production", {"external_labels": {"cluster": "eu-1"}}, Stack(()))
UNITS = sorted((ROOT / "build").glob("*/tenants/*/alertmanager.yaml"))


def files(folder: Path) -> list[Artifact]:
    return [Artifact(path.relative_to(ROOT).as_posix(), path.read_bytes()) for path in sorted(folder.rglob("*.yaml"))]


def parsed_alerts(made: list[Artifact]) -> list[tuple[str, tuple[int, int], dict[str, str]]]:
    """Every alert of rule files: its file, its position, and its labels."""
    groups: list[tuple[str, int, Any]] = [
        (each.path, number, group)
        for each in made
        if "/rules/" in each.path
        for number, group in enumerate(yaml.safe_load(each.data)["groups"])
    ]
    return [
        (path, (number, index), {**group.get("labels", {}), **rule["labels"], "alertname": rule["alert"]})
        for path, number, group in groups
        for index, rule in enumerate(group["rules"])
        if "alert" in rule
    ]


@pytest.mark.parametrize("unit", UNITS, ids=["/".join(path.parts[-4::2]) for path in UNITS])
def test_the_example_is_read_as_another_parser_reads_it(unit: Path) -> None:
    tree = reading.tree(Artifact("build/a/tenants/b/alertmanager.yaml", unit.read_bytes()))
    assert tree == read_own(yaml.safe_load(unit.read_bytes()))
    found = list(reading.alerts(unit.parent.name, ENVIRONMENT, tree, files(unit.parent)))
    expected = parsed_alerts(files(unit.parent))
    assert [(each.file, each.at) for each in found] == [(path, at) for path, at, _ in expected]
    for each, (_, _, labels) in zip(found, expected, strict=True):
        assert {name: labels.get(name) for name in each.labels} == dict(each.labels)


STRANGE = """\
groups:
  - name: vendor
    rules:
      - expr: |-
          vector(1)

          # - alert: Not
          #   labels: {a: b}
        labels: {service: "yes", severity: 'it''s "so"', slo: "3"}
        alert: "a: b"
        annotations: {summary: "labels:\\n  severity: critical\\n\\n- alert: Nor this"}
      - {record: "a:b", expr: vector(1), labels: {severity: none}}
      - {alert: Several, expr: vector(1), labels: {service: "a\\nslo: b", severity: "{{ $labels.x }}"}}
      - {alert: Bare, expr: vector(1)}
"""


def test_vendor_rules_with_unusual_yaml_are_read() -> None:
    made, artifacts = emitted(
        overlay("one: {match: ['environment=\"production\"', 'cluster=\"\"'], receivers: [one]}"),
        {"tenants/acme/rules/odd.yaml": STRANGE, "tenants/acme/services/checkout.yaml": alert("info")},
    )
    tree = reading.tree(next(each for each in artifacts if each.path.endswith("/alertmanager.yaml")))
    found = {each.name: each for each in reading.alerts("acme", made.environment, tree, artifacts)}
    assert found.keys() == {"a: b", "Several", "Bare", "Stuck"}
    usual = {"tenant": "acme", "environment": "production"}
    assert labels(found["a: b"]) == {**usual, "service": "yes", "severity": 'it\'s "so"', "slo": "3"}
    assert (labels(found["Several"]), found["Several"].open) == (usual, frozenset({"service", "severity"}))
    assert (labels(found["Bare"]), found["Bare"].open, found["Bare"].at) == (usual, frozenset(), (0, 3))
    assert labels(found["Stuck"]) == {**usual, "service": "checkout", "severity": "info"}


def test_parsed_values_and_bytes_give_the_same() -> None:
    _, artifacts = emitted(overlay("warning: {receivers: [one]}"), {"tenants/acme/rules/odd.yaml": STRANGE})
    bare = [each._replace(value=None) for each in artifacts]
    whole = [each._replace(value=yaml.safe_load(each.data)) for each in artifacts if each.path.endswith(".yaml")]
    routed = [next(each for each in form if each.path.endswith("/alertmanager.yaml")) for form in (bare, whole)]
    assert reading.tree(routed[0]) == reading.tree(routed[1])
    tree = reading.tree(routed[0])
    from_bytes, from_values = (list(reading.alerts("acme", ENVIRONMENT, tree, form)) for form in (bare, whole))
    assert from_bytes
    assert from_bytes == from_values


def labels(found: Alert) -> dict[str, str]:
    return {name: value for name, value in found.labels.items() if name != "alertname"}
