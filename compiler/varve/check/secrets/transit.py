"""Whether credentials of notifications, remote writes and service discovery are encrypted in transit."""

from collections.abc import Iterable, Iterator
from typing import Final, cast

from varve.model.diagnostic import Report, Rule
from varve.model.source import Keys, Map
from varve.model.unit import Environment, Resolved
from varve.resolve import notify
from varve.resolve.reporting import ValueReporter

CLEAR_CREDENTIALS = Rule(
    "check/clear-credentials",
    "Credentials would be sent in plain text",
    "A user name and password, or a token, that are sent to an `http` address can be read by everything on the way, "
    "with every notification and every sample that is written. Use `https`. Scrapes are exempt: many exporters "
    "support nothing else inside their own network.",
)

_LOGINS: Final = ("basic_auth", "authorization")
_ADDRESSES: Final = ("api_url", "url")


def check(unit: Resolved, report: Report) -> None:
    """Report the credentials of a unit's receivers that would be sent in plain text."""
    _check(((each.keys, each.settings) for each in notify.channels(unit.value)), ValueReporter(unit.stack, report))


def check_platform(environment: Environment, report: Report) -> None:
    """Report credentials of the platform's own receiver, stores and discovery that would be sent in plain text."""
    _check(_platform_endpoints(environment.platform), ValueReporter(environment.stack, report))


def _platform_endpoints(platform: Map) -> Iterator[tuple[Keys, Map]]:
    for name, settings in notify.maps(platform, "remote_write").items():
        yield ("platform", "remote_write", name), settings
    yield ("platform", "discovery", "http"), cast("Map", notify.maps(platform, "discovery").get("http") or {})
    if receiver := notify.maps(platform, "receiver"):
        channel = notify.channel(("platform", "receiver"), {**receiver})
        yield channel.keys, channel.settings


def _check(endpoints: Iterable[tuple[Keys, Map]], reporter: ValueReporter) -> None:
    for keys, settings in endpoints:
        login = next((field for field in _LOGINS if field in settings), None)
        field = next((name for name in _ADDRESSES if isinstance(settings.get(name), str)), None)
        if login and field and str(settings[field]).casefold().startswith("http:"):
            message = f"`{login}` would be sent in plain text"
            reporter.at((*keys, field), CLEAR_CREDENTIALS, message, hint=f"begin `{field}` with `https://`")
