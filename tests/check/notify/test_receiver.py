"""A receiver can notify somebody: it has one login and not two, a mail server, a user, a chat, and a route."""

import pytest

from tests.emit.alertmanager.notifying import findings, task
from varve.check.notify import receiver
from varve.model.source import Map

SLACK = 'slack: {channel: "#acme"'
URL, TOKEN = "url: {secret: keys/url}", "token: {secret: keys/token}"
WEBHOOK = "webhook: {url: {secret: keys/url}"
BASIC = "basic_auth: {username: u, password: {secret: keys/password}}"
BEARER = "authorization: {credentials: {secret: keys/token}}"
JIRA = "jira: {api_url: '%s', project: OPS, issue_type: Bug}"
BOTH = "`url` and `token` are both set but only one is allowed"
TWO = "`basic_auth` and `authorization` are both set but only one is allowed"
CHANNELS: dict[str, tuple[str, list[str]]] = {
    "Slack by a webhook": (f"{SLACK}, {URL}}}", []),
    "Slack by a webhook with blocks": (f"{SLACK}, {URL}, blocks: true}}", []),
    "Slack by a token": (f"{SLACK}, {TOKEN}}}", []),
    "Slack by a token that updates": (f"{SLACK}, {TOKEN}, update: true, blocks: false}}", []),
    "Slack without a login": (f"{SLACK}}}", ["check/slack-without-login: `slack` has neither `url` nor `token`"]),
    "Slack by a webhook and a token": (
        f"{SLACK}, {URL}, {TOKEN}, update: true, blocks: true}}",
        [f"check/slack-with-two-logins: {BOTH}"],
    ),
    "an update of a webhook message": (
        f"{SLACK}, {URL}, update: true}}",
        ["check/update-without-token: messages sent through a webhook cannot be updated"],
    ),
    "blocks by a token": (
        f"{SLACK}, {TOKEN}, blocks: true}}",
        ["check/blocks-with-token: `blocks` cannot be posted with a token"],
    ),
    "a webhook without a login": (f"{WEBHOOK}}}", []),
    "a webhook with a password": (f"{WEBHOOK}, {BASIC}}}", []),
    "a webhook with a token": (f"{WEBHOOK}, {BEARER}}}", []),
    "a webhook with both": (f"{WEBHOOK}, {BASIC}, {BEARER}}}", [f"check/receiver-login: {TWO}"]),
    "a webhook with a token that is a password": (
        f"{WEBHOOK}, {BEARER.replace('{c', '{type: Basic, c')}}}",
        ["check/receiver-login: `Basic` is not allowed as the type of `authorization`"],
    ),
    "a chat": ("telegram: {bot_token: {secret: keys/token}, chat_id: 1}", []),
    "no chat": (
        "telegram: {bot_token: {secret: keys/token}, chat_id: 0}",
        ["check/no-chat: a chat cannot have the number 0"],
    ),
    "Jira by its API": (JIRA % "https://jira.example/jira/rest/api/2/", []),
    "Jira by an API that takes JSON": (
        JIRA % "https://acme.atlassian.net/rest/api/3/",
        ["check/jira-api: `https://acme.atlassian.net/rest/api/3/` is not version 2 of Jira's API"],
    ),
    "Jira by its address alone": (
        JIRA % "https://jira.example",
        ["check/jira-api: `https://jira.example` is not the address of Jira's API"],
    ),
    "Jira by an API with a query, which is not shown": (
        JIRA % "https://jira.example/rest/api/2?key=1",
        ["check/jira-api: `https://jira.example/rest/api/2` is followed by something that is not a path"],
    ),
    "Jira by another API and two ways to log in": (
        f"{(JIRA % 'https://jira.example/rest/api/3')[:-1]}, {BASIC}, {BEARER}}}",
        [
            f"check/receiver-login: {TWO}",
            "check/jira-api: `https://jira.example/rest/api/3` is not version 2 of Jira's API",
        ],
    ),
    "a kind without further checks": ("discord: {url: {secret: keys/url}}", []),
}


@pytest.mark.parametrize(("text", "expected"), CHANNELS.values(), ids=CHANNELS)
def test_a_channel(text: str, expected: list[str]) -> None:
    made = task(f"notify: {{receivers: {{them: {{{text}}}}}, routes: {{critical: {{receivers: [them]}}}}}}")
    receiver.check_unit(made.unit, made.report)
    assert findings(made) == expected


@pytest.mark.parametrize("text", [f"{SLACK}}}", f"{SLACK}, {URL}, {TOKEN}}}"], ids=["no login", "two logins"])
def test_the_channel_of_a_user_is_checked_too(text: str) -> None:
    made = task(f"users: {{alice: {{name: A, email: a@acme.example, receiver: {{{text}}}}}}}")
    receiver.check_unit(made.unit, made.report)
    assert [line.partition(":")[0] for line in findings(made)] == [
        "check/slack-with-two-logins" if URL in text else "check/slack-without-login"
    ]


ONE = "notify: {receivers: {them: %s}, routes: {critical: {receivers: [them]}}}\n"
ALICE = "users: {alice: {name: A, email: a@acme.example%s}}\n"
MAIL: dict[str, tuple[str, list[str]]] = {
    "a receiver by e-mail": (
        ONE % "{email: {to: [a@acme.example]}}",
        ["check/no-smtp: `production` has no mail server"],
    ),
    "a user by e-mail": (
        ONE % "{user: alice}" + ALICE % "",
        ["check/no-smtp: `alice` is notified by e-mail but `production` has no mail server"],
    ),
    "a user by Discord": (ONE % "{user: alice}" + ALICE % ", receiver: {discord: {url: {secret: keys/url}}}", []),
    "a user whom no receiver names": (ALICE % "", []),
}


@pytest.mark.parametrize(("text", "expected"), MAIL.values(), ids=MAIL)
def test_e_mail_needs_a_mail_server(text: str, expected: list[str]) -> None:
    made = task(text, more={"smtp": ""})
    receiver.check(made.unit, made.environment, made.report)
    assert findings(made) == expected


def test_a_note_shows_the_alertmanager_without_a_mail_server() -> None:
    made = task(ONE % "{user: alice}" + ALICE % "", more={"smtp": ""})
    receiver.check(made.unit, made.environment, made.report)
    ((note,),) = [each.notes for each in made.report]
    assert note.place is not None
    assert (note.place.file, note.place.keys) == (
        "environments/defaults.yaml",
        ("platform", "targets", "alertmanager"),
    )


def test_the_platforms_own_receiver_is_checked_too() -> None:
    made = task("labels: {a: b}")
    email: Map = {"email": {"to": ["a@platform.example"]}}
    platform = {key: each for key, each in made.environment.platform.items() if key != "smtp"} | {"receiver": email}
    receiver.check_platform(made.environment._replace(platform=platform), made.report)
    assert findings(made) == ["check/no-smtp: `production` has no mail server"]


ADDRESSES: dict[str, str] = {
    "https://jira.example": "https://jira.example/rest/api/2",
    "https://jira.example/jira/": "https://jira.example/jira/rest/api/2",
    "https://jira.example/jira/rest/api/latest": "https://jira.example/jira/rest/api/2",
    "https://jira.example:8443/rest/api/2#top": "https://jira.example:8443/rest/api/2",
}


@pytest.mark.parametrize(("url", "api_url"), ADDRESSES.items(), ids=ADDRESSES)
def test_the_hint_is_the_address_of_the_jira_api(url: str, api_url: str) -> None:
    made = task(ONE % f"{{{JIRA % url}}}")
    receiver.check_unit(made.unit, made.report)
    (found,) = made.report
    assert found.hint == f"write `{api_url}`"


LOGIN: Map = {"username": "u", "password": {"secret": "mail/password"}}
CLEAR = "check/clear-login: the password would go to `%s` in plain text"
SMTP: dict[str, tuple[Map, list[str]]] = {
    "no login": ({}, []),
    "a complete login": ({"username": "u", "password": {"secret": "mail/password"}}, []),
    "a name alone": ({"username": "u"}, ["check/half-login: `username` needs a `password`"]),
    "a password alone": (
        {"password": {"secret": "mail/password"}},
        ["check/half-login: `password` needs a `username`"],
    ),
    "a login in plain text": ({**LOGIN, "require_tls": False}, [CLEAR % "mail.example"]),
    "a login in plain text to an IP address": (
        {**LOGIN, "require_tls": False, "smarthost": "[2001:db8::1]:25"},
        [CLEAR % "[2001:db8::1]"],
    ),
    "a login with TLS required": ({**LOGIN, "require_tls": True}, []),
    "a login on the TLS port": (
        {**LOGIN, "require_tls": False, "smarthost": "mail.example:465"},
        [],
    ),
    "a login on the same machine": ({**LOGIN, "require_tls": False, "smarthost": "localhost:25"}, []),
    "no login in plain text": ({"require_tls": False}, []),
}


@pytest.mark.parametrize(("smtp", "expected"), SMTP.values(), ids=SMTP)
def test_a_login_to_the_mail_server_is_complete_or_missing(smtp: Map, expected: list[str]) -> None:
    made = task("labels: {a: b}")
    server: Map = {"smarthost": "mail.example:587", "from": "a@platform.example", **smtp}
    platform: Map = {**made.environment.platform, "smtp": server}
    receiver.check_platform(made.environment._replace(platform=platform), made.report)
    assert findings(made) == expected


USERS: dict[str, tuple[str, str, str]] = {
    "a misspelt user": (ALICE % "", "alise", "did you mean `alice`?"),
    "an unknown user": ("", "zoe", "write `tenants/acme/users/zoe.yaml`"),
}


@pytest.mark.parametrize(("users", "user", "hint"), USERS.values(), ids=USERS)
def test_a_receiver_that_is_an_unknown_user(users: str, user: str, hint: str) -> None:
    made = task(ONE % f"{{user: {user}}}" + users)
    receiver.check_unit(made.unit, made.report)
    (found,) = made.report
    assert (found.message, found.hint) == (f"there is no user `{user}`", hint)


def test_unused_receivers_are_warned_of_in_their_order() -> None:
    receivers = "".join(f"{name}: {{email: {{to: [a@acme.example]}}}}, " for name in ("zeta", "used", "alpha", "late"))
    made = task(
        f"notify: {{receivers: {{{receivers}}}, routes: {{info: {{receivers: [used]}}}},"
        " escalation: [{severity: info, after: 1h, receivers: [late]}]}\n"
    )
    receiver.check_unit(made.unit, made.report)
    assert findings(made) == [
        f"check/unused-receiver: no route or escalation names the receiver `{name}`" for name in ("zeta", "alpha")
    ]
    assert not made.report.broken
