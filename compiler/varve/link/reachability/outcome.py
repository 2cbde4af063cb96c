"""The routes that an alert may end at, for every combination of the labels that are only known at run time."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache, partial
from typing import Final, NamedTuple, TypeAlias

from varve.language.cache_key import IdentityKey
from varve.language.matcher import Matcher, disjoint, matches, negated
from varve.link.reachability.alert import Alert
from varve.link.routing import Node, Tree
from varve.link.routing.decision import branches

_MAX_COMBINATIONS: Final = 64

Ends: TypeAlias = tuple[Node, ...]
"""The routes that an alert ends at, in order."""

_PossibleEnds: TypeAlias = tuple[Ends, ...]
_Assignment: TypeAlias = Mapping[Matcher, bool]
_Key: TypeAlias = tuple[str | None, ...]


class Outcome(NamedTuple):
    """An alert, and the possible results of routing it, over all values of its open labels; empty if too many."""

    alert: Alert
    ends: tuple[Ends, ...]


def outcomes(tree: Tree, alerts: Iterable[Alert]) -> Iterator[Outcome]:
    """The outcome of each alert; those that no route distinguishes are routed only once."""
    walk = _walk(IdentityKey(tree))
    for alert in alerts:
        yield Outcome(alert, walk.route(_key(alert, walk.values)))


class _Walk(NamedTuple):
    """The labels that a tree's routes match, each with the values that they distinguish, and the cached routing."""

    values: Mapping[str, frozenset[str] | None]
    route: Callable[[_Key], _PossibleEnds]


@lru_cache(maxsize=16)
def _walk(tree: IdentityKey[Tree]) -> _Walk:
    """The walk through a tree, with its cached results; units with equal routing share it."""
    matchers = frozenset(_matchers(tree.value.root))
    names = sorted({each.name for each in matchers})
    return _Walk({name: _values(name, matchers) for name in names}, cache(partial(_route, tree.value, names, matchers)))


def _matchers(node: Node) -> Iterator[Matcher]:
    yield from node.matchers
    for each in node.nodes:
        yield from _matchers(each)


def _values(name: str, matchers: Iterable[Matcher]) -> frozenset[str] | None:
    """The values of a label that routes distinguish; None if a regular expression may distinguish any."""
    own = [each for each in matchers if each.name == name]
    return None if any("~" in each.op for each in own) else frozenset(each.value for each in own)


def _key(alert: Alert, values: Mapping[str, frozenset[str] | None]) -> _Key:
    """The labels as routes distinguish them: None for an open one, one placeholder for all values that match alike."""
    return tuple(
        [
            None if name in alert.open else value if distinguished is None or value in distinguished else "\0"
            for name, distinguished in values.items()
            for value in (alert.labels.get(name, ""),)
        ]
    )


def _route(tree: Tree, names: Iterable[str], matchers: Iterable[Matcher], key: _Key) -> _PossibleEnds:
    labels = dict(zip(names, key, strict=True))
    known = {name: value for name, value in labels.items() if value is not None}
    if len(known) == len(labels):
        return (_ends(tree, known, {}),)
    uncertain = tuple(sorted(each for each in matchers if each.name not in known))
    return tuple(dict.fromkeys(_ends(tree, known, each) for each in _assignments(uncertain)))


def _ends(tree: Tree, labels: Mapping[str, str], assignment: _Assignment) -> Ends:
    found = branches(tree.root, lambda node: all(_holds(each, labels, assignment) for each in node.matchers))
    return tuple(branch[-1] for branch in found)


def _holds(matcher: Matcher, labels: Mapping[str, str], assignment: _Assignment) -> bool:
    return assignment[matcher] if matcher in assignment else matches((matcher,), labels)


@lru_cache(maxsize=64)
def _assignments(uncertain: tuple[Matcher, ...]) -> tuple[_Assignment, ...]:
    """Every combination in which matchers of open labels can hold or not hold together; empty if there are too many."""
    found: list[tuple[Matcher, ...]] = [()]
    for each in uncertain:
        both = [(*one, as_it_is) for one in found for as_it_is in (each, negated(each))]
        found = [one for one in both if not disjoint(one, ())]
        if len(found) > _MAX_COMBINATIONS:
            return ()
    return tuple(
        dict(zip(uncertain, (one == each for one, each in zip(combination, uncertain, strict=True)), strict=True))
        for combination in found
    )
