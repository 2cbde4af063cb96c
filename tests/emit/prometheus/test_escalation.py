"""An escalation is an alert on alerts that go on; it is its tenant's, never about itself, and says what escalated."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import cast
from urllib.parse import quote

import pytest

from tests.emit.alertmanager.telling import said, task, telling
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


def test_it_is_a_rule_on_the_alerts_of_a_severity_that_fire_and_are_no_escalations() -> None:
    (group,) = escalation.groups(task(SAYS.format(after="90m")))
    (rule,) = cast("list[Map]", group["rules"])
    firing = 'ALERTS{tenant="acme",alertstate="firing",severity="warning",alertname!="Escalated"}'
    assert group["name"] == "acme/_escalation"
    assert [rule[field] for field in ("expr", "for", "labels")] == [
        f'max without (alertstate) (label_replace({firing}, "escalates", "$1", "alertname", "(.+)"))',
        "90m",
        {"escalation": "warning-1h30m", "tenant": "acme"},
    ]


def test_a_tenant_that_escalates_nothing_has_no_group_and_its_tests_stay_as_they_are() -> None:
    made = task("labels: {a: b}")
    assert escalation.groups(made) == []
    assert escalation.tested(made, "rules/_tenant.yaml", {"tests": []}) == {"tests": []}


def _said(group: Map) -> dict[str, str]:
    (rule,) = cast("list[dict[str, dict[str, str]]]", group["rules"])
    return rule["annotations"]


def _annotations(services: str) -> dict[str, str]:
    made = task_of({**telling(SAYS.format(after="30m")), "tenants/acme/services/search.yaml": services})
    (group,) = escalation.groups(made)
    assert said(made) == []
    return _said(group)


def test_it_says_what_escalated_and_for_how_long_in_the_language_of_the_tenant() -> None:
    made = task(SAYS.format(after="90m") + "locale: fr_FR\n")
    messages = {"fr": {escalation.SUMMARY: "{{ $labels.escalates }} dure depuis %(duration)s"}}
    (group,) = escalation.groups(made._replace(kit=made.kit._replace(messages=messages)))
    assert _said(group)["summary"] == "{{ $labels.escalates }} dure depuis 1\u00a0heure 30 minutes"


def test_the_annotations_of_the_service_are_chosen_when_it_fires() -> None:
    found = _annotations("owner: payments\nrunbook: https://runbooks.acme.example/search\n")
    checkout, search = (f"https://runbooks.acme.example/{name}" for name in ("checkout", "search"))
    assert found["owner"] == '{{ if eq $labels.service "checkout" "search" }}payments{{ end }}'
    assert found["runbook_url"] == (
        f'{{{{ if eq $labels.service "checkout" }}}}{checkout}'
        f'{{{{ else if eq $labels.service "search" }}}}{search}{{{{ end }}}}'
    )
    assert found["contact"] == "#acme-alerts"


def test_a_service_with_a_contact_of_its_own_leaves_the_tenants_to_the_others() -> None:
    found = _annotations("contact: {email: search@acme.example}\n")
    assert found["contact"] == (
        '{{ if eq $labels.service "search" }}search@acme.example{{ else }}#acme-alerts{{ end }}'
    )


def test_its_rules_and_tests_stand_in_the_tenants_own_files() -> None:
    built = sound(telling(SAYS.format(after="30m")))
    folder = "build/production/tenants/acme"
    assert b"acme/_escalation" in built.artifacts[f"{folder}/rules/_tenant.yaml"].data
    assert b"escalation warning-30m" in built.artifacts[f"{folder}/tests/_tenant.yaml"].data


def test_what_would_take_a_test_longer_than_a_day_is_not_tested() -> None:
    assert escalation.tested(task(SAYS.format(after="2d")), "rules/_tenant.yaml", {}) == {}


@pytest.mark.parametrize("after", ["1s", "90s", "30m", "1d"])
@pytest.mark.parametrize("age", ["newest", "oldest"])
def test_the_real_prometheus_escalates_what_goes_on_and_nothing_else(
    after: str, age: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    made = task(SAYS.format(after=after))
    groups: list[Value] = [*escalation.groups(made)]
    _lay(tmp_path / "rules/_tenant.yaml", {"groups": groups})
    _lay(tmp_path / "tests/_tenant.yaml", escalation.tested(made, "rules/_tenant.yaml", {}))
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
