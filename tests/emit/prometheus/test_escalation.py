"""An escalation is an alert on its tenant's alerts that keep firing, never on itself, and names what escalated."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import cast
from urllib.parse import quote

import pytest

from tests.emit.alertmanager.notifying import findings, notifying, task
from tests.emit.repository import sound
from tests.emit.repository import task as task_of
from varve.emit.prometheus import escalation
from varve.language import canonical, matcher
from varve.language.matcher import Matcher
from varve.model.source import Map, Value

SAYS = """\
notify:
  receivers: {{one: {{email: {{to: [a@acme.example]}}}}}}
  escalation: [{{severity: warning, after: {after}, receivers: [one]}}]
"""


def test_an_escalation_is_a_rule_on_firing_alerts_of_a_severity_that_are_not_escalations() -> None:
    (group,) = escalation.groups(task(SAYS.format(after="90m")))
    (rule,) = cast("list[Map]", group["rules"])
    firing = 'ALERTS{tenant="acme",alertstate="firing",severity="warning",alertname!="Escalated"}'
    assert group["name"] == "acme/_escalation"
    assert [rule[field] for field in ("expr", "for", "labels")] == [
        f'max without (alertstate) (label_replace({firing}, "escalates", "$1", "alertname", "(.+)"))',
        "90m",
        {"escalation": "warning-1h30m", "tenant": "acme"},
    ]


def test_a_tenant_without_escalations_has_no_group_and_unchanged_tests() -> None:
    made = task("labels: {a: b}")
    assert escalation.groups(made) == []
    assert escalation.with_tests(made, "rules/_tenant.yaml", {"tests": []}) == {"tests": []}


def _rendered_annotations(group: Map) -> dict[str, str]:
    (rule,) = cast("list[dict[str, dict[str, str]]]", group["rules"])
    return rule["annotations"]


def _annotations(services: str) -> dict[str, str]:
    made = task_of({**notifying(SAYS.format(after="30m")), "tenants/acme/services/search.yaml": services})
    (group,) = escalation.groups(made)
    assert findings(made) == []
    return _rendered_annotations(group)


def test_its_summary_names_the_alert_and_the_duration_in_the_language_of_the_tenant() -> None:
    made = task(SAYS.format(after="90m") + "locale: fr_FR\n")
    messages = {"fr": {escalation.SUMMARY: "{{ $labels.escalates }} dure depuis %(duration)s"}}
    (group,) = escalation.groups(made._replace(kit=made.kit._replace(messages=messages)))
    assert _rendered_annotations(group)["summary"] == "{{ $labels.escalates }} dure depuis 1\u00a0heure 30 minutes"


def test_the_annotations_of_the_service_are_chosen_when_it_fires() -> None:
    found = _annotations("owner: payments\nrunbook: https://runbooks.acme.example/search\n")
    checkout, search = (f"https://runbooks.acme.example/{name}" for name in ("checkout", "search"))
    assert found["owner"] == '{{ if eq $labels.service "checkout" "search" }}payments{{ end }}'
    assert found["runbook_url"] == (
        f'{{{{ if eq $labels.service "checkout" }}}}{checkout}'
        f'{{{{ else if eq $labels.service "search" }}}}{search}{{{{ end }}}}'
    )
    assert found["contact"] == "#acme-alerts"


def test_a_services_own_contact_replaces_the_tenants_for_that_service_only() -> None:
    found = _annotations("contact: {email: search@acme.example}\n")
    assert found["contact"] == (
        '{{ if eq $labels.service "search" }}search@acme.example{{ else }}#acme-alerts{{ end }}'
    )


def test_its_rules_and_tests_are_in_the_tenants_own_files() -> None:
    built = sound(notifying(SAYS.format(after="30m")))
    folder = "build/production/tenants/acme"
    assert b"acme/_escalation" in built.artifacts[f"{folder}/rules/_tenant.yaml"].data
    assert b"escalation warning-30m" in built.artifacts[f"{folder}/tests/_tenant.yaml"].data


def test_an_escalation_after_more_than_a_day_has_no_test() -> None:
    assert escalation.with_tests(task(SAYS.format(after="2d")), "rules/_tenant.yaml", {}) == {}


@pytest.mark.parametrize("after", ["1s", "90s", "30m", "1d"])
@pytest.mark.parametrize("age", ["newest", "oldest"])
def test_the_real_prometheus_escalates_what_keeps_firing_and_nothing_else(
    after: str, age: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    made = task(SAYS.format(after=after))
    groups: list[Value] = [*escalation.groups(made)]
    _lay(tmp_path / "rules/_tenant.yaml", {"groups": groups})
    _lay(tmp_path / "tests/_tenant.yaml", escalation.with_tests(made, "rules/_tenant.yaml", {}))
    tool: Path = request.getfixturevalue(f"promtool_{age}")
    command = [str(tool), "test", "rules", str(tmp_path / "tests/_tenant.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "SUCCESS" in done.stdout) == (0, True), done.stdout + done.stderr


def _matchers(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(matcher.write(Matcher(name, "=", text)) for name, text in labels.items()) + "}"


@pytest.mark.parametrize(
    ("name", "named"), [("QueueStuck", {"escalates": "QueueStuck"}), ('Disk é "full" + 100%|\\x', {}), ("{{ 1 }}", {})]
)
@pytest.mark.parametrize("age", ["newest", "oldest"])
def test_a_silence_is_about_the_escalation_of_one_alert(
    name: str, named: dict[str, str], age: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    (group,) = escalation.groups(task(SAYS.format(after="1m")))
    (rule,) = cast("list[Map]", group["rules"])
    url = cast("dict[str, str]", rule["annotations"])["silence_url"]
    _lay(tmp_path / "rules.yaml", {"groups": [{**group, "rules": [{**rule, "annotations": {"url": url}}]}]})
    labels = {"severity": "warning", "service": "checkout", "tenant": "acme"}
    about = {"tenant": "acme", "service": "checkout", "escalation": "warning-1m"}
    filled = quote(_matchers({"alertname": "Escalated", **about, **named}), safe="")
    fires: Map = {
        "exp_labels": {**labels, **about, "escalates": name},
        "exp_annotations": {"url": f"https://alerts.example/#/silences/new?filter={filled}"},
    }
    series: Map = {"series": f"ALERTS{_matchers({**labels, 'alertname': name, 'alertstate': 'firing'})}"}
    test: Map = {
        "interval": "1m",
        "input_series": [{**series, "values": "1x5"}],
        "alert_rule_test": [{"alertname": "Escalated", "eval_time": "5m", "exp_alerts": [fires]}],
    }
    _lay(tmp_path / "tests.yaml", {"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": [test]})
    tool: Path = request.getfixturevalue(f"promtool_{age}")
    command = [str(tool), "test", "rules", str(tmp_path / "tests.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "SUCCESS" in done.stdout) == (0, True), done.stdout + done.stderr


def _lay(path: Path, value: Value) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(canonical.yaml(value))
