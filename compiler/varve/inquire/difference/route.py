"""Who is notified of each alert before and after a change; if unchanged, at which hours and how often."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from varve.inquire.difference.alert import names
from varve.inquire.difference.pairing import Pair
from varve.inquire.difference.renaming import KNOWN, Names, Renamed, respelt
from varve.inquire.difference.rule import Rule
from varve.inquire.difference.wording import cut
from varve.link.routing import Delivery, Tree, decide
from varve.link.routing.alerts import received_labels
from varve.model.difference import PRESENT, Change, Occurrence
from varve.model.source import Map, Value
from varve.model.unit import Environment
from varve.resolve import notify

_MANNER: Final = frozenset({"blocks", "resolved", "update"})
"""Fields of a channel that do not determine whom it reaches."""


class Ways(NamedTuple):
    """The routes of a unit, None without an Alertmanager, and its environment and tenant, which add labels to alerts.

    `reached` has the channel of each receiver by its name.
    """

    tree: Tree | None
    environment: Environment | None
    tenant: str
    reached: Mapping[str, Value] = {}


class _Heard(NamedTuple):
    """A receiver, and how it is notified: at which hours, how soon, how often, and grouped by what."""

    receiver: str
    manner: tuple[tuple[str, str], ...]


def routes(pairs: Iterable[Pair], before: Ways, after: Ways, called: Names = KNOWN) -> Iterator[Occurrence]:
    """Each alert, added and removed ones included, whose receivers differ or are notified differently.

    For a receiver of an alert whose own channel differs, the part is the receiver. A receiver or hours that are only
    renamed, as `called` says, do not differ.
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
            yield Occurrence(Change("route", name, "", *said), group)
        hear = [{each.receiver for each in own or ()} for own in (then, sides[1])]
        yield from (
            Occurrence(Change("route", name, each, PRESENT, PRESENT), group)
            for each in sorted(hear[0] & hear[1] & moved)
        )


def reached(value: Map, environment: Environment, tenant: str) -> Mapping[str, Value]:
    """The channel of each receiver of a unit, and of the platform's own, by the name in Alertmanager."""
    people = notify.maps(value, "users")
    found: dict[str, Value] = {notify.PLATFORM: environment.platform.get("receiver")}
    for name, said in notify.maps(notify.notify(value), "receivers").items():
        person = people.get(str(said.get("user")))
        found[f"{tenant}/{name}"] = person.get("receiver", person.get("email")) if person else said
    return {name: _address(each) for name, each in found.items()}


def _address(said: Value) -> Value:
    """The fields of a channel that determine whom it reaches."""
    if not isinstance(said, dict):
        return said
    return {key: _address(each) for key, each in said.items() if key not in _MANNER}


def _moved(before: Ways, after: Ways, called: Renamed) -> frozenset[str]:
    """The receivers that exist on both sides with different channels."""
    then = {called.get(name, name): value for name, value in before.reached.items()}
    return frozenset(name for name, value in after.reached.items() if name in then and then[name] != value)


def _spelt(heard: tuple[_Heard, ...] | None, called: Names) -> tuple[_Heard, ...] | None:
    """The same, with new names."""
    if heard is None:
        return None
    # Receivers and hours may have the same names.
    who, when = respelt(called.receivers), respelt(called.hours)
    return tuple(sorted(_Heard(who(own), tuple((key, when(text)) for key, text in how)) for own, how in heard))


def _heard(rule: Rule | None, ways: Ways) -> tuple[_Heard, ...] | None:
    if rule is None or ways.tree is None or ways.environment is None:
        return None
    # The result of a template is known only to Prometheus.
    labels = {name: value for name, value in rule.labels.items() if "{{" not in value}
    held = received_labels({**labels, "alertname": rule.name}, ways.environment, ways.tenant)
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
    """Each receiver, with how it is notified if the other side notifies it differently."""
    there = {each.receiver: dict(each.manner) for each in other}
    for each in own:
        then = there.get(each.receiver)
        differing = [text for key, text in each.manner if then is not None and then[key] != text]
        yield f"{each.receiver} ({', '.join(differing)})" if differing else each.receiver
