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
    return _of_platform(IdentityKey(environment))


@lru_cache(maxsize=16)
def _of_platform(known: IdentityKey[Environment]) -> Map:
    environment = known.value
    said = cast("Map", environment.platform.get("receiver") or {})
    context = _platform_context(environment)
    return {"name": notify.PLATFORM, **(_configured(context, said) if said else {})}


def of_unit(task: Task) -> list[Map]:
    """The receivers of a unit."""
    channels = {each: _channel(task, said) for each, said in _receivers(task).items()}
    return [{"name": name(task, each), **_configured(context, said)} for each, (context, said) in channels.items()]


def locales(task: Task) -> set[str]:
    """The locales of the texts that the unit's receivers use."""
    channels = (_channel(task, said) for said in _receivers(task).values())
    return {context.locale for context, said in channels if _has_texts(context, said)}


def platform_locales(environment: Environment) -> frozenset[str]:
    """The locale of the platform's own receiver, or empty if that uses no texts."""
    return _platform_locales(IdentityKey(environment))


@lru_cache(maxsize=16)
def _platform_locales(known: IdentityKey[Environment]) -> frozenset[str]:
    environment = known.value
    said = cast("Map", environment.platform.get("receiver") or {})
    context = _platform_context(environment)
    return frozenset({context.locale} if said and _has_texts(context, said) else ())


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


def _channel(task: Task, said: Map) -> tuple[_Context, Map]:
    """The context and the channel of a receiver: for a user, that person's channel and language."""
    holder, locale = f"tenants/{task.unit.unit.tenant}", cast("str", task.unit.value["locale"])
    if "user" in said:
        person = notify.maps(task.unit.value, "users")[cast("str", said["user"])]
        said = cast("Map", person.get("receiver") or {"email": {"to": [person["email"]]}})
        locale = cast("str", person.get("locale", locale))
    return _Context(task.environment, holder, locale), said


def _has_texts(context: _Context, said: Map) -> bool:
    """Whether this channel uses varve's texts; a plain webhook receives the alerts as they are."""
    return any(message(context.environment, kind, context.locale) for kind in said)


def _configured(context: _Context, said: Map) -> Map:
    """The configuration of one channel; the fields that say where it sends are stronger than those of the message."""
    ((kind, of_it),) = cast("dict[str, Map]", said).items()
    own = {**_KINDS[kind](context, of_it), "send_resolved": of_it.get("resolved", True)}
    if kind == "slack" and of_it.get("blocks"):
        return {"webhook_configs": [{**own, **message(context.environment, "blocks", context.locale), **own}]}
    section = "msteamsv2_configs" if kind == "msteams" else f"{kind}_configs"
    return {section: [{**own, **message(context.environment, kind, context.locale), **own}]}


def _slack(context: _Context, said: Map) -> Map:
    whom = notify.listed(said, "mention")
    called: Map = {"pretext": mentions(whom), "mrkdwn_in": ["pretext", "text"]} if whom else {}
    channel: Map = {"channel": said["channel"], **called}
    if said.get("blocks"):
        return {twin("webhook", "url"): _path(context, said["url"])}
    if said.get("update"):
        # Updating requires `api_url`, which excludes `app_token_file`, so the token is set in `http_config`.
        login: Map = {"authorization": {"credentials_file": _path(context, said["token"])}}
        return {"api_url": _POST_MESSAGE, "http_config": login, **channel, twin("slack", "update"): True}
    return {**_secret(context, "slack", "token" if "token" in said else "url", said), **channel}


def _pagerduty(context: _Context, said: Map) -> Map:
    region: Map = {"url": _PAGERDUTY[str(said["region"])]} if "region" in said else {}
    return {**_secret(context, "pagerduty", "routing_key", said), **region}


def _email(_: _Context, said: Map) -> Map:
    return {"to": literal(", ".join(notify.listed(said, "to")))}


def _webhook(context: _Context, said: Map) -> Map:
    limit: Map = {"max_alerts": said["max_alerts"]} if "max_alerts" in said else {}
    return {**_secret(context, "webhook", "url", said), **_login(context, said), **limit}


def _opsgenie(context: _Context, said: Map) -> Map:
    region: Map = {"api_url": _OPSGENIE[str(said["region"])]} if "region" in said else {}
    team: Map = {"responders": [{"name": literal(str(said["team"])), "type": "team"}]} if "team" in said else {}
    return {**_secret(context, "opsgenie", "api_key", said), **region, **team}


def _msteams(context: _Context, said: Map) -> Map:
    return _secret(context, "msteams", "url", said)


def _discord(context: _Context, said: Map) -> Map:
    return _secret(context, "discord", "url", said)


def _telegram(context: _Context, said: Map) -> Map:
    where: Map = {field: said[field] for field in ("chat_id", "message_thread_id") if field in said}
    return {**_secret(context, "telegram", "bot_token", said), **where}


def _jira(context: _Context, said: Map) -> Map:
    asked = {field: said[field] for field in ("api_url", "project")}
    where: Map = {"api_type": "cloud"} if cloud.since(str(said["api_url"])) else {}
    end: Map = {"resolve_transition": said["resolve_transition"]} if "resolve_transition" in said else {}
    return {**asked, **where, "issue_type": literal(str(said["issue_type"])), **end, **_login(context, said)}


def _secret(context: _Context, kind: str, field: str, said: Map) -> Map:
    return {twin(kind, field): _path(context, said[field])}


def _path(context: _Context, reference: Value) -> str:
    return secret_path(context.environment, context.holder, reference)


def _login(context: _Context, said: Map) -> Map:
    login = credentials(context.environment, context.holder, said)
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
