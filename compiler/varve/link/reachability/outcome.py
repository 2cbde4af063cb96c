"""Where an alert may end: at which routes, in every way in which what is only known at run time may turn out."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache, partial
from typing import Final, NamedTuple, TypeAlias

from varve.language.matcher import Matcher, disjoint, matches, negated
from varve.language.same import Same
from varve.link.reachability.alert import Alert
from varve.link.routing import Node, Tree
from varve.link.routing.decision import ways

_MOST: Final = 64

Ends: TypeAlias = tuple[Node, ...]
"""The routes that an alert ends at, in their order."""

_Worlds: TypeAlias = tuple[Ends, ...]
_Truth: TypeAlias = Mapping[Matcher, bool]
_Seen: TypeAlias = tuple[str | None, ...]


class Outcome(NamedTuple):
    """An alert, and the ends of each way in which its open labels may turn out; none where these are too many."""

    alert: Alert
    ends: tuple[Ends, ...]


def outcomes(tree: Tree, alerts: Iterable[Alert]) -> Iterator[Outcome]:
    """What becomes of each alert; those that no route tells apart are looked at once."""
    walk = _walk(Same(tree))
    for alert in alerts:
        yield Outcome(alert, walk.worlds(_seen(alert, walk.values)))


class _Walk(NamedTuple):
    """The labels that the routes of a tree ask for, each with the values that they tell apart, and where these end."""

    values: Mapping[str, frozenset[str] | None]
    worlds: Callable[[_Seen], _Worlds]


@lru_cache(maxsize=16)
def _walk(tree: Same[Tree]) -> _Walk:
    """The walk through a tree, which units share that say the same of routing, with all that was found on the way."""
    asked = frozenset(_asked(tree.value.root))
    names = sorted({each.name for each in asked})
    return _Walk({name: _values(name, asked) for name in names}, cache(partial(_worlds, tree.value, names, asked)))


def _asked(node: Node) -> Iterator[Matcher]:
    yield from node.matchers
    for each in node.nodes:
        yield from _asked(each)


def _values(name: str, asked: Iterable[Matcher]) -> frozenset[str] | None:
    """The values of a label that routes tell apart; None where a regular expression may tell any apart."""
    own = [each for each in asked if each.name == name]
    return None if any("~" in each.op for each in own) else frozenset(each.value for each in own)


def _seen(alert: Alert, values: Mapping[str, frozenset[str] | None]) -> _Seen:
    """Labels as routes see them: None where one is open, and one text for all values that they do not tell apart."""
    return tuple(
        [
            None if name in alert.open else value if told is None or value in told else "\0"
            for name, told in values.items()
            for value in (alert.labels.get(name, ""),)
        ]
    )


def _worlds(tree: Tree, names: Iterable[str], asked: Iterable[Matcher], seen: _Seen) -> _Worlds:
    labels = dict(zip(names, seen, strict=True))
    known = {name: value for name, value in labels.items() if value is not None}
    if len(known) == len(labels):
        return (_ends(tree, known, {}),)
    unsure = tuple(sorted(each for each in asked if each.name not in known))
    return tuple(dict.fromkeys(_ends(tree, known, each) for each in _truths(unsure)))


def _ends(tree: Tree, labels: Mapping[str, str], truth: _Truth) -> Ends:
    found = ways(tree.root, lambda node: all(_holds(each, labels, truth) for each in node.matchers))
    return tuple(way[-1] for way in found)


def _holds(matcher: Matcher, labels: Mapping[str, str], truth: _Truth) -> bool:
    return truth[matcher] if matcher in truth else matches((matcher,), labels)


@lru_cache(maxsize=64)
def _truths(unsure: tuple[Matcher, ...]) -> tuple[_Truth, ...]:
    """Every way in which matchers of open labels can hold and not hold together; none where there are too many."""
    found: list[tuple[Matcher, ...]] = [()]
    for each in unsure:
        both = [(*one, as_it_is) for one in found for as_it_is in (each, negated(each))]
        found = [one for one in both if not disjoint(one, ())]
        if len(found) > _MOST:
            return ()
    return tuple(
        dict(zip(unsure, (one == each for one, each in zip(way, unsure, strict=True)), strict=True)) for way in found
    )
