"""The meaning of a unit's `notify`, for checks and for emitters: channels, routes, paces, escalations."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, cast

from varve.language import matcher
from varve.language.fault import Fault
from varve.language.matcher import Matcher
from varve.language.time import duration
from varve.model.source import Keys, Map

PLATFORM: Final = "platform"
"""The receiver of alerts that reach nobody else; tenants' receivers have a slash in their names, so it cannot clash."""

SEVERITIES: Final = ("critical", "warning", "info")
ESCALATED: Final = "Escalated"
"""The name of every escalation: Prometheus sets `alertname` last, so no series can forge it."""

ESCALATION: Final = "escalation"
"""The label that identifies the escalation."""

ORIGINAL: Final = Matcher("alertname", "!=", ESCALATED)
"""The matcher of all alerts that are not escalations."""

_MATCH_ORDER: Final = 0
_SEVERITY_ORDER: Final = 100
_PACE: Final = {"group_wait": "30s", "group_interval": "5m", "repeat": "4h"}
_RETENTION: Final = "120h"


class Channel(NamedTuple):
    """One way to notify somebody: its path in the unit or the platform map, its kind, and its settings."""

    keys: Keys
    kind: str
    settings: Map


# The next two are called hundreds of times for each unit: a call of `cast` would double their cost.


def maps(value: Map, key: str) -> dict[str, Map]:
    """The maps under `key` of `value`, by name."""
    return value.get(key) or {}  # type: ignore[return-value]


def notify(value: Map) -> Map:
    """The `notify` map of a unit."""
    return value.get("notify") or {}  # type: ignore[return-value]


def channels(value: Map) -> Iterator[Channel]:
    """Every channel in a unit, of its receivers and of its users."""
    for name, receiver in maps(notify(value), "receivers").items():
        if "user" not in receiver:
            yield channel(("notify", "receivers", name), receiver)
    for user, person in maps(value, "users").items():
        if "receiver" in person:
            yield channel(("users", user, "receiver"), cast("Map", person["receiver"]))


def users_by_email(value: Map) -> Mapping[str, Map]:
    """The users whom a receiver names and who have no channel of their own: they are notified by e-mail."""
    named = {each.get("user") for each in maps(notify(value), "receivers").values()}
    return {name: each for name, each in maps(value, "users").items() if name in named and "receiver" not in each}


def channel(keys: Keys, receiver: Map) -> Channel:
    """The only channel of a map that contains exactly one."""
    ((kind, settings),) = cast("dict[str, Map]", receiver).items()
    return Channel((*keys, kind), kind, settings)


def matchers(name: str, route: Map) -> tuple[Matcher, ...]:
    """The matchers of a route: those of its `match`, or without one, the severity that is its name."""
    if "match" not in route:
        return Matcher("severity", "=", name), ORIGINAL
    found = [
        each for text in listed(route, "match") if not isinstance(read := matcher.read(text), Fault) for each in read
    ]
    return tuple(dict.fromkeys(found))


def order(route: Map) -> int:
    """The position of a route among its siblings: lower ones come first."""
    return cast("int", route.get("order", _MATCH_ORDER if "match" in route else _SEVERITY_ORDER))


def listed(route: Map, key: str) -> list[str]:
    """The texts under a key that may contain one or several, without duplicates."""
    return list(dict.fromkeys(texts(route, key)))


def texts(route: Map, key: str) -> list[str]:
    """The texts under a key that may contain one or several, with duplicates, for callers that need the positions."""
    value_ = route.get(key) or []
    return [value_] if isinstance(value_, str) else value_  # type: ignore[return-value]


def escalations(value: Map) -> list[Map]:
    """The escalations of a unit, in their order."""
    return cast("list[Map]", notify(value).get("escalation") or [])


def escalation(settings: Map) -> str:
    """The value of the label that identifies an escalation, such as `warning-30m`."""
    after = duration.lasts(cast("str", settings["after"]))
    return f"{settings['severity']}-{duration.text(after)}"


def pace(platform: Map) -> Mapping[str, str]:
    """The default waiting times of groups and of repetitions in an environment."""
    settings = cast("dict[str, str]", platform.get("alertmanager") or {})
    return {field: settings.get(field, default) for field, default in _PACE.items()}


def retention(platform: Map) -> str:
    """How long the environment's Alertmanager remembers sent notifications."""
    return cast("dict[str, str]", platform.get("alertmanager") or {}).get("retention", _RETENTION)


def platform_locale(platform: Map) -> str:
    """The locale of the platform's own notifications."""
    return cast("str", platform.get("locale", "en_GB"))
