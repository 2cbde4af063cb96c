"""What a receiver is told: fields of its configuration whose texts the template file of its language defines."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from varve.language.notification import DETAILS, QUOTED_SINCE
from varve.language.same import Same
from varve.language.version import Version
from varve.model.source import Map, Value
from varve.model.unit import Environment
from varve.resolve.destination import links
from varve.resolve.platform import at_least


def message(environment: Environment, kind: str, locale: str) -> Map:
    """The fields that say what is said, in a receiver of that kind, in the language of `locale`.

    `kind` is a channel of the unit's schema, or `blocks`: a webhook of Slack that takes Block Kit. A plain webhook is
    sent the alerts as they are, so there is nothing to say.
    """
    return _worded(Same(environment), kind, locale) if kind in _KINDS else {}


@lru_cache(maxsize=256)
def _worded(environment: Same[Environment], kind: str, locale: str) -> Map:
    """The same for every tenant of a locale."""
    return _KINDS[kind](_Wording(environment.value, locale))


def template_file(locale: str) -> str:
    """The name of the file, in the folder of shared templates, that defines what these fields name."""
    return f"{locale}.tmpl"


class _Wording:
    """Names the definitions of one language."""

    __slots__ = ("_environment", "_locale")

    def __init__(self, environment: Environment, locale: str) -> None:
        self._environment = environment
        self._locale = locale

    def __call__(self, name: str) -> str:
        return f'{{{{ template "varve.{self._locale}.{name}" . }}}}'

    def since(self, first: Version) -> bool:
        """Whether the environment's Alertmanager is at least that one."""
        return at_least(self._environment, "alertmanager", first)

    def links(self) -> tuple[str, ...]:
        """The links that an alert may carry in this environment."""
        return links(self._environment)


def _slack(said: _Wording) -> Map:
    fields: list[Value] = [
        {"title": said(f"slack.{name}.title"), "value": said(f"slack.{name}.value"), "short": True} for name in DETAILS
    ]
    actions: list[Value] = [
        {"type": "button", "text": said(f"slack.{name}.text"), "url": said(f"slack.{name}.url")}
        for name in said.links()
    ]
    return {
        "title": said("slack.title"),
        "title_link": said("slack.link"),
        "text": said("slack.text"),
        "fallback": said("slack.fallback"),
        "color": said("slack.color"),
        "footer": said("slack.footer"),
        "fields": fields,
        "actions": actions,
        "mrkdwn_in": ["text"],
    }


def _blocks(said: _Wording) -> Map:
    return {"payload": said("slack.blocks")}


def _pagerduty(said: _Wording) -> Map:
    form = "pagerduty.quoted" if said.since(QUOTED_SINCE) else "pagerduty.details"
    return {
        "description": said("pagerduty.description"),
        "severity": said("pagerduty.severity"),
        "class": said("pagerduty.class"),
        "component": said("pagerduty.component"),
        "details": {name: said(f"{form}.{name}") for name in ("firing", "resolved", *DETAILS)},
        "links": [
            {"href": said(f"pagerduty.{name}.url"), "text": said(f"pagerduty.{name}.text")} for name in said.links()
        ],
    }


def _email(said: _Wording) -> Map:
    return {
        "headers": {"Subject": said("email.subject")},
        "html": said("email.html"),
        "text": said("email.text"),
    }


def _opsgenie(said: _Wording) -> Map:
    return {name: said(f"opsgenie.{name}") for name in ("message", "description", "priority")}


def _msteams(said: _Wording) -> Map:
    return {name: said(f"msteams.{name}") for name in ("title", "text")}


def _discord(said: _Wording) -> Map:
    return {name: said(f"discord.{name}") for name in ("title", "message")}


def _telegram(said: _Wording) -> Map:
    return {"message": said("telegram.message"), "parse_mode": ""}


def _jira(said: _Wording) -> Map:
    return {
        "summary": said("jira.summary"),
        "description": said("jira.description"),
        "labels": [said("jira.tenant"), said("jira.service")],
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
