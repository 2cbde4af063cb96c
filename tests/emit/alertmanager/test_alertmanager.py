"""The whole file of a unit equals the snapshot, and the real Alertmanagers load it."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from syrupy.assertion import SnapshotAssertion

from tests.emit.alertmanager.notifying import NEWEST, NOTIFY, findings, notifying, task
from tests.emit.repository import sound
from tests.emit.repository import task as task_of
from varve.emit.alertmanager import emit, frame
from varve.language.version import Version
from varve.model.unit import Unit

FILE = "build/production/tenants/acme/alertmanager.yaml"
OLDEST = Version(0, 25)
NOTHING = "labels: {a: b}\n"
OLD = """\
notify:
  receivers:
    oncall: {pagerduty: {routing_key: {secret: pagerduty/routing_key}}}
    team: {slack: {channel: "#acme", url: {secret: slack/webhook}}}
    camille: {user: camille}
    genie: {opsgenie: {api_key: {secret: genie/key}, team: payments}}
  hours:
    business: {days: ["friday:monday", wednesday], from: "09:00", to: "24:00", months: ["january:march", "7"]}
    dates: {days_of_month: ["1:7", "-3:-1"], years: ["2027:2028"]}
  routes:
    critical: {receivers: [oncall, team], repeat: 1h, group_wait: 0s}
    warning: {receivers: [team, camille], hours: business, mute: [dates]}
    odd: {match: 'summary=~"a \\"quoted\\" \\\\d+ text",service!~"x|y"', receivers: [genie]}
    rest: {match: [], receivers: [team], order: 500}
  escalation: [{severity: warning, after: 30m, receivers: [oncall, camille]}]
"""


def test_a_whole_file(snapshot: SnapshotAssertion) -> None:
    made = task()
    (artifact,) = emit(made)
    assert findings(made) == []
    assert artifact.path == FILE
    assert artifact.data.decode() == snapshot


def test_the_platforms_frame_differs_from_a_units_only_in_the_paths_of_texts() -> None:
    made = task()
    (artifact,) = emit(made)
    unit, whole = yaml.safe_load(artifact.data), frame(made.environment)
    assert whole["templates"] == ["alertmanager/en_GB.tmpl"]
    assert unit["global"] == whole["global"]
    assert {**unit["route"], "routes": None} == {**whole["route"], "routes": None}  # type: ignore[dict-item]
    assert unit["receivers"][:1] == whole["receivers"]


def test_the_frame_of_a_minimal_platform() -> None:
    made = task(NOTHING)
    platform = {"targets": made.environment.platform["targets"]}
    bare = made.environment._replace(platform=platform)
    assert frame(bare)["receivers"] == [{"name": "platform"}]


def _laid(notify: str, version: Version, folder: Path) -> Path:
    """The file of a unit on disk, with the texts that it loads."""
    artifacts = sound(notifying(notify, version)).artifacts
    for path, artifact in artifacts.items():
        if path == FILE or "/shared/alertmanager/" in path:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(artifact.data)
    return folder / FILE


def _told(tool: Path, *arguments: str) -> str:
    done = subprocess.run([str(tool), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("notify", [NOTIFY, OLD, NOTHING], ids=["everything", "what is old", "nothing"])
def test_the_newest_alertmanager_loads_it(notify: str, amtool_newest: Path, tmp_path: Path) -> None:
    assert "SUCCESS" in _told(amtool_newest, "check-config", str(_laid(notify, NEWEST, tmp_path)))


@pytest.mark.parametrize("notify", [OLD, NOTHING], ids=["what is old", "nothing"])
def test_the_oldest_alertmanager_loads_it(notify: str, amtool_oldest: Path, tmp_path: Path) -> None:
    assert "SUCCESS" in _told(amtool_oldest, "check-config", str(_laid(notify, OLDEST, tmp_path)))


@pytest.mark.parametrize("minor", range(25, 35))
def test_every_version_between_names_only_texts_that_its_files_define(minor: int, tmp_path: Path) -> None:
    file = _laid(OLD, Version(0, minor), tmp_path)
    named = set(re.findall(r'template "(varve\.[^"]+)"', file.read_text()))
    files = [(file.parent / path).resolve().read_text() for path in yaml.safe_load(file.read_text())["templates"]]
    assert named
    assert named <= {name for text in files for name in re.findall(r'define "(varve\.[^"]+)"', text)}


ROUTED: dict[str, tuple[list[str], str]] = {
    "a critical alert goes to all its receivers": (
        ["severity=critical", "service=checkout"],
        "acme/oncall,acme/team,acme/updated,acme/blocks",
    ),
    "a route that hands on is not the last": (
        ["severity=warning", "service=cards"],
        "acme/app,acme/mail,acme/hook,acme/genie,acme/team,acme/camille",
    ),
    "an escalation goes its own way": (
        ["alertname=Escalated", "severity=warning", "service=cards", "escalation=warning-30m"],
        "acme/oncall,acme/camille",
    ),
    "the second escalation goes another": (
        ["alertname=Escalated", "severity=warning", "escalation=warning-2h"],
        "acme/mail",
    ),
    "a series labelled as one is routed like all others": (["severity=info", "escalation=warning-2h"], "platform"),
    "a match receives its alerts": (
        ["severity=critical", "service=other"],
        "acme/teams,acme/discord,acme/telegram,acme/jira",
    ),
    "what no route is about is the platform's": (["severity=info", "service=checkout"], "platform"),
    "what is somebody else's is the platform's": (["severity=critical", "tenant=globex"], "platform"),
}


@pytest.mark.parametrize(("labels", "expected"), ROUTED.values(), ids=ROUTED)
def test_the_real_alertmanager_routes_as_it_is_meant(
    labels: list[str], expected: str, amtool_newest: Path, tmp_path: Path
) -> None:
    file = _laid(NOTIFY, NEWEST, tmp_path)
    of_a_tenant = labels if "tenant=globex" in labels else [*labels, "tenant=acme"]
    assert _told(amtool_newest, "config", "routes", "test", f"--config.file={file}", *of_a_tenant).strip() == expected


GRAFANA = """\
platform:
  targets: {grafana: {version: "13.0"}}
  grafana: {url: "https://grafana.example", dashboards: /var/lib/varve, datasources: {logical: {url: "http://a:9090"}}}
"""


def test_messages_link_to_dashboards_if_there_is_a_grafana() -> None:
    (without,) = emit(task())
    (having,) = emit(task_of({**notifying(), "environments/production.yaml": GRAFANA}))
    assert [b"dashboard.url" in each.data for each in (without, having)] == [False, True]


def test_equal_environments_have_equal_files_except_for_the_header() -> None:
    here = task()
    environment = here.environment._replace(name="elsewhere")
    there = here._replace(unit=here.unit._replace(unit=Unit("acme", "elsewhere")), environment=environment)
    (first_file,), (second_file,) = emit(here), emit(there)
    assert first_file.value is second_file.value
    first, rest = first_file.data.split(b"\n", 1)
    assert second_file.data == first.replace(b"production", b"elsewhere") + b"\n" + rest
