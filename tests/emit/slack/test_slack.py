"""A tenant notified on Slack has three Block Kit messages, and what Slack would refuse is reported."""

import json
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from tests import slack_server
from tests.emit.repository import ACME, CHECKOUT, SEALED, Changed, task
from tests.notified import GROUPS, render, templates
from varve.emit.once import Once
from varve.emit.slack import emit
from varve.language.notification import MESSAGES
from varve.model.artifact import Artifact
from varve.model.diagnostic import Report
from varve.model.unit import Unit

PLATFORM = """platform:
  targets: {alertmanager: {version: "0.34"}}
  alertmanager: {url: "https://alerts.example"}
  alertmanagers: ["alerts.example:9093"]
  receiver: {email: {to: [sre@acme.example]}}
  smtp: {smarthost: "mail.example:25", from: varve@acme.example}
"""
WITH_SLACK: Changed = {
    "environments/production.yaml": PLATFORM,
    "tenants/acme/secrets/slack.sops.yaml": SEALED,
    CHECKOUT: "{}\n",
    "tenants/acme/tenant.yaml": """
tenant: {name: ACME, tier: gold, region: eu-west-1, isolation: logical, owners: [sre@acme.example]}
locale: fr_FR
notify:
  receivers: {team: {slack: {channel: "#acme", url: {secret: slack/token}}}}
  routes: {critical: {receivers: [team]}}
""",
}
USER = """
tenant: {name: ACME, tier: gold, region: eu-west-1, isolation: logical, owners: [sre@acme.example]}
notify:
  receivers: {alice: {user: alice}}
  routes: {critical: {receivers: [alice]}}
"""
ALICE = "name: Alice\nemail: alice@acme.example\nreceiver: {slack: {channel: '#alice', url: {secret: slack/token}}}\n"


def _emitted(changed: Changed) -> tuple[dict[str, Artifact], list[str]]:
    acme = task(changed)
    made = {each.path: each for each in emit(acme)}
    return made, [f"{each.rule.code}: {each.message}" for each in acme.report]


def test_the_messages_are_written_in_the_language_of_the_tenant() -> None:
    made, findings = _emitted(WITH_SLACK)
    assert findings == []
    assert list(made) == [f"{ACME}/slack/{name}.json" for name in MESSAGES]
    alert = json.loads(made[f"{ACME}/slack/alert.json"].data)
    assert [block["type"] for block in alert["blocks"]] == ["header", "section", "section", "actions", "context"]
    assert "environnement production" in made[f"{ACME}/slack/alert.json"].data.decode()
    assert [each["action_id"] for each in alert["blocks"][3]["elements"]] == ["runbook", "silence"]


@pytest.mark.parametrize("name", MESSAGES)
def test_a_whole_message(name: str, snapshot: SnapshotAssertion) -> None:
    assert _emitted(WITH_SLACK)[0][f"{ACME}/slack/{name}.json"].data.decode() == snapshot


def test_tenants_of_one_locale_share_messages_but_not_diagnostics() -> None:
    acme = task(WITH_SLACK)
    other = acme._replace(unit=acme.unit._replace(unit=Unit("globex", "production")), report=Report())
    assert [each.data for each in emit(acme)] == [each.data for each in emit(other)]
    assert all(first.data is second.data for first, second in zip(emit(acme), emit(other), strict=True))
    broken = task({**WITH_SLACK, "templates/slack/alert.yaml.j2": "{{ nothing }}\n"})
    tasks = [broken, broken._replace(report=Report())]
    assert [len(list(emit(each))) for each in tasks] == [len(MESSAGES) - 1] * 2
    assert [[each.rule.code for each in acme.report] for acme in tasks] == [["emit/undefined-variable"]] * 2


def test_another_language_or_environment_has_its_own_messages() -> None:
    acme = task(WITH_SLACK)
    english = acme._replace(unit=acme.unit._replace(value={**acme.unit.value, "locale": "en_GB"}))
    elsewhere = acme._replace(environment=acme.environment._replace(name="staging"))
    tasks = [acme, english, elsewhere]
    made = [[each.data for each in emit(one)] for one in tasks]
    assert made == [[each.data for each in emit(one._replace(kit=one.kit._replace(once=Once())))] for one in tasks]
    assert made[0] not in made[1:]


def test_a_tenant_without_slack_has_no_messages() -> None:
    assert _emitted({}) == ({}, [])
    assert _emitted({"tenants/acme/users/alice.yaml": ALICE}) == ({}, [])


def test_a_user_on_slack_counts() -> None:
    changed = {**WITH_SLACK, "tenants/acme/tenant.yaml": USER, "tenants/acme/users/alice.yaml": ALICE}
    assert len(_emitted(changed)[0]) == len(MESSAGES)


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("name", MESSAGES)
def test_a_rendered_message_is_accepted_by_slack(name: str, group: str, tmp_path: Path, amtool_newest: Path) -> None:
    made = json.loads(_emitted(WITH_SLACK)[0][f"{ACME}/slack/{name}.json"].data)
    (tmp_path / "none.tmpl").write_text("")
    leaves: list[str] = []
    _leaves(made, leaves)
    texts = render(
        amtool_newest,
        tmp_path,
        "\n\x1e\n".join(
            f'{{{{ define "{at}" }}}}{each}{{{{ end }}}}{{{{ template "{at}" . }}}}' for at, each in enumerate(leaves)
        ),
        GROUPS[group],
    )
    message = _filled(made, iter(texts.split("\n\x1e\n")))
    assert slack_server.fault(message) == ""
    assert slack_server.mentions(message) == []


def _leaves(value: Any, leaves: list[str]) -> None:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        leaves.append(value)
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _leaves(each, leaves)


def _filled(value: Any, texts: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return next(texts)
    if isinstance(value, dict):
        return {key: _filled(each, texts) for key, each in value.items()}
    return [_filled(each, texts) for each in value] if isinstance(value, list) else value


ALERT = "templates/slack/alert.yaml.j2"
DIGEST = "templates/slack/digest.yaml.j2"
WORDS = "templates/alertmanager/words.yaml.j2"
CHANGED: dict[str, tuple[str, str, str, str]] = {
    "a block that there is not": (
        ALERT,
        "- type: header",
        "- type: heading",
        "emit/bad-payload: `blocks[0]`: one of `header`, `section`, `context`, `actions`, `divider` and `image` is",
    ),
    "a name that no alert has": (
        ALERT,
        "when: owner",
        "when: pod",
        "emit/bad-payload: `blocks[2].fields[2]`: `when` is `pod`, which is not a value of an alert",
    ),
    "a header with too much in it": (
        ALERT,
        "text: {cut: 55, text:",
        "text: {cut: 90, text:",
        "emit/payload-limit: `blocks[0].text.text`: the text can have 172 characters but Slack accepts 150",
    ),
    "a list that is too long": (
        DIGEST,
        "most: 10",
        "most: 50",
        "emit/payload-limit: `blocks[1].text.text`: the text can have",
    ),
    "a word that is missing": (WORDS, "info:", "note:", "emit/bad-words: `note` is not one of the required words"),
}


@pytest.mark.parametrize(("file", "old", "new", "message"), CHANGED.values(), ids=CHANGED)
def test_what_slack_would_refuse_is_reported_at_the_template(file: str, old: str, new: str, message: str) -> None:
    acme = task({**WITH_SLACK, file: templates()[file].replace(old, new)})
    made = list(emit(acme))
    first, *_ = acme.report
    assert f"{first.rule.code}: {first.message}".startswith(message)
    assert first.place is not None
    assert first.place.file == file
    assert f"{ACME}/slack/{Path(file).name.removesuffix('.yaml.j2')}.json" not in [each.path for each in made]
