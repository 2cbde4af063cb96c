"""The channels of a receiver, as varve writes them: no field for another server, file, proxy or header."""

from collections.abc import Iterator
from typing import Final

from varve.link.isolation.evidence import Breach
from varve.link.isolation.shape import TEXT, TEXTS, TRUTH, Shape, maps
from varve.model.source import Keys, Map

_LOGIN: Final[Shape] = {
    "basic_auth": {"username": TEXT, "password_file": TEXT},
    "authorization": {"type": TEXT, "credentials_file": TEXT},
}


def _texts(*names: str) -> dict[str, Shape]:
    return {"send_resolved": TRUTH, **dict.fromkeys(names, TEXT)}


CHANNELS: Final[dict[str, Shape]] = {
    "slack_configs": [
        {
            **_texts("api_url", "api_url_file", "app_token_file", "channel", "pretext"),
            **_texts("title", "title_link", "text", "fallback", "color", "footer"),
            "http_config": _LOGIN,
            "update_message": TRUTH,
            "mrkdwn_in": [TEXT],
            "fields": [{"title": TEXT, "value": TEXT, "short": TRUTH}],
            "actions": [{"type": TEXT, "text": TEXT, "url": TEXT}],
        }
    ],
    "pagerduty_configs": [
        {
            **_texts("url", "routing_key_file", "description", "severity", "class", "component"),
            "details": TEXTS,
            "links": [{"href": TEXT, "text": TEXT}],
        }
    ],
    "email_configs": [{**_texts("to", "html", "text"), "headers": {"Subject": TEXT}}],
    "webhook_configs": [{**_texts("url_file", "max_alerts", "payload"), "http_config": _LOGIN}],
    "opsgenie_configs": [
        {
            **_texts("api_url", "api_key_file", "message", "description", "priority"),
            "responders": [{"name": TEXT, "type": TEXT}],
        }
    ],
    "msteamsv2_configs": [_texts("webhook_url_file", "title", "text")],
    "discord_configs": [_texts("webhook_url_file", "title", "message")],
    "telegram_configs": [_texts("bot_token_file", "chat_id", "message_thread_id", "message", "parse_mode")],
    "jira_configs": [
        {
            **_texts("api_url", "api_type", "project", "issue_type", "resolve_transition", "summary", "description"),
            "labels": [TEXT],
            "http_config": _LOGIN,
        }
    ],
}
"""The keys that a receiver may have in addition to its name."""

_ADDRESSES: Final = {
    ("slack_configs", "api_url"): frozenset({"https://slack.com/api/chat.postMessage"}),
    ("pagerduty_configs", "url"): frozenset(
        {"https://events.pagerduty.com/v2/enqueue", "https://events.eu.pagerduty.com/v2/enqueue"}
    ),
    ("opsgenie_configs", "api_url"): frozenset({"https://api.opsgenie.com/", "https://api.eu.opsgenie.com/"}),
}


def breaches(receiver: Map, at: Keys) -> Iterator[Breach]:
    """Breaches unless a receiver, which is of the right shape, has one channel with an address of its service.

    The address of Jira may be any, because the tenant sets it.
    """
    if [len(maps(receiver, kind)) for kind in CHANNELS if kind in receiver] != [1]:
        yield Breach("a receiver does not have exactly one channel", at)
    for (kind, field), addresses in _ADDRESSES.items():
        for index, each in enumerate(maps(receiver, kind)):
            if field in each and each[field] not in addresses:
                yield Breach(f"`{field}` is not an address that varve writes", (*at, kind, index, field))


def contains_login(receiver: Map) -> bool:
    """Whether a receiver, which is of the right shape, sends a login to its address."""
    return any("http_config" in each for kind in CHANNELS for each in maps(receiver, kind))
