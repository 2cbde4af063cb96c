"""The messages of receivers: fields that name the texts in the template file of the receiver's language."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from varve.language.cache_key import IdentityKey
from varve.language.notification import DETAILS, QUOTED_SINCE
from varve.language.version import Version
from varve.model.source import Map, Value
from varve.model.unit import Environment
from varve.resolve.destination import links
from varve.resolve.platform import at_least


def message(environment: Environment, kind: str, locale: str) -> Map:
    """The message fields of a receiver of that kind, in the language of `locale`.

    `kind` is a channel of the unit's schema, or `blocks`: a Slack webhook that accepts Block Kit. A plain webhook
    receives the alerts as they are, so it has no such fields.
    """
    return _cached(IdentityKey(environment), kind, locale) if kind in _KINDS else {}


@lru_cache(maxsize=256)
def _cached(environment: IdentityKey[Environment], kind: str, locale: str) -> Map:
    """Cached for all tenants of a locale."""
    return _KINDS[kind](_Wording(environment.value, locale))


def template_file(locale: str) -> str:
    """The name of the file, in the folder of shared templates, that defines the texts of `locale`."""
    return f"{locale}.tmpl"


class _Wording:
    """Refers to the definitions of one language."""

    __slots__ = ("_environment", "_locale")

    def __init__(self, environment: Environment, locale: str) -> None:
        self._environment = environment
        self._locale = locale

    def __call__(self, name: str) -> str:
        return f'{{{{ template "varve.{self._locale}.{name}" . }}}}'

    def since(self, first: Version) -> bool:
        """Whether the environment's Alertmanager has this version or a later one."""
        return at_least(self._environment, "alertmanager", first)

    def links(self) -> tuple[str, ...]:
        """The kinds of links that an alert may have in this environment."""
        return links(self._environment)


def _slack(wording: _Wording) -> Map:
    fields: list[Value] = [
        {"title": wording(f"slack.{name}.title"), "value": wording(f"slack.{name}.value"), "short": True}
        for name in DETAILS
    ]
    actions: list[Value] = [
        {"type": "button", "text": wording(f"slack.{name}.text"), "url": wording(f"slack.{name}.url")}
        for name in wording.links()
    ]
    return {
        "title": wording("slack.title"),
        "title_link": wording("slack.link"),
        "text": wording("slack.text"),
        "fallback": wording("slack.fallback"),
        "color": wording("slack.color"),
        "footer": wording("slack.footer"),
        "fields": fields,
        "actions": actions,
        "mrkdwn_in": ["text"],
    }


def _blocks(wording: _Wording) -> Map:
    return {"payload": wording("slack.blocks")}


def _pagerduty(wording: _Wording) -> Map:
    form = "pagerduty.quoted" if wording.since(QUOTED_SINCE) else "pagerduty.details"
    return {
        "description": wording("pagerduty.description"),
        "severity": wording("pagerduty.severity"),
        "class": wording("pagerduty.class"),
        "component": wording("pagerduty.component"),
        "details": {name: wording(f"{form}.{name}") for name in ("firing", "resolved", *DETAILS)},
        "links": [
            {"href": wording(f"pagerduty.{name}.url"), "text": wording(f"pagerduty.{name}.text")}
            for name in wording.links()
        ],
    }


def _email(wording: _Wording) -> Map:
    return {
        "headers": {"Subject": wording("email.subject")},
        "html": wording("email.html"),
        "text": wording("email.text"),
    }


def _opsgenie(wording: _Wording) -> Map:
    return {name: wording(f"opsgenie.{name}") for name in ("message", "description", "priority")}


def _msteams(wording: _Wording) -> Map:
    return {name: wording(f"msteams.{name}") for name in ("title", "text")}


def _discord(wording: _Wording) -> Map:
    return {name: wording(f"discord.{name}") for name in ("title", "message")}


def _telegram(wording: _Wording) -> Map:
    return {"message": wording("telegram.message"), "parse_mode": ""}


def _jira(wording: _Wording) -> Map:
    return {
        "summary": wording("jira.summary"),
        "description": wording("jira.description"),
        "labels": [wording("jira.tenant"), wording("jira.service")],
    }


_KINDS: Final[Mapping[str, Callable[[_Wording], Map]]] = {
    "slack": _slack,
    "blocks": _blocks,
    "pagerduty": _pagerduty,
    "email": _email,
    "opsgenie": _opsgenie,
    "msteams": _msteams,
    "discord": _discord,
    "telegram": _telegram,
    "jira": _jira,
}
