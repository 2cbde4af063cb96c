"""From a parsed Alertmanager file to its tree, with the values that each route inherits."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, cast

from varve.language import matcher, regex
from varve.language.cache_key import ContentKey, IdentityKey, content_key
from varve.language.fault import Fault, quote
from varve.language.matcher import Matcher, Operator
from varve.language.time import timezone
from varve.link.routing.tree import Inhibition, Node, Tree
from varve.model.source import Map, Value
from varve.resolve.reference import plain

_BY_ALL: Final = "..."
_DEFAULT: Final = Node((), (), "", (), "30s", "5m", "4h", (), (), continues=False)
"""Alertmanager's defaults, which the root inherits."""
_ROUTING: Final = ("route", "inhibit_rules", "mute_time_intervals", "time_intervals")
"""The keys of a file on which routing depends."""


def read(file: Map) -> Tree | Fault:
    """The tree of a file that Alertmanager would load, written by varve or by hand, or the first fault in it.

    A fault is a matcher or regular expression that cannot be parsed, an interval that is not defined, or an unknown
    time zone, such as `Local`, which differs between machines.
    """
    faults: list[Fault] = []
    root = _node(_map(file.get("route")), _DEFAULT, (), faults)
    inhibitions = tuple(_inhibition(_map(each), faults) for each in _list(file.get("inhibit_rules")))
    intervals = dict(_intervals(file))
    faults += _unknown_zones(intervals)
    faults += _unknown_intervals(root, intervals)
    return faults[0] if faults else Tree(root, intervals, inhibitions)


def read_cached(file: Map) -> Tree | Fault:
    """The tree as from `read`, cached; the file must not be changed.

    A tenant's routing is the same in nearly all environments.
    """
    return _read_object(IdentityKey(file))


@lru_cache(maxsize=4)
def _read_object(file: IdentityKey[Map]) -> Tree | Fault:
    """The tree of this very object, which several callers read one after another."""
    return _read_equal(content_key({key: file.value[key] for key in _ROUTING if key in file.value}))


@lru_cache(maxsize=16)
def _read_equal(routing: ContentKey) -> Tree | Fault:
    return read(routing.value)


def read_own(file: Value) -> Tree:
    """The tree of a file that varve wrote, which must not be changed; a fault in it, varve's own, is a `ValueError`."""
    found = read_cached(_map(file))
    if isinstance(found, Fault):
        raise ValueError(found.message)  # noqa: TRY004 - the content of the file is wrong, not its type
    return found


def _node(route: Map, parent: Node, path: tuple[int, ...], faults: list[Fault]) -> Node:
    node = Node(
        path,
        _matchers(route, "", faults),
        plain(route.get("receiver")) or parent.receiver,
        _group_by(route, parent),
        plain(route.get("group_wait")) or parent.group_wait,
        plain(route.get("group_interval")) or parent.group_interval,
        plain(route.get("repeat_interval")) or parent.repeat_interval,
        _texts(route.get("active_time_intervals")),
        _texts(route.get("mute_time_intervals")),
        continues=route.get("continue") is True,
    )
    below = _list(route.get("routes"))
    if not below:
        return node
    nodes = (_node(_map(each), node, (*path, index), faults) for index, each in enumerate(below))
    return node._replace(nodes=tuple(nodes))


def _group_by(route: Map, parent: Node) -> tuple[str, ...] | None:
    if route.get("group_by") is None:
        return parent.group_by
    names = _texts(route["group_by"])
    return None if _BY_ALL in names else names


def _inhibition(rule: Map, faults: list[Fault]) -> Inhibition:
    source, target = (_matchers(rule, f"{side}_", faults) for side in ("source", "target"))
    return Inhibition(plain(rule.get("name")), source, target, _texts(rule.get("equal")))


def _matchers(settings: Map, side: str, faults: list[Fault]) -> tuple[Matcher, ...]:
    """The matchers of a route, or of one `side` of an inhibition; `match` and `match_re` are the older fields."""
    older = f"{side}match" in settings or f"{side}match_re" in settings
    found = list(_older_matchers(settings, side, faults)) if older else []
    for text in _texts(settings.get(f"{side}matchers")):
        parsed = matcher.read_fallback(text)
        if isinstance(parsed, Fault):
            faults.append(Fault(f"the matcher {quote(text)} cannot be parsed: {parsed.message}", parsed.offset))
        else:
            found += parsed
    return tuple(found)


def _older_matchers(settings: Map, side: str, faults: list[Fault]) -> Iterator[Matcher]:
    for field, op in (("match", "="), ("match_re", "=~")):
        for name, value in _map(settings.get(f"{side}{field}")).items():
            each = Matcher(name, cast("Operator", op), plain(value))
            wrong = regex.fault(each.value) if op == "=~" else None
            if wrong:
                faults.append(Fault(f"the regular expression {quote(each.value)} is refused: {wrong}"))
            else:
                yield each


def _intervals(file: Map) -> Iterator[tuple[str, tuple[Map, ...]]]:
    for field in ("mute_time_intervals", "time_intervals"):
        for each in map(_map, _list(file.get(field))):
            yield plain(each.get("name")), tuple(map(_map, _list(each.get("time_intervals"))))


def _unknown_zones(intervals: Mapping[str, tuple[Map, ...]]) -> Iterator[Fault]:
    for name, specs in intervals.items():
        for zone in (plain(spec.get("location")) or "UTC" for spec in specs):
            if not timezone.is_timezone(zone):
                yield Fault(f"the interval {quote(name)} is in the unknown time zone {quote(zone)}")


def _unknown_intervals(node: Node, intervals: Mapping[str, tuple[Map, ...]]) -> Iterator[Fault]:
    for name in (*node.active, *node.muted):
        if name not in intervals:
            yield Fault(f"there is no interval {quote(name)}")
    for each in node.nodes:
        yield from _unknown_intervals(each, intervals)


def _map(value: Value) -> Map:
    return value if isinstance(value, dict) else {}


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []


def _texts(value: Value) -> tuple[str, ...]:
    return tuple(map(plain, _list(value)))
