"""A receiver sends where its source says, with its secret in a file and its texts in the right language."""

import re
from typing import Any

import pytest

from tests.emit.alertmanager.notifying import task
from varve.emit.alertmanager import receiver
from varve.emit.alertmanager.message import message

ROOT = "/run/secrets/varve/tenants/acme"
SLACK = "https://slack.com/api/chat.postMessage"
CASES: dict[str, tuple[str, str, dict[str, object]]] = {
    "Slack by a webhook": (
        'slack: {channel: "#acme", url: {secret: slack/webhook}}',
        "slack_configs",
        {"api_url_file": f"{ROOT}/slack/webhook", "channel": "#acme", "send_resolved": True},
    ),
    "Slack by a token": (
        'slack: {channel: "#acme", token: {secret: slack/token}}',
        "slack_configs",
        {"app_token_file": f"{ROOT}/slack/token", "channel": "#acme", "send_resolved": True},
    ),
    "Slack with messages that change": (
        'slack: {channel: "#acme", token: {secret: slack/token}, update: true}',
        "slack_configs",
        {
            "api_url": SLACK,
            "http_config": {"authorization": {"credentials_file": f"{ROOT}/slack/token"}},
            "channel": "#acme",
            "update_message": True,
            "send_resolved": True,
        },
    ),
    "Slack with Block Kit": (
        'slack: {channel: "#acme", url: {secret: slack/webhook}, blocks: true}',
        "webhook_configs",
        {"url_file": f"{ROOT}/slack/webhook", "send_resolved": True},
    ),
    "PagerDuty": (
        "pagerduty: {routing_key: {secret: pagerduty/key}}",
        "pagerduty_configs",
        {"routing_key_file": f"{ROOT}/pagerduty/key", "send_resolved": True},
    ),
    "PagerDuty in Europe": (
        "pagerduty: {routing_key: {secret: pagerduty/key}, region: eu}",
        "pagerduty_configs",
        {
            "routing_key_file": f"{ROOT}/pagerduty/key",
            "url": "https://events.eu.pagerduty.com/v2/enqueue",
            "send_resolved": True,
        },
    ),
    "e-mail to two": (
        "email: {to: [a@acme.example, b@acme.example], resolved: false}",
        "email_configs",
        {"to": "a@acme.example, b@acme.example", "send_resolved": False},
    ),
    "a webhook": (
        "webhook: {url: {secret: hook/url}, max_alerts: 7, authorization: {credentials: {secret: hook/token}}}",
        "webhook_configs",
        {
            "url_file": f"{ROOT}/hook/url",
            "http_config": {"authorization": {"credentials_file": f"{ROOT}/hook/token"}},
            "max_alerts": 7,
            "send_resolved": True,
        },
    ),
    "Opsgenie": (
        "opsgenie: {api_key: {secret: genie/key}, region: eu, team: payments}",
        "opsgenie_configs",
        {
            "api_key_file": f"{ROOT}/genie/key",
            "api_url": "https://api.eu.opsgenie.com/",
            "responders": [{"name": "payments", "type": "team"}],
            "send_resolved": True,
        },
    ),
    "Microsoft Teams": (
        "msteams: {url: {secret: teams/url}}",
        "msteamsv2_configs",
        {"webhook_url_file": f"{ROOT}/teams/url", "send_resolved": True},
    ),
    "Discord": (
        "discord: {url: {secret: discord/url}}",
        "discord_configs",
        {"webhook_url_file": f"{ROOT}/discord/url", "send_resolved": True},
    ),
    "Telegram": (
        "telegram: {bot_token: {secret: telegram/token}, chat_id: -12, message_thread_id: 3}",
        "telegram_configs",
        {
            "bot_token_file": f"{ROOT}/telegram/token",
            "chat_id": -12,
            "message_thread_id": 3,
            "send_resolved": True,
        },
    ),
    "Jira": (
        (
            "jira: {api_url: 'https://jira.example/rest/api/2', project: OPS, issue_type: Bug,"
            " resolve_transition: Done, basic_auth: {username: u, password: {secret: jira/password}}}"
        ),
        "jira_configs",
        {
            "api_url": "https://jira.example/rest/api/2",
            "project": "OPS",
            "issue_type": "Bug",
            "resolve_transition": "Done",
            "http_config": {"basic_auth": {"username": "u", "password_file": f"{ROOT}/jira/password"}},
            "send_resolved": True,
        },
    ),
}


NOTIFY_ONE = "notify: {receivers: {them: {%s}}}"
CLOUD = "jira: {api_url: 'https://acme.atlassian.net/rest/api/2', project: OPS, issue_type: Bug}"


def test_the_api_type_of_jira_cloud() -> None:
    ((config,),) = [each["jira_configs"] for each in cast_list(receiver.of_unit(task(NOTIFY_ONE % CLOUD)))]
    assert config["api_type"] == "cloud"


BRACES: dict[str, tuple[str, str]] = {
    "to": ("email: {to: ['{{x}}@acme.example']}", '{{ "{{" }}x}}@acme.example'),
    "issue_type": (CLOUD.replace("Bug", "'{{ x'"), '{{ "{{" }} x'),
    "responders": (
        "opsgenie: {api_key: {secret: genie/key}, team: '{{{{x'}",
        "[{'name': '{{ \"{{\" }}{{ \"{{\" }}x', 'type': 'team'}]",
    ),
}


@pytest.mark.parametrize(("field", "case"), BRACES.items(), ids=BRACES)
def test_braces_in_a_text_are_not_a_template(field: str, case: tuple[str, str]) -> None:
    (one,) = cast_list(receiver.of_unit(task(NOTIFY_ONE % case[0])))
    (config,) = one[f"{case[0].partition(':')[0]}_configs"]
    assert str(config[field]) == case[1]


@pytest.mark.parametrize(("channel", "section", "expected"), CASES.values(), ids=CASES)
def test_a_receiver_has_the_fields_of_its_source_and_of_its_message(
    channel: str, section: str, expected: dict[str, object]
) -> None:
    made = task(f"notify: {{receivers: {{them: {{{channel}}}}}}}")
    kind = "blocks" if "blocks" in channel else channel.partition(":")[0]
    assert receiver.of_unit(made) == [
        {"name": "acme/them", section: [{**expected, **message(made.environment, kind, "en_GB")}]},
    ]


USERS: dict[str, tuple[str, str, str]] = {
    "by e-mail, in the tenant's language": ("", "email_configs", "en_GB"),
    "in a language of one's own": ("locale: de_CH", "email_configs", "de_CH"),
    "by a channel of one's own": (
        "locale: fr_FR, receiver: {discord: {url: {secret: discord/url}}}",
        "discord_configs",
        "fr_FR",
    ),
}


@pytest.mark.parametrize(("fields", "section", "locale"), USERS.values(), ids=USERS)
def test_a_user_is_notified_on_their_own_channel_in_their_own_language(fields: str, section: str, locale: str) -> None:
    made = task(
        "notify: {receivers: {them: {user: alice}}}\n"
        f"users: {{alice: {{name: Alice, email: alice@acme.example, {fields}}}}}\n"
    )
    ((config,),) = [each[section] for each in cast_list(receiver.of_unit(made))]
    assert set(re.findall(r'"varve\.(\w+?)\.', str(config))) == {locale}
    assert config.get("to", "alice@acme.example") == "alice@acme.example"


def cast_list(value: Any) -> list[dict[str, list[Any]]]:  # noqa: ANN401 - as YAML has it
    return list(value)


def test_the_platforms_secrets_are_its_own_and_its_language_too() -> None:
    made = task("labels: {a: b}", more={"locale": "de_DE"})
    configured: Any = receiver.of_platform(made.environment)
    assert configured["name"] == "platform"
    (config,) = configured["slack_configs"]
    assert config["api_url_file"] == "/run/secrets/varve/platform/slack/webhook"
    assert '"varve.de_DE.slack.title"' in config["title"]


def test_no_secret_is_anything_but_an_absolute_path_below_its_owner() -> None:
    for each in receiver.of_unit(task()):
        for path in re.findall(r"_file': '([^']*)'", str(each)):
            assert path.startswith(f"{ROOT}/")
