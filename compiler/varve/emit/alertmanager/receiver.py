"""The receivers: each channel as Alertmanager configures it, every secret in a file, in its hearer's language."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple, cast

from varve.emit.alertmanager import cloud
from varve.emit.alertmanager.field import twin
from varve.emit.alertmanager.mention import calling
from varve.emit.alertmanager.message import message
from varve.emit.kit import Task
from varve.language.same import Same
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


class _Voice(NamedTuple):
    """For whom a receiver is written: whose its secrets are (see `resolve.platform`), and the locale of its texts."""

    environment: Environment
    holder: str
    locale: str


def of_platform(environment: Environment) -> Map:
    """The platform's own receiver; one that tells nobody where the platform says none."""
    return _of_platform(Same(environment))


@lru_cache(maxsize=16)
def _of_platform(known: Same[Environment]) -> Map:
    environment = known.value
    said = cast("Map", environment.platform.get("receiver") or {})
    voice = _platform_voice(environment)
    return {"name": notify.PLATFORM, **(_configured(voice, said) if said else {})}


def of_unit(task: Task) -> list[Map]:
    """The receivers of a unit, by name."""
    heard = {each: _heard(task, said) for each, said in _receivers(task).items()}
    return [{"name": name(task, each), **_configured(voice, said)} for each, (voice, said) in heard.items()]


def locales(task: Task) -> set[str]:
    """The locales in which the unit's receivers are told something."""
    heard = (_heard(task, said) for said in _receivers(task).values())
    return {voice.locale for voice, said in heard if _is_told(voice, said)}


def platform_locales(environment: Environment) -> frozenset[str]:
    """The locale in which the platform's own receiver is told something, if it is."""
    return _platform_locales(Same(environment))


@lru_cache(maxsize=16)
def _platform_locales(known: Same[Environment]) -> frozenset[str]:
    environment = known.value
    said = cast("Map", environment.platform.get("receiver") or {})
    voice = _platform_voice(environment)
    return frozenset({voice.locale} if said and _is_told(voice, said) else ())


def name(task: Task, receiver: str) -> str:
    """What a receiver of the unit is called in Alertmanager, where those of all tenants meet."""
    return f"{task.unit.unit.tenant}/{receiver}"


def literal(text: str) -> str:
    """A text as it is, in a field that Alertmanager reads as a template."""
    return text.replace("{{", '{{ "{{" }}')


def _receivers(task: Task) -> dict[str, Map]:
    return notify.maps(notify.notify(task.unit.value), "receivers")


def _platform_voice(environment: Environment) -> _Voice:
    return _Voice(environment, "platform", notify.platform_locale(environment.platform))


def _heard(task: Task, said: Map) -> tuple[_Voice, Map]:
    """The voice in which a receiver is told, and its channel: a user's own, in that person's language."""
    holder, locale = f"tenants/{task.unit.unit.tenant}", cast("str", task.unit.value["locale"])
    if "user" in said:
        person = notify.maps(task.unit.value, "users")[cast("str", said["user"])]
        said = cast("Map", person.get("receiver") or {"email": {"to": [person["email"]]}})
        locale = cast("str", person.get("locale", locale))
    return _Voice(task.environment, holder, locale), said


def _is_told(voice: _Voice, said: Map) -> bool:
    """Whether texts of varve's reach this channel; a plain webhook is sent the alerts as they are."""
    return any(message(voice.environment, kind, voice.locale) for kind in said)


def _configured(voice: _Voice, said: Map) -> Map:
    """The configuration of one channel; what it says is never stronger than where it leads."""
    ((kind, of_it),) = cast("dict[str, Map]", said).items()
    own = {**_KINDS[kind](voice, of_it), "send_resolved": of_it.get("resolved", True)}
    if kind == "slack" and of_it.get("blocks"):
        return {"webhook_configs": [{**own, **message(voice.environment, "blocks", voice.locale), **own}]}
    section = "msteamsv2_configs" if kind == "msteams" else f"{kind}_configs"
    return {section: [{**own, **message(voice.environment, kind, voice.locale), **own}]}


def _slack(voice: _Voice, said: Map) -> Map:
    whom = notify.listed(said, "mention")
    called: Map = {"pretext": calling(whom), "mrkdwn_in": ["pretext", "text"]} if whom else {}
    channel: Map = {"channel": said["channel"], **called}
    if said.get("blocks"):
        return {twin("webhook", "url"): _path(voice, said["url"])}
    if said.get("update"):
        # An `app_token_file` excludes the `api_url` that updating demands, so the token goes the way of HTTP.
        login: Map = {"authorization": {"credentials_file": _path(voice, said["token"])}}
        return {"api_url": _POST_MESSAGE, "http_config": login, **channel, twin("slack", "update"): True}
    return {**_secret(voice, "slack", "token" if "token" in said else "url", said), **channel}


def _pagerduty(voice: _Voice, said: Map) -> Map:
    region: Map = {"url": _PAGERDUTY[str(said["region"])]} if "region" in said else {}
    return {**_secret(voice, "pagerduty", "routing_key", said), **region}


def _email(_: _Voice, said: Map) -> Map:
    return {"to": literal(", ".join(notify.listed(said, "to")))}


def _webhook(voice: _Voice, said: Map) -> Map:
    limit: Map = {"max_alerts": said["max_alerts"]} if "max_alerts" in said else {}
    return {**_secret(voice, "webhook", "url", said), **_login(voice, said), **limit}


def _opsgenie(voice: _Voice, said: Map) -> Map:
    region: Map = {"api_url": _OPSGENIE[str(said["region"])]} if "region" in said else {}
    team: Map = {"responders": [{"name": literal(str(said["team"])), "type": "team"}]} if "team" in said else {}
    return {**_secret(voice, "opsgenie", "api_key", said), **region, **team}


def _msteams(voice: _Voice, said: Map) -> Map:
    return _secret(voice, "msteams", "url", said)


def _discord(voice: _Voice, said: Map) -> Map:
    return _secret(voice, "discord", "url", said)


def _telegram(voice: _Voice, said: Map) -> Map:
    where: Map = {field: said[field] for field in ("chat_id", "message_thread_id") if field in said}
    return {**_secret(voice, "telegram", "bot_token", said), **where}


def _jira(voice: _Voice, said: Map) -> Map:
    asked = {field: said[field] for field in ("api_url", "project")}
    where: Map = {"api_type": "cloud"} if cloud.since(str(said["api_url"])) else {}
    end: Map = {"resolve_transition": said["resolve_transition"]} if "resolve_transition" in said else {}
    return {**asked, **where, "issue_type": literal(str(said["issue_type"])), **end, **_login(voice, said)}


def _secret(voice: _Voice, kind: str, field: str, said: Map) -> Map:
    return {twin(kind, field): _path(voice, said[field])}


def _path(voice: _Voice, reference: Value) -> str:
    return secret_path(voice.environment, voice.holder, reference)


def _login(voice: _Voice, said: Map) -> Map:
    login = credentials(voice.environment, voice.holder, said)
    return {"http_config": login} if login else {}


_KINDS: Final[Mapping[str, Callable[[_Voice, Map], Map]]] = {
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
