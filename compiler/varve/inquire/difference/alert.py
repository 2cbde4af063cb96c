"""Which alerts and recordings differ between two sides of a unit's rules, and in what."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias, cast

from varve.inquire.difference.wording import apart, cut, worded
from varve.model.difference import THERE, Change, Kind, Met
from varve.model.source import Map, Value

Pair: TypeAlias = "tuple[Rule | None, Rule | None]"
"""A rule before and after; None where there is none."""

_OF_GROUP: Final = ("interval", "limit", "query_offset")
_WHOLE: Final = 24
"""So many characters of both sides are said whole, where more are cut to what differs."""
_MUCH: Final = 80
"""Nobody reads what differs in a text for people if it is longer."""


class Rule(NamedTuple):
    """A rule of a group: what it says, beside what its group says of all of its rules."""

    kind: Kind
    group: str
    name: str
    said: Map

    @property
    def labels(self) -> dict[str, str]:
        """Its labels as texts."""
        return {key: str(value) for key, value in _map(self.said.get("labels")).items()}


def rules(files: Iterable[Value], tenant: str) -> Iterator[Rule]:
    """All rules of parsed rule files of a tenant, in their order; groups are called as they are within it."""
    for file in files:
        for group in _maps(file, "groups"):
            name = str(group.get("name", "")).removeprefix(f"{tenant}/")
            shared: Map = {key: group[key] for key in _OF_GROUP if key in group}
            for each in _maps(group, "rules"):
                yield _rule(name, shared, _map(group.get("labels")), each)


def _rule(group: str, shared: Map, labels: Map, said: Map) -> Rule:
    kind: Kind = "alert" if "alert" in said else "recording"
    own = {key: value for key, value in said.items() if key not in ("alert", "record", "labels")}
    whole: Map = {**shared, **own, "labels": {**labels, **_map(said.get("labels"))}}
    return Rule(kind, group, str(said.get("alert") or said.get("record")), whole)


def paired(before: Iterable[Rule], after: Iterable[Rule]) -> list[Pair]:
    """The rules of both sides, each beside that which it was or becomes, in the order in which they stand.

    They are the same where group and name are, and of several of one name where the labels are; what is left after
    that is taken in its order.
    """
    sides: dict[tuple[Kind, str, str], tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for side, those in enumerate((before, after)):
        for each in those:
            sides[each.kind, each.group, each.name][side].append(each)
    return [pair for left, right in sides.values() for pair in _paired(left, right)]


def _paired(left: list[Rule], right: list[Rule]) -> Iterator[Pair]:
    if len(left) == len(right) == 1:
        yield left[0], right[0]
        return
    others = list(right)
    alone: list[Rule] = []
    for each in left:
        same = next((one for one in others if one.labels == each.labels), None)
        if same:
            others.remove(same)
            yield each, same
        else:
            alone.append(each)
    for place in range(max(len(alone), len(others))):
        yield alone[place] if place < len(alone) else None, others[place] if place < len(others) else None


def alerts(pairs: Iterable[Pair], *, brief: bool = False) -> Iterator[Met]:
    """Each rule that comes or goes, with what it says unless it is to be brief; of one that changes each field."""
    pairs = list(pairs)
    called = names(pairs)
    for pair, name in zip(pairs, called, strict=True):
        before, after = pair
        one = after or before
        if one is None or (before and after and before.said == after.said):
            continue
        if before and after:
            fields = _fields(before.said, after.said)
            yield from (Met(Change(one.kind, name, part, *sides), one.group) for part, sides in fields)
        else:
            sides = (None if each is None else THERE if brief else _summed(each) for each in pair)
            yield Met(Change(one.kind, name, "", *sides), one.group)


def names(pairs: Iterable[Pair]) -> list[str]:
    """What each rule is called: its name, and of several of that name in a group the labels by which they differ."""
    ones = [cast("Rule", after or before) for before, after in pairs]
    alike: dict[tuple[str, str], list[Rule]] = defaultdict(list)
    for each in ones:
        alike[each.group, each.name].append(each)
    return [_called(each, alike[each.group, each.name]) for each in ones]


def _called(rule: Rule, alike: list[Rule]) -> str:
    if len(alike) == 1:
        return rule.name
    keys = sorted({key for each in alike for key in each.labels})
    apart_by = [key for key in keys if len({each.labels.get(key) for each in alike}) > 1]
    # One label is enough where it tells all of them apart, and the shortest is the best.
    alone = [key for key in apart_by if len({each.labels.get(key) for each in alike}) == len(alike)]
    shown = [min(alone, key=lambda key: len(rule.labels.get(key, "")))] if alone else apart_by
    said = ", ".join(f"{key}={rule.labels[key]}" for key in shown if key in rule.labels)
    return f"{rule.name} ({said})" if said else rule.name


def _summed(rule: Rule) -> str:
    """A rule in a few words: its expression, and how long that has to hold."""
    held = f" for {rule.said['for']}" if "for" in rule.said else ""
    return cut(" ".join(worded(rule.said.get("expr")).split())) + held


def _fields(before: Map, after: Map) -> Iterator[tuple[str, tuple[str | None, str | None]]]:
    flat = _flat(before), _flat(after)
    relabelled = before.get("labels") != after.get("labels")
    for key in dict.fromkeys((*flat[0], *flat[1])):
        left, right = (side.get(key) for side in flat)
        # The way to a silence is made of the labels, and says nothing beside them.
        if left == right or (relabelled and key == "annotations.silence_url"):
            continue
        if left is not None and right is not None:
            left, right = _apart(key, left, right)
        yield key, (left if left is None else cut(left), right if right is None else cut(right))


def _apart(key: str, left: str, right: str) -> tuple[str, str]:
    """What differs in a field; of a text for people, which may be made of much else, only that it is there."""
    found = apart(left, right, most=_WHOLE)
    return (THERE, THERE) if key.startswith("annotations.") and max(map(len, found)) > _MUCH else found


def _flat(said: Map) -> Mapping[str, str]:
    """The fields of a rule as texts, with those of its labels and annotations."""
    flat: dict[str, str] = {}
    for key, value in said.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{name}": worded(each) for name, each in value.items()}
        else:
            flat[key] = worded(value)
    return flat


def _maps(value: Value, key: str) -> list[Map]:
    found = value.get(key) if isinstance(value, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _map(value: Value) -> Map:
    return value if isinstance(value, dict) else {}
