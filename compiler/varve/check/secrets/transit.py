"""Whether credentials of notifications, remote writes and service discovery are encrypted in transit."""

from collections.abc import Iterable, Iterator
from typing import Final, cast

from varve.model.diagnostic import Report, Rule
from varve.model.source import Keys, Map
from varve.model.unit import Environment, Resolved
from varve.resolve import notify
from varve.resolve.reporting import Saying

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
    _check(((each.keys, each.said) for each in notify.channels(unit.value)), Saying(unit.stack, report))


def check_platform(environment: Environment, report: Report) -> None:
    """Report credentials of the platform's own receiver, stores and discovery that would be sent in plain text."""
    _check(_of_platform(environment.platform), Saying(environment.stack, report))


def _of_platform(platform: Map) -> Iterator[tuple[Keys, Map]]:
    for name, each in notify.maps(platform, "remote_write").items():
        yield ("platform", "remote_write", name), each
    yield ("platform", "discovery", "http"), cast("Map", notify.maps(platform, "discovery").get("http") or {})
    if receiver := notify.maps(platform, "receiver"):
        channel = notify.channel(("platform", "receiver"), {**receiver})
        yield channel.keys, channel.said


def _check(those: Iterable[tuple[Keys, Map]], say: Saying) -> None:
    for keys, said in those:
        login = next((field for field in _LOGINS if field in said), None)
        field = next((each for each in _ADDRESSES if isinstance(said.get(each), str)), None)
        if login and field and str(said[field]).casefold().startswith("http:"):
            message = f"`{login}` would be sent in plain text"
            say.at((*keys, field), CLEAR_CREDENTIALS, message, hint=f"begin `{field}` with `https://`")
