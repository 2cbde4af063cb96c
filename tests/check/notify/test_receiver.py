"""A receiver reaches somebody: one way in and not two, a mail server, a user, a chat, and a route that names it."""

from dataclasses import replace

import pytest

from tests.emit.alertmanager.telling import said, task
from varve.check.notify import receiver
from varve.model.source import Map

SLACK = 'slack: {channel: "#acme"'
URL, TOKEN = "url: {secret: keys/url}", "token: {secret: keys/token}"
WEBHOOK = "webhook: {url: {secret: keys/url}"
BASIC = "basic_auth: {username: u, password: {secret: keys/password}}"
BEARER = "authorization: {credentials: {secret: keys/token}}"
BOTH = "`url` and `token` are both said, where there is one way into Slack"
TWO = "`basic_auth` and `authorization` are both said, where there is one way to log in"
SAID: dict[str, tuple[str, list[str]]] = {
    "Slack by a webhook": (f"{SLACK}, {URL}}}", []),
    "Slack by a webhook with blocks": (f"{SLACK}, {URL}, blocks: true}}", []),
    "Slack by a token": (f"{SLACK}, {TOKEN}}}", []),
    "Slack by a token that updates": (f"{SLACK}, {TOKEN}, update: true, blocks: false}}", []),
    "Slack by nothing": (f"{SLACK}}}", ["check/slack-without-login: `slack` says neither `url` nor `token`"]),
    "Slack by two ways, whatever else": (
        f"{SLACK}, {URL}, {TOKEN}, update: true, blocks: true}}",
        [f"check/slack-with-two-logins: {BOTH}"],
    ),
    "an update of what a webhook sent": (
        f"{SLACK}, {URL}, update: true}}",
        ["check/update-without-token: what a webhook sent cannot be updated"],
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
        ["check/receiver-login: `Basic` is no type of `authorization`"],
    ),
    "a chat": ("telegram: {bot_token: {secret: keys/token}, chat_id: 1}", []),
    "no chat": (
        "telegram: {bot_token: {secret: keys/token}, chat_id: 0}",
        ["check/no-chat: no chat has the number 0"],
    ),
    "a kind about which there is nothing more to say": ("discord: {url: {secret: keys/url}}", []),
}


@pytest.mark.parametrize(("text", "expected"), SAID.values(), ids=SAID)
def test_a_channel(text: str, expected: list[str]) -> None:
    made = task(f"notify: {{receivers: {{them: {{{text}}}}}, routes: {{critical: {{receivers: [them]}}}}}}")
    receiver.check(made.unit, made.environment, made.report)
    assert said(made) == expected


@pytest.mark.parametrize("text", [f"{SLACK}}}", f"{SLACK}, {URL}, {TOKEN}}}"], ids=["no way", "two ways"])
def test_the_channel_of_a_user_is_looked_at_too(text: str) -> None:
    made = task(f"users: {{alice: {{name: A, email: a@acme.example, receiver: {{{text}}}}}}}")
    receiver.check(made.unit, made.environment, made.report)
    assert [line.partition(":")[0] for line in said(made)] == [
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
        ["check/no-smtp: `alice` is told by e-mail, and `production` has no mail server"],
    ),
    "a user otherwise": (ONE % "{user: alice}" + ALICE % ", receiver: {discord: {url: {secret: keys/url}}}", []),
    "a user whom nobody tells": (ALICE % "", []),
}


@pytest.mark.parametrize(("text", "expected"), MAIL.values(), ids=MAIL)
def test_e_mail_needs_a_mail_server(text: str, expected: list[str]) -> None:
    made = task(text, more={"smtp": ""})
    receiver.check(made.unit, made.environment, made.report)
    assert said(made) == expected


def test_the_platforms_own_receiver_is_looked_at_like_any_other() -> None:
    made = task("labels: {a: b}")
    email: Map = {"email": {"to": ["a@platform.example"]}}
    platform = {key: each for key, each in made.environment.platform.items() if key != "smtp"} | {"receiver": email}
    receiver.check_platform(replace(made.environment, platform=platform), made.report)
    assert said(made) == ["check/no-smtp: `production` has no mail server"]


SMTP: dict[str, tuple[Map, list[str]]] = {
    "no login": ({}, []),
    "a whole login": ({"username": "u", "password": {"secret": "mail/password"}}, []),
    "a name alone": ({"username": "u"}, ["check/half-login: `username` needs a `password`"]),
    "a password alone": (
        {"password": {"secret": "mail/password"}},
        ["check/half-login: `password` needs a `username`"],
    ),
}


@pytest.mark.parametrize(("smtp", "expected"), SMTP.values(), ids=SMTP)
def test_a_login_to_the_mail_server_is_whole_or_none(smtp: Map, expected: list[str]) -> None:
    made = task("labels: {a: b}")
    server: Map = {"smarthost": "mail.example:587", "from": "a@platform.example", **smtp}
    platform: Map = {**made.environment.platform, "smtp": server}
    receiver.check_platform(replace(made.environment, platform=platform), made.report)
    assert said(made) == expected


USERS: dict[str, tuple[str, str, str]] = {
    "nearly one": (ALICE % "", "alise", "did you mean `alice`?"),
    "quite another": ("", "zoe", "write `users/zoe.yaml`"),
}


@pytest.mark.parametrize(("users", "user", "hint"), USERS.values(), ids=USERS)
def test_a_receiver_that_is_nobody(users: str, user: str, hint: str) -> None:
    made = task(ONE % f"{{user: {user}}}" + users)
    receiver.check(made.unit, made.environment, made.report)
    (found,) = made.report
    assert (found.message, found.hint) == (f"there is no user `{user}`", hint)


def test_receivers_that_are_never_told_are_warned_of_in_their_order() -> None:
    receivers = "".join(f"{name}: {{email: {{to: [a@acme.example]}}}}, " for name in ("zeta", "used", "alpha", "late"))
    made = task(
        f"notify: {{receivers: {{{receivers}}}, routes: {{info: {{receivers: [used]}}}},"
        " escalation: [{severity: info, after: 1h, receivers: [late]}]}\n"
    )
    receiver.check(made.unit, made.environment, made.report)
    assert said(made) == [f"check/unused-receiver: nothing tells `{name}`" for name in ("zeta", "alpha")]
    assert not made.report.broken
