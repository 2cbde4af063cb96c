"""Who hears of each alert before and after, and where these stay the same, at which hours and how often."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from varve.inquire.difference.alert import Pair, Rule, names
from varve.inquire.difference.wording import cut
from varve.link.routing import Delivery, Tree, decide
from varve.link.routing.alerts import arrived
from varve.model.difference import Change, Met
from varve.model.unit import Environment


class Ways(NamedTuple):
    """The routes of a unit, None where it has no Alertmanager, and what every alert of it arrives with."""

    tree: Tree | None
    environment: Environment | None
    tenant: str


def routes(pairs: Iterable[Pair], before: Ways, after: Ways) -> Iterator[Met]:
    """Each alert of which others hear, or the same in another way; those that come and go among them."""
    pairs = [each for each in pairs if (one := each[1] or each[0]) and one.kind == "alert"]
    called = names(pairs)
    for (left, right), name in zip(pairs, called, strict=True):
        sides = _heard(left, before), _heard(right, after)
        if sides[0] == sides[1]:
            continue
        said = (None if own is None else cut(", ".join(_told(own, other or ()))) for own, other in (sides, sides[::-1]))
        one = right or left
        yield Met(Change("route", name, "", *said), one.group if one else "")


class _Heard(NamedTuple):
    """A receiver, and how it is told: at which hours, how soon, how often, and together with what."""

    receiver: str
    manner: tuple[tuple[str, str], ...]


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
