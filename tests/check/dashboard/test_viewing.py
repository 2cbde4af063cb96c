"""What each rule refuses is in tests/bad/dashboards.toml; these tests are about what no rule may refuse."""

import pytest

from tests.emit.grafana.repository import FULL, isolated, raw
from tests.emit.repository import build, findings
from varve.check.dashboard.viewing import check_built
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.source import Map
from varve.model.unit import Environment


@pytest.mark.parametrize("isolation", ["logical", "partial", "strict"])
def test_a_unit_with_complete_settings_is_valid(isolation: str) -> None:
    assert findings(build(isolated(isolation))) == []


@pytest.mark.parametrize("isolation", ["partial", "strict"])
def test_without_a_grafana_target_no_settings_are_needed(isolation: str) -> None:
    changed = {**isolated(isolation), "environments/production.yaml": "platform: {blackbox: {address: 'b:9115'}}\n"}
    assert findings(build(changed)) == []


def test_a_unique_title_is_valid() -> None:
    assert findings(build(raw())) == []


def test_titles_are_compared_without_regard_to_case() -> None:
    assert findings(build(raw(title="acme / CHECKOUT"))) == [
        "check/repeated-title: `acme / CHECKOUT` is also the title of another dashboard"
    ]


def test_titles_are_compared_with_constants_filled_in() -> None:
    constant = {"name": "A", "type": "constant", "value": "ACME"}
    assert findings(build(raw(title="${A} / checkout", __inputs=[constant]))) == [
        "check/repeated-title: `ACME / checkout` is also the title of another dashboard"
    ]


def test_strict_tenants_in_separate_organisations_are_valid() -> None:
    assert findings(build(FULL)) == []


def _unbuilt(*paths: str, **targets: Map) -> list[tuple[str, str]]:
    report = Report()
    environments = [Environment(name, {"targets": settings}, Stack(())) for name, settings in targets.items()]
    check_built(environments, paths, report)
    return [(each.rule.code, each.place.file) for each in report if each.place]


def test_a_dashboard_is_unbuilt_only_if_no_environment_has_a_grafana() -> None:
    path = "tenants/acme/dashboards/traffic.json"
    assert _unbuilt(path, dev={}, production={"prometheus": {}}) == [("check/unbuilt-dashboard", path)]
    assert _unbuilt(path, dev={}, production={"grafana": {}}) == []
    assert _unbuilt(dev={}) == []


@pytest.mark.parametrize(("others", "more"), [(0, ""), (1, ", nor is one more"), (2, ", nor are 2 more")])
def test_unbuilt_dashboards_are_reported_together(others: int, more: str) -> None:
    report = Report()
    paths = [f"tenants/{name}/dashboards/a.json" for name in ("c", "b", "a")[: others + 1]]
    check_built([Environment("dev", {"targets": {}}, Stack(()))], paths, report)
    assert [each.message for each in report] == [f"`{min(paths)}` is not built in any environment{more}"]


def test_only_sources_of_dashboards_are_unbuilt() -> None:
    folder = "tenants/acme/dashboards"
    text = '{"title": "Traffic", "schemaVersion": 39, "panels": []}'
    made = build({f"{folder}/traffic.json": text, f"{folder}/README.md": "", f"{folder}/old/load.json": text})
    assert [each for each in findings(made) if "unbuilt" in each] == [
        f"check/unbuilt-dashboard: `{folder}/traffic.json` is not built in any environment"
    ]
