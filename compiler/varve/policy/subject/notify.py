"""The routes and the receivers of a unit: whom it tells, of what, and by which channels."""

from typing import cast

from varve.language import matcher
from varve.model.source import Map, Value
from varve.policy.subject.material import Material
from varve.policy.subject.subject import Subject
from varve.resolve import notify
from varve.resolve.notify import Channel


def routes(material: Material) -> list[Subject]:
    """Each route of the tenant's, with what it asks for as a list of matchers, and its receivers as a list.

    A route that is named after a severity asks for that one.
    """
    said = notify.maps(notify.notify(material.unit.value), "routes")
    return [Subject(_route(id_, route), ("notify", "routes", id_)) for id_, route in said.items()]


def _route(id_: str, said: Map) -> Map:
    asked: list[Value] = [matcher.write(each) for each in notify.matchers(id_, said) if each != notify.ORIGINAL]
    told = cast("list[Value]", notify.listed(said, "receivers"))
    return {**said, "id": id_, "match": asked, "receivers": told}


def receivers(material: Material) -> list[Subject]:
    """Each receiver of the tenant's, by the channel that it is told by: a user's own, or that person's e-mail."""
    said = notify.maps(notify.notify(material.unit.value), "receivers")
    found = ((id_, channel(material.unit.value, id_)) for id_ in said)
    return [Subject({**each.said, "id": id_, "type": each.kind}, each.keys) for id_, each in found]


def channel(value: Map, receiver: str) -> Channel:
    """The channel of a receiver of a unit, where the unit says it."""
    said = notify.maps(notify.notify(value), "receivers")[receiver]
    if "user" not in said:
        return notify.channel(("notify", "receivers", receiver), said)
    user = cast("str", said["user"])
    person = notify.maps(value, "users")[user]
    if "receiver" in person:
        return notify.channel(("users", user, "receiver"), cast("Map", person["receiver"]))
    return Channel(("users", user), "email", {"to": [person.get("email", "")]})
