"""Grafana's own linter and types have nothing against our dashboards, and a person can look at one."""

import json
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.emit.grafana.page import page, size
from tests.emit.grafana.repository import FULL, dashboards, isolated, with_locale
from tests.grafana_oracle import camera, dashboard_linter, grafana_types, run
from tests.workbench import ROOT

__all__ = ["camera", "dashboard_linter", "grafana_types"]

EXCLUDED: Final = {
    "template-job-rule": "a dashboard is of one service or of one tenant, and its queries name the job",
    "target-job-rule": "the job is written out, not chosen; recordings and alerts say `service` instead",
    "target-instance-rule": "recordings, alerts and probes are of a service as a whole",
}
"""The rules of the linter that do not apply, with the reasons."""

WITHOUT_INSTANCES: Final = {"template-instance-rule": "no query of this dashboard is about single instances"}

CAPTION = re.compile(r"^\[.*❌.*$|^\[.*⚠.*$", re.MULTILINE)


def drawn() -> dict[str, Any]:
    """Dashboards of every pack in every language and isolation, by name, and those of this repository's example."""
    found: dict[str, Any] = {}
    for locale in ("fr_FR", "en_GB", "de_DE", "es_ES", "it_IT"):
        found |= {f"{locale}-{name}": each for name, each in dashboards(with_locale(locale)).items()}
    for isolation in ("partial", "strict"):
        found |= {f"{isolation}-{name}": each for name, each in dashboards(isolated(isolation)).items()}
    for path in sorted(ROOT.glob("build/*/tenants/*/dashboards/*.json")):
        found["-".join(path.relative_to(ROOT / "build").with_suffix("").parts)] = json.loads(path.read_bytes())
    return found


def laid(found: Mapping[str, Any], folder: Path) -> list[Path]:
    """The dashboards as files."""
    paths = [folder / f"{name}.json" for name in found]
    for path, each in zip(paths, found.values(), strict=True):
        path.write_text(json.dumps(each))
    return paths


def test_the_linter_of_grafana_passes_every_dashboard(dashboard_linter: Path, tmp_path: Path) -> None:
    for path in laid(drawn(), tmp_path):
        dashboard = json.loads(path.read_text())
        chosen = any(each["name"] == "instance" for each in dashboard["templating"]["list"])
        rules = EXCLUDED if chosen else EXCLUDED | WITHOUT_INSTANCES
        config = tmp_path / "lint.yaml"
        config.write_text(yaml.safe_dump({"exclusions": {rule: {"reason": why} for rule, why in rules.items()}}))
        code, text = run(dashboard_linter, ["lint", "--strict", "--config", str(config), path.name], tmp_path)
        assert code == 0, text


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        pytest.param({"editable": True}, "editable", id="one that can be edited"),
        pytest.param({"templating": {"list": []}}, "data source", id="one with a data source written out"),
    ],
)
def test_the_linter_would_have_said_so(
    dashboard_linter: Path, change: dict[str, Any], rule: str, tmp_path: Path
) -> None:
    """No test of the linter's passes because it was not asked."""
    (path,) = laid({"changed": {**dashboards(FULL)["checkout"], **change}}, tmp_path)
    code, text = run(dashboard_linter, ["lint", "--strict", path.name], tmp_path)
    assert code != 0
    assert rule in text


def test_every_dashboard_is_of_the_types_that_grafana_publishes(grafana_types: Path, tmp_path: Path) -> None:
    paths = [path.name for path in laid(drawn(), tmp_path)]
    script = Path(__file__).with_name("grafana_types.py")
    assert run(Path(sys.executable), [str(script), str(grafana_types), *paths], tmp_path) == (0, "")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"titel": "x"}, ".titel is unknown", id="an unknown key"),
        pytest.param({"title": 7}, "title is 7", id="a number for a text"),
        pytest.param({"graphTooltip": 9}, "graph_tooltip is 9", id="a choice that there is not"),
    ],
)
def test_the_types_would_have_said_so(
    grafana_types: Path, change: dict[str, Any], message: str, tmp_path: Path
) -> None:
    (path,) = laid({"changed": {**dashboards(FULL)["checkout"], **change}}, tmp_path)
    script = Path(__file__).with_name("grafana_types.py")
    code, text = run(Path(sys.executable), [str(script), str(grafana_types), path.name], tmp_path)
    assert code != 0
    assert message in text


@pytest.mark.parametrize("name", ["checkout", "_tenant"])
def test_a_person_can_look_at_the_layout_of_a_dashboard(
    camera: Callable[[Path, tuple[int, int]], Path], name: str, tmp_path: Path
) -> None:
    """The picture is in the test's folder, and in `.varve/pictures` for whoever wants to see it."""
    drawing = dashboards(with_locale("fr_FR"))[name]
    file = tmp_path / f"{name}.html"
    file.write_text(page(drawing), "utf-8")
    picture = camera(file, size(drawing))
    data = picture.read_bytes()
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    assert (data[:4], (width, height)) == (b"\x89PNG", size(drawing))
    shown = ROOT / ".varve/pictures"
    shown.mkdir(parents=True, exist_ok=True)
    (shown / f"{name}.png").write_bytes(data)
