"""What a unit's `notify` means for those who judge it and those who write it: channels, routes, paces, escalations."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, cast

from varve.language import matcher
from varve.language.fault import Fault
from varve.language.matcher import Matcher
from varve.language.time import duration
from varve.model.source import Keys, Map

PLATFORM: Final = "platform"
"""The receiver that hears what reaches nobody; the names of tenants' receivers have a slash."""

SEVERITIES: Final = ("critical", "warning", "info")
ESCALATED: Final = "Escalated"
"""What every escalation is called: Prometheus sets the name of an alert last, so that no series can forge it."""

ESCALATION: Final = "escalation"
"""The label that says which escalation it is."""

ORIGINAL: Final = Matcher("alertname", "!=", ESCALATED)
"""What every alert is that is no escalation."""

_OF_A_MATCH: Final = 0
_OF_A_SEVERITY: Final = 100
_PACE: Final = {"group_wait": "30s", "group_interval": "5m", "repeat": "4h"}
_RETENTION: Final = "120h"


class Channel(NamedTuple):
    """A way to tell somebody: where the unit or the platform says it, its kind, and what is said of it."""

    keys: Keys
    kind: str
    said: Map


# The next two are asked hundreds of times of every unit: a call of `cast` in them would cost as much as they do.


def maps(value: Map, key: str) -> dict[str, Map]:
    """The maps that `value` holds by name under `key`."""
    return value.get(key) or {}  # type: ignore[return-value]


def notify(value: Map) -> Map:
    """What a unit says of notifications."""
    return value.get("notify") or {}  # type: ignore[return-value]


def channels(value: Map) -> Iterator[Channel]:
    """Every channel that a unit says, of its receivers and of its users."""
    for name, receiver in maps(notify(value), "receivers").items():
        if "user" not in receiver:
            yield channel(("notify", "receivers", name), receiver)
    for user, person in maps(value, "users").items():
        if "receiver" in person:
            yield channel(("users", user, "receiver"), cast("Map", person["receiver"]))


def written_to(value: Map) -> Mapping[str, Map]:
    """The users of a unit whom a receiver names and who say no channel of their own: they are told by e-mail."""
    named = {each.get("user") for each in maps(notify(value), "receivers").values()}
    return {name: each for name, each in maps(value, "users").items() if name in named and "receiver" not in each}


def channel(keys: Keys, said: Map) -> Channel:
    """The one channel of a map that says just one."""
    ((kind, of_it),) = cast("dict[str, Map]", said).items()
    return Channel((*keys, kind), kind, of_it)


def matchers(name: str, route: Map) -> tuple[Matcher, ...]:
    """What a route asks of an alert: what its `match` says, or else the severity that is its name."""
    if "match" not in route:
        return Matcher("severity", "=", name), ORIGINAL
    found = [
        each for text in listed(route, "match") if not isinstance(read := matcher.read(text), Fault) for each in read
    ]
    return tuple(dict.fromkeys(found))


def order(route: Map) -> int:
    """When a route is asked: the lower, the earlier."""
    return cast("int", route.get("order", _OF_A_MATCH if "match" in route else _OF_A_SEVERITY))


def listed(route: Map, key: str) -> list[str]:
    """What a key says that may say one text or several, each of them once."""
    return list(dict.fromkeys(texts(route, key)))


def texts(route: Map, key: str) -> list[str]:
    """The same as it is written, where places count."""
    said = route.get(key) or []
    return [said] if isinstance(said, str) else said  # type: ignore[return-value]


def escalations(value: Map) -> list[Map]:
    """The escalations of a unit, in their order."""
    return cast("list[Map]", notify(value).get("escalation") or [])


def escalation(said: Map) -> str:
    """The value of the label by which an escalation is known, such as `warning-30m`."""
    after = duration.lasts(cast("str", said["after"]))
    return f"{said['severity']}-{duration.text(after)}"


def pace(platform: Map) -> Mapping[str, str]:
    """How long groups wait and when the same is said again, where nothing else is said, in an environment."""
    said = cast("dict[str, str]", platform.get("alertmanager") or {})
    return {field: said.get(field, usual) for field, usual in _PACE.items()}


def retention(platform: Map) -> str:
    """How long the environment's Alertmanager remembers what it has told."""
    return cast("dict[str, str]", platform.get("alertmanager") or {}).get("retention", _RETENTION)


def platform_locale(platform: Map) -> str:
    """The locale of what the platform is told."""
    return cast("str", platform.get("locale", "en_GB"))
