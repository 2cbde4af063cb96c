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

_PRESENTATION: Final = frozenset({"blocks", "resolved", "update"})
"""Fields of a channel that do not determine whom it reaches."""


class Ways(NamedTuple):
    """The routes of a unit, None without an Alertmanager, and its environment and tenant, which add labels to alerts.

    `reached` has the channel of each receiver by its name.
    """

    tree: Tree | None
    environment: Environment | None
    tenant: str
    reached: Mapping[str, Value] = {}


class _Recipient(NamedTuple):
    """A receiver, and how it is notified: at which hours, how soon, how often, and grouped by what."""

    receiver: str
    settings: tuple[tuple[str, str], ...]


def routes(pairs: Iterable[Pair], before: Ways, after: Ways, renames: Names = KNOWN) -> Iterator[Occurrence]:
    """Each alert, added and removed ones included, whose receivers differ or are notified differently.

    For a receiver of an alert whose own channel differs, the part is the receiver. A receiver or hours that are only
    renamed, as `renames` says, do not differ.
    """
    pairs = [each for each in pairs if (one := each[1] or each[0]) and one.kind == "alert"]
    moved = _moved(before, after, renames.receivers)
    for (left, right), name in zip(pairs, names(pairs), strict=True):
        sides = _recipients(left, before), _recipients(right, after)
        where = right or left
        group = where.group if where else ""
        then = _spelt(sides[0], renames)
        if then != sides[1]:
            both = sides, sides[::-1]
            texts = (None if own is None else cut(", ".join(_described(own, other or ()))) for own, other in both)
            yield Occurrence(Change("route", name, "", *texts), group)
        receivers = [{each.receiver for each in own or ()} for own in (then, sides[1])]
        yield from (
            Occurrence(Change("route", name, each, PRESENT, PRESENT), group)
            for each in sorted(receivers[0] & receivers[1] & moved)
        )


def reached(value: Map, environment: Environment, tenant: str) -> Mapping[str, Value]:
    """The channel of each receiver of a unit, and of the platform's own, by the name in Alertmanager."""
    people = notify.maps(value, "users")
    found: dict[str, Value] = {notify.PLATFORM: environment.platform.get("receiver")}
    for name, receiver in notify.maps(notify.notify(value), "receivers").items():
        person = people.get(str(receiver.get("user")))
        found[f"{tenant}/{name}"] = person.get("receiver", person.get("email")) if person else receiver
    return {name: _address(each) for name, each in found.items()}


def _address(channel: Value) -> Value:
    """The fields of a channel that determine whom it reaches."""
    if not isinstance(channel, dict):
        return channel
    return {key: _address(each) for key, each in channel.items() if key not in _PRESENTATION}


def _moved(before: Ways, after: Ways, renames: Renamed) -> frozenset[str]:
    """The receivers that exist on both sides with different channels."""
    then = {renames.get(name, name): value for name, value in before.reached.items()}
    return frozenset(name for name, value in after.reached.items() if name in then and then[name] != value)


def _spelt(recipients: tuple[_Recipient, ...] | None, renames: Names) -> tuple[_Recipient, ...] | None:
    """The same, with new names."""
    if recipients is None:
        return None
    # Receivers and hours may have the same names.
    who, when = respelt(renames.receivers), respelt(renames.hours)
    return tuple(sorted(_Recipient(who(own), tuple((key, when(text)) for key, text in how)) for own, how in recipients))


def _recipients(rule: Rule | None, ways: Ways) -> tuple[_Recipient, ...] | None:
    if rule is None or ways.tree is None or ways.environment is None:
        return None
    # The result of a template is known only to Prometheus.
    labels = {name: value for name, value in rule.labels.items() if "{{" not in value}
    held = received_labels({**labels, "alertname": rule.name}, ways.environment, ways.tenant)
    found = (_Recipient(each.receiver, _settings(each)) for each in decide(ways.tree, held).deliveries)
    return tuple(sorted(set(found)))


def _settings(each: Delivery) -> tuple[tuple[str, str], ...]:
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


def _described(own: tuple[_Recipient, ...], other: tuple[_Recipient, ...]) -> Iterator[str]:
    """Each receiver, with how it is notified if the other side notifies it differently."""
    there = {each.receiver: dict(each.settings) for each in other}
    for each in own:
        then = there.get(each.receiver)
        differing = [text for key, text in each.settings if then is not None and then[key] != text]
        yield f"{each.receiver} ({', '.join(differing)})" if differing else each.receiver
