"""The real Prometheus tells people the very texts that were said, whatever they look like to it."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.emit.repository import ACME, CHECKOUT, sound
from tests.server import eventually, serving

STRANGE = "a $1 ${HOME} $$ {{ $value }} {{ {{{ }} %{x} \"q\" 'q' \\ é"
VERSIONS = {"newest": "3.15", "oldest": "2.42"}
PEOPLE = """
locale: en_GB
timezone: UTC
contact: {user: alice}
labels: {said: %(said)s}
platform:
  targets: {prometheus: {version: "%(version)s"}}
  external_labels: {seen: %(said)s}
  prometheus: {scrape_interval: 30s, evaluation_interval: 30s}
"""
SERVICE = """
owner: %(said)s
scrape: {app: {targets: ["192.0.2.1:9"], labels: {said: %(said)s}}}
records:
  a:b: {expr: vector(1), labels: {said: %(said)s}}
alerts:
  A: {expr: vector(1) > 0, severity: info, summary: "at {{ $value }}", labels: {own: %(said)s}}
"""


def _built(version: str, folder: Path) -> Path:
    """The strange text at every place for a text, built for a version of Prometheus."""
    words = {"said": json.dumps(STRANGE.replace("%{", "%%{")), "version": version}
    changed = {
        "environments/defaults.yaml": PEOPLE % words,
        "tenants/acme/users/alice.yaml": f"name: {words['said']}\nemail: alice@acme.example\n",
        "tenants/acme/tenant.yaml": (
            "tenant: {name: A, tier: gold, region: eu-west-1, isolation: logical, owners: [a@acme.example]}\n"
        ),
        CHECKOUT: SERVICE % words,
    }
    for path, artifact in sound(changed).artifacts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(artifact.data)
    return folder


SERIES = f'a:b{{said={json.dumps(STRANGE, ensure_ascii=False)},service="checkout",tenant="acme"}}'
TEST = {
    "rule_files": ["rules.yaml"],
    "tests": [
        {
            "alert_rule_test": [
                {
                    "eval_time": "1m",
                    "alertname": "A",
                    "exp_alerts": [
                        {
                            "exp_labels": {
                                "tenant": "acme",
                                "service": "checkout",
                                "severity": "info",
                                "said": STRANGE,
                                "own": STRANGE,
                            },
                            "exp_annotations": {
                                "summary": "at 1",
                                "owner": STRANGE,
                                "contact": f"{STRANGE} <alice@acme.example>",
                            },
                        }
                    ],
                }
            ],
            "promql_expr_test": [
                {
                    "expr": "a:b",
                    "eval_time": "1m",
                    "exp_samples": [{"labels": SERIES, "value": 1}],
                }
            ],
        }
    ],
}


@pytest.mark.parametrize("age", VERSIONS)
def test_labels_and_annotations_come_out_as_they_were_said(
    age: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    rules = _built(VERSIONS[age], tmp_path) / ACME / "rules/checkout.yaml"
    (tmp_path / "rules.yaml").write_bytes(rules.read_bytes())
    (tmp_path / "test.yaml").write_text(yaml.safe_dump(TEST))
    command = [request.getfixturevalue(f"promtool_{age}"), "test", "rules", tmp_path / "test.yaml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("age", VERSIONS)
def test_external_labels_and_labels_of_targets_come_out_as_they_were_said(
    age: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    main = _built(VERSIONS[age], tmp_path) / "build/production/shared/prometheus.yaml"
    with serving(request.getfixturevalue(f"prometheus_{age}"), main) as get:
        loaded = yaml.safe_load(get("/api/v1/status/config")["yaml"])
        targets = eventually(get, "/api/v1/targets", lambda data: bool(data["activeTargets"]))["activeTargets"]
    assert loaded["global"]["external_labels"]["seen"] == STRANGE
    assert [target["labels"] for target in targets] == [
        {"said": STRANGE, "tenant": "acme", "job": "checkout", "component": "app", "instance": "192.0.2.1:9"}
    ]
