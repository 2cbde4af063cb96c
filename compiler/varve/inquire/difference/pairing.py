"""Pairing: the rules of both sides of a change, each with the rule that it was or becomes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, TypeAlias

from varve.inquire.difference.renaming import KNOWN, Names, Renamed, neutral
from varve.inquire.difference.rule import SILENCE, Rule, flat

if TYPE_CHECKING:
    from varve.model.difference import Kind

Pair: TypeAlias = tuple[Rule | None, Rule | None]
"""A rule before and after; None if it was added or removed."""

_SERVICE: Final = "service"


def paired(before: Iterable[Rule], after: Iterable[Rule], known: Names = KNOWN) -> list[Pair]:
    """The rules of both sides in pairs, in their order.

    Rules are paired by group and name, after the `known` renames; several of one name by their labels, and then by
    their order. A removed rule is paired with an added one of the same content as renamed or moved to another group.
    """
    sides: dict[tuple[Kind, str, str], tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for each in before:
        group = now(each.group, known.services)
        sides[each.kind, group, known.rule(each.kind, group, each.name)][0].append(each)
    for each in after:
        sides[each.kind, each.group, each.name][1].append(each)
    found = (pair for left, right in sides.values() for pair in _paired(left, right, known.services))
    return _found_again(list(found), known.services)


def now(group: str, services: Renamed) -> str:
    """The name of a group after renames of services; a group of a vendor's file is not named after a service."""
    service, slash, rest = group.partition("/")
    return group if "/" in rest else f"{services.get(service, service)}{slash}{rest}"


def _paired(left: list[Rule], right: list[Rule], services: Renamed) -> Iterator[Pair]:
    if len(left) == len(right) == 1:
        yield left[0], right[0]
        return
    others = list(right)
    alone: list[Rule] = []
    for each in left:
        labels = {key: services.get(text, text) if key == _SERVICE else text for key, text in each.labels.items()}
        same = next((one for one in others if one.labels == labels), None)
        if same:
            others.remove(same)
            yield each, same
        else:
            alone.append(each)
    for place in range(max(len(alone), len(others))):
        yield alone[place] if place < len(alone) else None, others[place] if place < len(others) else None


def _found_again(pairs: list[Pair], services: Renamed) -> list[Pair]:
    """The pairs, in which removed rules are paired with added ones of the same content, renamed or moved."""
    gone: dict[tuple[str, ...], list[Rule]] = defaultdict(list)
    for before in (before for before, after in pairs if before and not after):
        for sign in _signs(before, now(before.group, services), services):
            gone[sign].append(before)
    becomes: dict[int, Rule] = {}
    for after in (after for before, after in pairs if after and not before) if gone else ():
        alike = (each for sign in _signs(after, after.group, services) for each in gone.get(sign, ()))
        found = next((each for each in alike if id(each) not in becomes), None)
        if found:
            becomes[id(found)] = after
    was = {id(becomes[id(before)]): before for before, _ in pairs if id(before) in becomes}
    return [(was.get(id(after), before), after) for before, after in pairs if after or id(before) not in becomes]


def _signs(rule: Rule, group: str, services: Renamed) -> Iterator[tuple[str, ...]]:
    """The keys by which a renamed rule, or one in another group, is found again."""
    plain = neutral((rule.name, *services, *services.values()))
    fields = repr(sorted((key, plain(text)) for key, text in flat(rule.fields).items() if key != SILENCE))
    yield rule.kind, "group", group, fields
    yield rule.kind, "name", rule.name, fields
