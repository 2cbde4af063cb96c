"""The routes and the receivers of a unit."""

from typing import cast

from varve.language import matcher
from varve.model.source import Map, Value
from varve.policy.subject.material import Material
from varve.policy.subject.subject import Subject
from varve.resolve import notify
from varve.resolve.notify import Channel


def routes(material: Material) -> list[Subject]:
    """Each route of the tenant, with its matchers and its receivers as lists.

    A route that is named after a severity matches that severity.
    """
    by_id = notify.maps(notify.notify(material.unit.value), "routes")
    return [Subject(_route(id_, route), ("notify", "routes", id_)) for id_, route in by_id.items()]


def _route(id_: str, route: Map) -> Map:
    matchers: list[Value] = [matcher.write(each) for each in notify.matchers(id_, route) if each != notify.ORIGINAL]
    names = cast("list[Value]", notify.listed(route, "receivers"))
    return {**route, "id": id_, "match": matchers, "receivers": names}


def receivers(material: Material) -> list[Subject]:
    """Each receiver of the tenant, with its channel; for a user, that person's own receiver or e-mail address."""
    by_id = notify.maps(notify.notify(material.unit.value), "receivers")
    channels = ((id_, channel(material.unit.value, id_)) for id_ in by_id)
    return [Subject({**each.settings, "id": id_, "type": each.kind}, each.keys) for id_, each in channels]


def channel(value: Map, receiver: str) -> Channel:
    """The channel of a receiver of a unit."""
    settings = notify.maps(notify.notify(value), "receivers")[receiver]
    if "user" not in settings:
        return notify.channel(("notify", "receivers", receiver), settings)
    user = cast("str", settings["user"])
    person = notify.maps(value, "users")[user]
    if "receiver" in person:
        return notify.channel(("users", user, "receiver"), cast("Map", person["receiver"]))
    return Channel(("users", user), "email", {"to": [person.get("email", "")]})
