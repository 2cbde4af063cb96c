"""Who hears of each alert before and after, and where these stay the same, at which hours and how often."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from varve.inquire.difference.alert import names
from varve.inquire.difference.pairing import Pair
from varve.inquire.difference.renaming import KNOWN, Names, Renamed, respelt
from varve.inquire.difference.rule import Rule
from varve.inquire.difference.wording import cut
from varve.link.routing import Delivery, Tree, decide
from varve.link.routing.alerts import arrived
from varve.model.difference import THERE, Change, Met
from varve.model.source import Map, Value
from varve.model.unit import Environment
from varve.resolve import notify

_MANNER: Final = frozenset({"blocks", "resolved", "update"})
"""What a channel says beside whom it reaches."""


class Ways(NamedTuple):
    """The routes of a unit, None where it has no Alertmanager, and what every alert of it arrives with.

    `reached` tells by their names how its receivers are.
    """

    tree: Tree | None
    environment: Environment | None
    tenant: str
    reached: Mapping[str, Value] = {}


class _Heard(NamedTuple):
    """A receiver, and how it is told: at which hours, how soon, how often, and together with what."""

    receiver: str
    manner: tuple[tuple[str, str], ...]


def routes(pairs: Iterable[Pair], before: Ways, after: Ways, called: Names = KNOWN) -> Iterator[Met]:
    """Each alert of which others hear, or the same in another way; those that come and go among them.

    Where a receiver that hears of it is reached in another way, that is the part which differs. What is `called`
    otherwise now, a receiver or hours, is the same.
    """
    pairs = [each for each in pairs if (one := each[1] or each[0]) and one.kind == "alert"]
    moved = _moved(before, after, called.receivers)
    for (left, right), name in zip(pairs, names(pairs), strict=True):
        sides = _heard(left, before), _heard(right, after)
        where = right or left
        group = where.group if where else ""
        then = _spelt(sides[0], called)
        if then != sides[1]:
            both = sides, sides[::-1]
            said = (None if own is None else cut(", ".join(_told(own, other or ()))) for own, other in both)
            yield Met(Change("route", name, "", *said), group)
        hear = [{each.receiver for each in own or ()} for own in (then, sides[1])]
        yield from (Met(Change("route", name, each, THERE, THERE), group) for each in sorted(hear[0] & hear[1] & moved))


def reached(value: Map, environment: Environment, tenant: str) -> Mapping[str, Value]:
    """How each receiver of a unit, and the platform's own, is reached, by the name that it has in Alertmanager."""
    people = notify.maps(value, "users")
    found: dict[str, Value] = {notify.PLATFORM: environment.platform.get("receiver")}
    for name, said in notify.maps(notify.notify(value), "receivers").items():
        person = people.get(str(said.get("user")))
        found[f"{tenant}/{name}"] = person.get("receiver", person.get("email")) if person else said
    return {name: _address(each) for name, each in found.items()}


def _address(said: Value) -> Value:
    """What of a channel says whom it reaches."""
    if not isinstance(said, dict):
        return said
    return {key: _address(each) for key, each in said.items() if key not in _MANNER}


def _moved(before: Ways, after: Ways, called: Renamed) -> frozenset[str]:
    """The receivers that are there on both sides, and are reached in another way."""
    then = {called.get(name, name): value for name, value in before.reached.items()}
    return frozenset(name for name, value in after.reached.items() if name in then and then[name] != value)


def _spelt(heard: tuple[_Heard, ...] | None, called: Names) -> tuple[_Heard, ...] | None:
    """The same, by what everything is called now."""
    if heard is None:
        return None
    # Receivers and hours may have the same names.
    who, when = respelt(called.receivers), respelt(called.hours)
    return tuple(sorted(_Heard(who(own), tuple((key, when(text)) for key, text in how)) for own, how in heard))


def _heard(rule: Rule | None, ways: Ways) -> tuple[_Heard, ...] | None:
    if rule is None or ways.tree is None or ways.environment is None:
        return None
    # Only Prometheus knows what a template gives.
    labels = {name: value for name, value in rule.labels.items() if "{{" not in value}
    held = arrived({**labels, "alertname": rule.name}, ways.environment, ways.tenant)
    found = (_Heard(each.receiver, _manner(each)) for each in decide(ways.tree, held).deliveries)
    return tuple(sorted(set(found)))


def _manner(each: Delivery) -> tuple[tuple[str, str], ...]:
    node = each.node
    hours = [*(f"only in {name}" for name in node.active), *(f"not in {name}" for name in node.muted)]
    group = "each by itself" if node.group_by is None else f"together by {', '.join(node.group_by) or 'nothing'}"
    return (
        ("hours", " and ".join(hours) or "at any time"),
        ("wait", f"after {node.group_wait}"),
        ("news", f"news after {node.group_interval}"),
        ("again", f"again after {node.repeat_interval}"),
        ("group", group),
    )


def _told(own: tuple[_Heard, ...], other: tuple[_Heard, ...]) -> Iterator[str]:
    """Each receiver, with how it is told where the other side tells it in another way."""
    there = {each.receiver: dict(each.manner) for each in other}
    for each in own:
        then = there.get(each.receiver)
        differing = [text for key, text in each.manner if then is not None and then[key] != text]
        yield f"{each.receiver} ({', '.join(differing)})" if differing else each.receiver
