"""The receivers: each channel as Alertmanager configures it, with secrets in files and texts in the right language."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple, cast

from varve.emit.alertmanager import cloud
from varve.emit.alertmanager.field import twin
from varve.emit.alertmanager.mention import mentions
from varve.emit.alertmanager.message import message
from varve.emit.kit import Task
from varve.language.cache_key import IdentityKey
from varve.model.source import Map, Value
from varve.model.unit import Environment
from varve.resolve import notify
from varve.resolve.platform import credentials, secret_path

_POST_MESSAGE: Final = "https://slack.com/api/chat.postMessage"
_PAGERDUTY: Final = {
    "us": "https://events.pagerduty.com/v2/enqueue",
    "eu": "https://events.eu.pagerduty.com/v2/enqueue",
}
_OPSGENIE: Final = {"us": "https://api.opsgenie.com/", "eu": "https://api.eu.opsgenie.com/"}


class _Context(NamedTuple):
    """The environment, the holder of a receiver's secrets (see `resolve.platform`), and the locale of its texts."""

    environment: Environment
    holder: str
    locale: str


def of_platform(environment: Environment) -> Map:
    """The platform's own receiver; one that notifies nobody if the platform sets none."""
    return _cached_platform_receiver(IdentityKey(environment))


@lru_cache(maxsize=16)
def _cached_platform_receiver(key: IdentityKey[Environment]) -> Map:
    environment = key.value
    channel = cast("Map", environment.platform.get("receiver") or {})
    context = _platform_context(environment)
    return {"name": notify.PLATFORM, **(_configured(context, channel) if channel else {})}


def of_unit(task: Task) -> list[Map]:
    """The receivers of a unit."""
    receivers = _receivers(task).items()
    return [{"name": name(task, each), **_configured(*_channel(task, receiver))} for each, receiver in receivers]


def locales(task: Task) -> set[str]:
    """The locales of the texts that the unit's receivers use."""
    channels = (_channel(task, receiver) for receiver in _receivers(task).values())
    return {context.locale for context, channel in channels if _has_texts(context, channel)}


def platform_locales(environment: Environment) -> frozenset[str]:
    """The locale of the platform's own receiver, or empty if that uses no texts."""
    return _platform_locales(IdentityKey(environment))


@lru_cache(maxsize=16)
def _platform_locales(key: IdentityKey[Environment]) -> frozenset[str]:
    environment = key.value
    channel = cast("Map", environment.platform.get("receiver") or {})
    context = _platform_context(environment)
    return frozenset({context.locale} if channel and _has_texts(context, channel) else ())


def name(task: Task, receiver: str) -> str:
    """The name of a unit's receiver in Alertmanager, which is unique among all tenants."""
    return f"{task.unit.unit.tenant}/{receiver}"


def literal(text: str) -> str:
    """A text that Alertmanager renders unchanged in a field that is a template."""
    return text.replace("{{", '{{ "{{" }}')


def _receivers(task: Task) -> dict[str, Map]:
    return notify.maps(notify.notify(task.unit.value), "receivers")


def _platform_context(environment: Environment) -> _Context:
    return _Context(environment, "platform", notify.platform_locale(environment.platform))


def _channel(task: Task, receiver: Map) -> tuple[_Context, Map]:
    """The context and the channel of a receiver: for a user, that person's channel and language."""
    holder, locale = f"tenants/{task.unit.unit.tenant}", cast("str", task.unit.value["locale"])
    if "user" in receiver:
        person = notify.maps(task.unit.value, "users")[cast("str", receiver["user"])]
        receiver = cast("Map", person.get("receiver") or {"email": {"to": [person["email"]]}})
        locale = cast("str", person.get("locale", locale))
    return _Context(task.environment, holder, locale), receiver


def _has_texts(context: _Context, channel: Map) -> bool:
    """Whether this channel uses varve's texts; a plain webhook receives the alerts as they are."""
    return any(message(context.environment, kind, context.locale) for kind in channel)


def _configured(context: _Context, channel: Map) -> Map:
    """The configuration of one channel; the fields that say where it sends are stronger than those of the message."""
    ((kind, settings),) = cast("dict[str, Map]", channel).items()
    fields = {**_KINDS[kind](context, settings), "send_resolved": settings.get("resolved", True)}
    if kind == "slack" and settings.get("blocks"):
        return {"webhook_configs": [{**fields, **message(context.environment, "blocks", context.locale), **fields}]}
    section = "msteamsv2_configs" if kind == "msteams" else f"{kind}_configs"
    return {section: [{**fields, **message(context.environment, kind, context.locale), **fields}]}


def _slack(context: _Context, settings: Map) -> Map:
    recipients = notify.listed(settings, "mention")
    mention: Map = {"pretext": mentions(recipients), "mrkdwn_in": ["pretext", "text"]} if recipients else {}
    channel: Map = {"channel": settings["channel"], **mention}
    if settings.get("blocks"):
        return {twin("webhook", "url"): _path(context, settings["url"])}
    if settings.get("update"):
        # Updating requires `api_url`, which excludes `app_token_file`, so the token is set in `http_config`.
        login: Map = {"authorization": {"credentials_file": _path(context, settings["token"])}}
        return {"api_url": _POST_MESSAGE, "http_config": login, **channel, twin("slack", "update"): True}
    return {**_secret(context, "slack", "token" if "token" in settings else "url", settings), **channel}


def _pagerduty(context: _Context, settings: Map) -> Map:
    region: Map = {"url": _PAGERDUTY[str(settings["region"])]} if "region" in settings else {}
    return {**_secret(context, "pagerduty", "routing_key", settings), **region}


def _email(_: _Context, settings: Map) -> Map:
    return {"to": literal(", ".join(notify.listed(settings, "to")))}


def _webhook(context: _Context, settings: Map) -> Map:
    limit: Map = {"max_alerts": settings["max_alerts"]} if "max_alerts" in settings else {}
    return {**_secret(context, "webhook", "url", settings), **_login(context, settings), **limit}


def _opsgenie(context: _Context, settings: Map) -> Map:
    region: Map = {"api_url": _OPSGENIE[str(settings["region"])]} if "region" in settings else {}
    team: Map = {"responders": [{"name": literal(str(settings["team"])), "type": "team"}]} if "team" in settings else {}
    return {**_secret(context, "opsgenie", "api_key", settings), **region, **team}


def _msteams(context: _Context, settings: Map) -> Map:
    return _secret(context, "msteams", "url", settings)


def _discord(context: _Context, settings: Map) -> Map:
    return _secret(context, "discord", "url", settings)


def _telegram(context: _Context, settings: Map) -> Map:
    chat: Map = {field: settings[field] for field in ("chat_id", "message_thread_id") if field in settings}
    return {**_secret(context, "telegram", "bot_token", settings), **chat}


def _jira(context: _Context, settings: Map) -> Map:
    issue = {field: settings[field] for field in ("api_url", "project")}
    api: Map = {"api_type": "cloud"} if cloud.since(str(settings["api_url"])) else {}
    transition: Map = {"resolve_transition": settings["resolve_transition"]} if "resolve_transition" in settings else {}
    return {
        **issue,
        **api,
        "issue_type": literal(str(settings["issue_type"])),
        **transition,
        **_login(context, settings),
    }


def _secret(context: _Context, kind: str, field: str, settings: Map) -> Map:
    return {twin(kind, field): _path(context, settings[field])}


def _path(context: _Context, reference: Value) -> str:
    return secret_path(context.environment, context.holder, reference)


def _login(context: _Context, settings: Map) -> Map:
    login = credentials(context.environment, context.holder, settings)
    return {"http_config": login} if login else {}


_KINDS: Final[Mapping[str, Callable[[_Context, Map], Map]]] = {
    "slack": _slack,
    "pagerduty": _pagerduty,
    "email": _email,
    "webhook": _webhook,
    "opsgenie": _opsgenie,
    "msteams": _msteams,
    "discord": _discord,
    "telegram": _telegram,
    "jira": _jira,
}
