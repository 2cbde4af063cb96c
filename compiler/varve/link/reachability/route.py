"""Checks that alerts reach every route: none is hidden behind others, and none matches what the unit does not have."""

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from math import prod
from typing import Final, NamedTuple

from varve.language.matcher import Matcher, admitted, disjoint, negated
from varve.language.name import listed, nearest
from varve.link.reachability.reach import Reach
from varve.link.routing import Node
from varve.model.diagnostic import Note, Rule, Severity
from varve.model.source import Keys
from varve.resolve import notify

HIDDEN_ROUTE = Rule(
    "link/hidden-route",
    "Route is never reached",
    "An alert goes to the first route that matches it, and to later ones only if that one sets `continue`. Whatever "
    "labels an alert has, the routes before this one take it. Give this one a lower `order`, let the others "
    "continue, or remove it.",
    Severity.WARNING,
)
IDLE_ROUTE = Rule(
    "link/idle-route",
    "Route matches something that the unit does not have",
    "The route matches the name of an alert, a service or a severity that no alert of the unit has today, so nothing "
    "reaches it. That may be intended, if a service has alerts in other environments only, or is planned.",
    Severity.NOTE,
)

_MAX_COMBINATIONS: Final = 256
_ANY_ALERT: Final = Matcher("alertname", "!=", "")
_LABEL_WORDS: Final = {"alertname": "name", "service": "service", "severity": "severity"}


class Filter(NamedTuple):
    """What of a route decides which alerts reach the routes after it."""

    matchers: tuple[Matcher, ...]
    continues: bool


def check(reach: Reach) -> None:
    """Report each route that others hide, and each that matches a value that no alert of the unit has."""
    hidden = _hidden(reach)
    for keys, before in hidden.items():
        _report_hidden(reach, keys, before, hidden.keys())
    if not reach.outcomes or not all(each.ends for each in reach.outcomes):
        return
    reached = {end.path for each in reach.outcomes for ends in each.ends for end in ends}
    for keys, leaves in reach.routes.items():
        if keys[1] == "routes" and keys not in hidden and leaves[0].path not in reached:
            _check_idle(reach, leaves[0], keys)


def _hidden(reach: Reach) -> dict[Keys, list[Keys]]:
    """The routes that nothing can reach, each with the earlier routes that take some of its alerts."""
    filters = tuple(Filter(leaves[0].matchers, leaves[-1].continues) for leaves in reach.routes.values())
    keys = list(reach.routes)
    found = {keys[index]: [keys[each] for each in before] for index, before in hidden_routes(filters)}
    return {each: before for each, before in found.items() if each[1] == "routes"}


@lru_cache(maxsize=256)
def hidden_routes(filters: tuple[Filter, ...]) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """The positions of routes that no labels can reach, each with those of earlier routes that take what it matches."""
    found = []
    for index, filter_ in enumerate(filters):
        matchers = (*filter_.matchers, _ANY_ALERT)
        before = [each for each in range(index) if not filters[each].continues]
        taking = tuple(each for each in before if not disjoint(matchers, filters[each].matchers))
        if taking and not _may_pass(matchers, [filters[each].matchers for each in taking]):
            found.append((index, taking))
    return tuple(found)


def _may_pass(matchers: tuple[Matcher, ...], taking: Sequence[tuple[Matcher, ...]]) -> bool:
    """Whether labels may be matched by all of `matchers` and by no list in `taking`; True if trying takes too long."""
    if disjoint(matchers, ()):
        return False
    if not taking or prod(map(len, taking)) > _MAX_COMBINATIONS:
        return True
    return any(_may_pass((*matchers, negated(each)), taking[1:]) for each in taking[0])


def _report_hidden(reach: Reach, keys: Keys, before: list[Keys], hidden: Collection[Keys]) -> None:
    names = listed(str(each[-1]) for each in before)
    message = f"nothing reaches `{keys[-1]}`: {names} {'takes' if len(before) == 1 else 'take'} everything first"
    notes = [Note("this route comes first", reach.place(each)) for each in before]
    unused = [
        Note(f"`{each}` receives nothing else", reach.place(("notify", "receivers", each)))
        for each in _unused_receivers(reach, keys, hidden)
    ]
    hint = "give it a lower `order`, let the other `continue`, or remove it"
    reach.report.add(HIDDEN_ROUTE, message, reach.place(keys), *notes, *unused, hint=hint)


def _unused_receivers(reach: Reach, keys: Keys, hidden: Collection[Keys]) -> Iterator[str]:
    """The receivers of a hidden route that no other route leads to."""
    used = {leaf.receiver for each, leaves in reach.routes.items() if each not in hidden for leaf in leaves}
    for leaf in reach.routes[keys]:
        if leaf.receiver not in used:
            yield leaf.receiver.partition("/")[2]


def _check_idle(reach: Reach, leaf: Node, keys: Keys) -> None:
    for each in leaf.matchers:
        values = [value for value in admitted(each) or () if value] if each.name in _LABEL_WORDS else []
        possible = _possible_values(reach, each.name) if values else set()
        if possible and possible.isdisjoint(values):
            similar = nearest(values[0], possible)
            hint = f"did you mean `{similar}`?" if similar else "keep it if this is planned, or remove it"
            message = (
                f"no alert has the {_LABEL_WORDS[each.name]} {listed(values, 'or')}, so nothing reaches `{keys[-1]}`"
            )
            if not (similar and each.name == "service"):  # the check of the unit reports a mistyped service
                reach.report.add(IDLE_ROUTE, message, reach.place(keys), hint=hint)
            return


def _possible_values(reach: Reach, label: str) -> set[str]:
    """The values that a label of the unit's alerts may have; none if they are not known."""
    escalations = {leaf.path for keys, leaves in reach.routes.items() if keys[1] == "escalation" for leaf in leaves}
    # What only escalations take never comes to a route, and has labels of a series: any, as far as is known.
    alerts = [each.alert for each in reach.outcomes if {end.path for ends in each.ends for end in ends} - escalations]
    if any(each.may_vary(label) for each in alerts):
        return set()
    usual = {"severity": notify.SEVERITIES, "service": tuple(notify.maps(reach.unit.value, "services"))}
    return {each.labels.get(label, "") for each in alerts}.union(usual.get(label, ()))
