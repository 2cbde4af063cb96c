"""Whether receivers can notify anybody: one login and not two, a mail server for e-mail, a user that exists."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, cast
from urllib.parse import urlsplit

from varve.language.name import nearest
from varve.model.diagnostic import Note, Report, Rule, Severity
from varve.model.source import Keys, Map
from varve.model.unit import Environment, Resolved
from varve.resolve import notify
from varve.resolve.history import origin
from varve.resolve.notify import Channel
from varve.resolve.reporting import ValueReporter

SLACK_WITHOUT_LOGIN = Rule(
    "check/slack-without-login",
    "Slack receiver has neither `url` nor `token`",
    "Messages reach Slack through an incoming webhook, `url: {secret: slack/webhook}`, or an app with a token, "
    "`token: {secret: slack/token}`. Set one of them.",
)
SLACK_WITH_TWO_LOGINS = Rule(
    "check/slack-with-two-logins",
    "Slack receiver has both `url` and `token`",
    "A message goes through the incoming webhook `url` or is posted with a `token`. Alertmanager refuses a whole "
    "configuration if a receiver has both. Keep one of them.",
)
UPDATE_WITHOUT_TOKEN = Rule(
    "check/update-without-token",
    "Slack webhook messages cannot be updated",
    "With `update` a message changes as its alerts change. Slack lets only an app do that, with a `token`; a message "
    "sent through an incoming webhook stays as it is.",
)
BLOCKS_WITH_TOKEN = Rule(
    "check/blocks-with-token",
    "Block Kit messages need a webhook",
    "Alertmanager has no field for Block Kit, so varve writes the whole message and sends it to an incoming webhook, "
    "which returns an error when Slack refuses it. A post with a token always returns success, and such a receiver "
    "could fail without anybody noticing. Use `url`, or leave `blocks` out.",
)
NO_SMTP = Rule(
    "check/no-smtp",
    "No mail server for an e-mail receiver",
    "E-mail goes through one mail server, the same for all tenants of an environment, which the platform sets under "
    "`platform.smtp`. A receiver that is a user without a `receiver` is notified by e-mail too.",
)
HALF_LOGIN = Rule(
    "check/half-login",
    "Mail server login is incomplete",
    "A mail server with authentication needs a user name and a password. With only one of them Alertmanager loads "
    "its configuration but every e-mail fails. Set both, or neither if the server needs none.",
)
CLEAR_LOGIN = Rule(
    "check/clear-login",
    "Mail server login would be sent in plain text",
    "With `require_tls: false` Alertmanager talks to the mail server in plain text, and refuses to send a password "
    "that way, so that every e-mail fails. Leave `require_tls` out, or use the port 465, which is encrypted from the "
    "first byte; a server on the same machine is exempt.",
)
TWO_LOGINS = Rule(
    "check/receiver-login",
    "Receiver login would be refused by Alertmanager",
    "There is one way to log in to a webhook or to Jira: `basic_auth`, or `authorization` with a type other than "
    "Basic. Alertmanager refuses a whole configuration if one login is set in any other way.",
)
RECEIVER_OF_NOBODY = Rule(
    "check/receiver-of-nobody",
    "Receiver is an unknown user",
    "`{user: alice}` refers to a person under `users`, most often a file `users/alice.yaml` of the tenant. Write the "
    "file, or name somebody who is there.",
)
NO_CHAT = Rule(
    "check/no-chat",
    "Telegram chat is 0",
    "A chat has a number other than 0; the number of a group is negative. Ask the bot for its updates after somebody "
    "wrote to it, and use `chat.id`.",
)
JIRA_API = Rule(
    "check/jira-api",
    "Jira address is not version 2 of its API",
    "Alertmanager appends `issue` and `search` to `api_url` unchanged, so it must be the address of the API with its "
    "version: `https://acme.example/rest/api/2`. Version 3 expects descriptions as JSON documents, not as text, and "
    "Alertmanager could not create issues with it; Jira Cloud has version 2 too.",
)
UNUSED_RECEIVER = Rule(
    "check/unused-receiver",
    "Receiver is never used",
    "No route and no escalation names this receiver, so nothing reaches it. Name it in a route, or remove it.",
    Severity.WARNING,
)

_BASIC: Final = "basic"
_API: Final = "/rest/api/2"
_OWN_MACHINE: Final = ("localhost", "127.0.0.1", "[::1]")
_ENCRYPTED: Final = "465"


class _Checked(NamedTuple):
    """A channel that is checked, and how to report what is wrong with it."""

    channel: Channel
    reporter: ValueReporter

    def at(self, *field: str) -> Keys:
        return (*self.channel.keys, *field)


def check_unit(unit: Resolved, report: Report) -> None:
    """Report receivers of a unit and channels of its users that could not notify anybody in any environment."""
    reporter = ValueReporter(unit.stack, report)
    for channel in notify.channels(unit.value):
        _check(_Checked(channel, reporter))
    receivers = notify.maps(notify.notify(unit.value), "receivers")
    for name, receiver in receivers.items():
        if "user" in receiver:
            _check_user(name, cast("str", receiver["user"]), unit, reporter)
    used = {each for entry in _routes_and_escalations(unit.value) for each in notify.listed(entry, "receivers")}
    for name in [each for each in receivers if each not in used]:
        hint = "name it in a route, or remove it"
        reporter.at(
            ("notify", "receivers", name),
            UNUSED_RECEIVER,
            f"no route or escalation names the receiver `{name}`",
            hint=hint,
            on="key",
        )


def check(unit: Resolved, environment: Environment, report: Report) -> None:
    """Report e-mail notifications if the environment has no mail server."""
    if "smtp" in environment.platform:
        return
    reporter = ValueReporter(unit.stack, report)
    for channel in notify.channels(unit.value):
        _check_mail(channel, environment, reporter)
    users = notify.maps(unit.value, "users")
    for name, receiver in notify.maps(notify.notify(unit.value), "receivers").items():
        user = cast("str", receiver.get("user", ""))
        if user in users and "receiver" not in users[user]:
            hint = f"let the platform set `platform.smtp`, or give `{user}` a receiver of another kind"
            message = f"`{user}` is notified by e-mail but `{environment.name}` has no mail server"
            reporter.at(("notify", "receivers", name, "user"), NO_SMTP, message, _server_note(environment), hint=hint)


def check_platform(environment: Environment, report: Report) -> None:
    """Report a receiver of the platform's own that could not notify anybody, and a mail server that would not send."""
    reporter = ValueReporter(environment.stack, report)
    _check_smtp(environment, reporter)
    if receiver := cast("Map", environment.platform.get("receiver") or {}):
        channel = notify.channel(("platform", "receiver"), receiver)
        _check(_Checked(channel, reporter))
        if "smtp" not in environment.platform:
            _check_mail(channel, environment, reporter)


def _check_smtp(environment: Environment, reporter: ValueReporter) -> None:
    smtp = cast("Map", environment.platform.get("smtp") or {})
    for one, other in (("username", "password"), ("password", "username")):
        if one in smtp and other not in smtp:
            hint = f"set `platform.smtp.{other}` too, or remove `{one}`"
            reporter.at(("platform", "smtp", one), HALF_LOGIN, f"`{one}` needs a `{other}`", hint=hint, on="key")
    host, _, port = str(smtp.get("smarthost", "")).rpartition(":")
    if "password" in smtp and smtp.get("require_tls") is False and port != _ENCRYPTED and host not in _OWN_MACHINE:
        hint = "leave `require_tls` out, or use the port 465"
        message = f"the password would go to `{host}` in plain text"
        reporter.at(("platform", "smtp", "require_tls"), CLEAR_LOGIN, message, hint=hint, on="key")


def _routes_and_escalations(value: Map) -> list[Map]:
    return [*notify.maps(notify.notify(value), "routes").values(), *notify.escalations(value)]


def _check(checked: _Checked) -> None:
    if checked.channel.kind in _CHECKS:
        _CHECKS[checked.channel.kind](checked)


def _check_user(name: str, user: str, unit: Resolved, reporter: ValueReporter) -> None:
    users = notify.maps(unit.value, "users")
    if user not in users:
        meant = nearest(user, users)
        hint = f"did you mean `{meant}`?" if meant else f"write `tenants/{unit.unit.tenant}/users/{user}.yaml`"
        reporter.at(("notify", "receivers", name, "user"), RECEIVER_OF_NOBODY, f"there is no user `{user}`", hint=hint)


def _check_mail(channel: Channel, environment: Environment, reporter: ValueReporter) -> None:
    if channel.kind == "email":
        message = f"`{environment.name}` has no mail server"
        hint = "let the platform set `platform.smtp`, or use another kind of receiver"
        reporter.at(channel.keys, NO_SMTP, message, _server_note(environment), hint=hint, on="key")


def _server_note(environment: Environment) -> Note:
    """A note on the environment's Alertmanager, which has no mail server."""
    place, _ = origin(environment.stack, ("platform", "targets", "alertmanager"))
    return Note("this Alertmanager has no `platform.smtp`", place._replace(on="key"))


def _check_slack(checked: _Checked) -> None:
    settings, reporter = checked.channel.settings, checked.reporter
    if "url" not in settings and "token" not in settings:
        hint = "set `url: {secret: …}`, an incoming webhook"
        reporter.at(checked.at(), SLACK_WITHOUT_LOGIN, "`slack` has neither `url` nor `token`", hint=hint, on="key")
    if "url" in settings and "token" in settings:
        other, _ = origin(reporter.stack, checked.at("url"))
        message, note = "`url` and `token` are both set but only one is allowed", Note("the other way", other)
        reporter.at(checked.at("token"), SLACK_WITH_TWO_LOGINS, message, note, hint="keep one", on="key")
        return
    if settings.get("update") and ("token" not in settings or settings.get("blocks")):
        hint = "use a `token` instead of a webhook, or remove `update`"
        reporter.at(
            checked.at("update"),
            UPDATE_WITHOUT_TOKEN,
            "messages sent through a webhook cannot be updated",
            hint=hint,
            on="key",
        )
    elif settings.get("blocks") and "token" in settings:
        hint = "set the `url` of an incoming webhook, or remove `blocks`"
        message = "`blocks` cannot be posted with a token"
        reporter.at(checked.at("blocks"), BLOCKS_WITH_TOKEN, message, hint=hint, on="key")


def _check_login(checked: _Checked) -> None:
    settings, reporter = checked.channel.settings, checked.reporter
    kind = cast("dict[str, str]", settings.get("authorization") or {}).get("type", "")
    if "basic_auth" in settings and "authorization" in settings:
        other, _ = origin(reporter.stack, checked.at("basic_auth"))
        message = "`basic_auth` and `authorization` are both set but only one is allowed"
        note = Note("the other way", other)
        reporter.at(checked.at("authorization"), TWO_LOGINS, message, note, hint="keep one", on="key")
    elif kind.lower() == _BASIC:
        hint = "use `basic_auth` with its `username` and `password`"
        reporter.at(
            checked.at("authorization", "type"),
            TWO_LOGINS,
            f"`{kind}` is not allowed as the type of `authorization`",
            hint=hint,
        )


def _check_jira(checked: _Checked) -> None:
    _check_login(checked)
    url = urlsplit(str(checked.channel.settings["api_url"]))
    base, separator, _ = url.path.partition("/rest/api/")
    if url.query or url.fragment:
        what = "is followed by something that is not a path"
    elif url.path.rstrip("/").endswith(_API):
        return
    else:
        what = "is not version 2 of Jira's API" if separator else "is not the address of Jira's API"
    site = f"{url.scheme}://{url.netloc}"
    hint = f"write `{site}{base.rstrip('/')}{_API}`"
    checked.reporter.at(checked.at("api_url"), JIRA_API, f"`{site}{url.path}` {what}", hint=hint)


def _check_telegram(checked: _Checked) -> None:
    if checked.channel.settings["chat_id"] == 0:
        message = "a chat cannot have the number 0"
        checked.reporter.at(checked.at("chat_id"), NO_CHAT, message, hint="write the number of the chat")


_CHECKS: Final[Mapping[str, Callable[[_Checked], None]]] = {
    "slack": _check_slack,
    "webhook": _check_login,
    "jira": _check_jira,
    "telegram": _check_telegram,
}
