"""Which alerts and recordings of a unit differ between the two sides of a change, and in which fields."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final, TypeAlias, cast

from varve.inquire.difference.pairing import Pair, now
from varve.inquire.difference.renaming import NAME, NOTHING, Renamed, alike
from varve.inquire.difference.rule import SILENCE, Rule, flat
from varve.inquire.difference.wording import apart, cut, worded
from varve.model.difference import PRESENT, Change, Occurrence
from varve.model.source import Map

_Part: TypeAlias = tuple[str, tuple[str | None, str | None]]

_WHOLE: Final = 24
"""Fields with at most this many characters on both sides are shown whole, longer ones cut to what differs."""
_UID: Final = re.compile(r"(?<=/d/)[0-9a-f]{40}\b")
"""The uid in the URL of a service's dashboard, a hash of the service's name."""
_MUCH: Final = 80
"""A difference in an annotation that is longer than this is not shown."""


def alerts(pairs: Iterable[Pair], services: Renamed = NOTHING, *, brief: bool = False) -> Iterator[Occurrence]:
    """The changes of rules: each added or removed rule, with its expression unless `brief`, and each changed field.

    A field that differs only by the new name of its rule or service is left out: only the rename itself is a change.
    """
    pairs = list(pairs)
    shown_names = names(pairs)
    for pair, name in zip(pairs, shown_names, strict=True):
        before, after = pair
        one = after or before
        if one is None or before == after:
            continue
        if before and after:
            changed = _changed(before, after, services)
            yield from (Occurrence(Change(one.kind, name, part, *both), one.group) for part, both in changed)
        else:
            sides = (None if each is None else PRESENT if brief else _summary(each) for each in pair)
            yield Occurrence(Change(one.kind, name, "", *sides), one.group)


def _changed(before: Rule, after: Rule, services: Renamed) -> Iterator[_Part]:
    """The parts of a rule that differ, each with its text on both sides."""
    if before.name != after.name:
        yield NAME, (before.name, after.name)
    if now(before.group, services) != after.group:
        yield "group", (before.group, after.group)
    renamed = {before.name: after.name} if before.name != after.name else {}
    same = alike({**services, **renamed})
    plain: Callable[[str], str] = partial(_UID.sub, "") if services else str
    fields = _fields(before.fields, after.fields, lambda left, right: same(plain(left), plain(right)))
    yield from (each for each in fields if not renamed or each[0] != SILENCE)


def names(pairs: Iterable[Pair]) -> list[str]:
    """The name to show for each rule; rules of one name in a group also get the labels by which they differ."""
    ones = [cast("Rule", after or before) for before, after in pairs]
    of_name: dict[tuple[str, str], list[Rule]] = defaultdict(list)
    for each in ones:
        of_name[each.group, each.name].append(each)
    return [_name(each, of_name[each.group, each.name]) for each in ones]


def _name(rule: Rule, namesakes: list[Rule]) -> str:
    if len(namesakes) == 1:
        return rule.name
    keys = sorted({key for each in namesakes for key in each.labels})
    apart_by = [key for key in keys if len({each.labels.get(key) for each in namesakes}) > 1]
    # One label is enough if it differs for all of them; the shortest one is shown.
    alone = [key for key in apart_by if len({each.labels.get(key) for each in namesakes}) == len(namesakes)]
    shown = [min(alone, key=lambda key: len(rule.labels.get(key, "")))] if alone else apart_by
    labels = ", ".join(f"{key}={rule.labels[key]}" for key in shown if key in rule.labels)
    return f"{rule.name} ({labels})" if labels else rule.name


def _summary(rule: Rule) -> str:
    """A summary of a rule: its expression, and its `for`."""
    held = f" for {rule.fields['for']}" if "for" in rule.fields else ""
    return cut(" ".join(worded(rule.fields.get("expr")).split())) + held


def _fields(before: Map, after: Map, same: Callable[[str, str], bool]) -> Iterator[_Part]:
    sides = flat(before), flat(after)
    relabelled = before.get("labels") != after.get("labels")
    for key in dict.fromkeys((*sides[0], *sides[1])):
        left, right = (side.get(key) for side in sides)
        if left == right or (relabelled and key == SILENCE):
            continue
        if left is not None and right is not None:
            if not key.startswith("labels.") and same(left, right):
                continue
            left, right = _apart(key, left, right)
        yield key, (left if left is None else cut(left), right if right is None else cut(right))


def _apart(key: str, left: str, right: str) -> tuple[str, str]:
    """What differs in a field; of a long difference in an annotation only that there is one."""
    found = apart(left, right, most=_WHOLE)
    return (PRESENT, PRESENT) if key.startswith("annotations.") and max(map(len, found)) > _MUCH else found
