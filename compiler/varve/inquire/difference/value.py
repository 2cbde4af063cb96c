"""Which resolved values of a unit differ before and after a change, and the source lines that set them."""

from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from varve.inquire.difference.renaming import NAME, renamed
from varve.inquire.difference.wording import SHORT, apart, cut, worded
from varve.language.name import dotted
from varve.model.diagnostic import Place
from varve.model.difference import Change, Occurrence
from varve.model.layer import Stack
from varve.model.source import Keys, Map, Value
from varve.resolve.history import history, origin
from varve.resolve.merge import Strategy, is_set

_MISSING: Final = object()
_MANY: Final = 400
"""Items of longer lists are not compared one by one."""
_ROOM: Final = 80
"""An added or removed map with at most this many characters is shown on one line."""


class Given(NamedTuple):
    """The value that a stack resolves to, the stack, and a function that gives the file and line of a place."""

    value: Map
    stack: Stack
    locate: Callable[[Place], str]


class _Leaf(NamedTuple):
    """A path at which the sides differ, with the value on each side.

    `subject` is the path to show, `keys` the path in the layers after the change, and `then` the one before. `part`
    is what differs there, if not the whole value.
    """

    subject: Keys
    keys: Keys
    then: Keys
    before: object
    after: object
    part: str = ""


def values(before: Given, after: Given, strategy: Strategy) -> Iterator[Occurrence]:
    """Each value that differs, with the place that sets it; an added or removed map is one value if it is short."""
    for leaf in _leaves(_Leaf((), (), (), before.value, after.value), strategy):
        sides = leaf.before, leaf.after
        left, right = (None if each is _MISSING else _shown(each) for each in sides)
        if left is not None and right is not None:
            left, right = apart(left, right)
        texts = (cut(each) if each is not None else None for each in (left, right))
        yield Occurrence(Change("value", dotted(leaf.subject), leaf.part, *texts), _place(leaf, before, after))


def _shown(value: object) -> str:
    """A value as a text; a long map is shown by its keys and its number of values."""
    if not isinstance(value, dict) or not _is_long(value):
        return worded(value)  # type: ignore[arg-type]
    return f"{{{', '.join(value)}}} with {_count(value)} values"


def _count(value: Value) -> int:
    return sum(map(_count, value.values())) if isinstance(value, dict) and value else 1


def _leaves(leaf: _Leaf, strategy: Strategy) -> Iterator[_Leaf]:
    match leaf.before, leaf.after:
        case dict() as before, dict() as after if not strategy.atom:
            yield from _inside(leaf, before, after, strategy)
        case list() as before, list() as after if strategy.how == "map":
            yield from _by_key(leaf, before, after, strategy)
        case dict() as before, dict() as after if before.keys() == after.keys() and _are_cut(before, after):
            yield from _alike(leaf, before, after)
        case list() as before, list() as after if _are_cut(before, after) and max(len(before), len(after)) <= _MANY:
            yield from _by_place(leaf, before, after)
        case (dict() as whole, gone) | (gone, dict() as whole) if gone is _MISSING and _is_long(whole):
            yield from _parts(leaf)
        case before, after if _differ(before, after):
            yield leaf


def _inside(leaf: _Leaf, before: Map, after: Map, strategy: Strategy) -> Iterator[_Leaf]:
    renames = renamed(leaf.subject, before, after)
    for old, new in renames.items():
        renamed_leaf = _Leaf((*leaf.subject, new), (*leaf.keys, new), (*leaf.then, old), before[old], after[new])
        yield renamed_leaf._replace(before=old, after=new, part=NAME)
        yield from _leaves(renamed_leaf, strategy.at(new))
    for key in dict.fromkeys((*before, *after)):
        if key not in renames and key not in renames.values():
            sides = before.get(key, _MISSING), after.get(key, _MISSING)
            below = _Leaf((*leaf.subject, key), (*leaf.keys, key), (*leaf.then, key), *sides)
            yield from _leaves(below, strategy.at(key))


def _parts(leaf: _Leaf) -> Iterator[_Leaf]:
    """The entries of a long map that is added or removed."""
    before, after = (each if isinstance(each, dict) else {} for each in (leaf.before, leaf.after))
    for key in (*before, *after):
        sides = before.get(key, _MISSING), after.get(key, _MISSING)
        yield _Leaf((*leaf.subject, key), (*leaf.keys, key), (*leaf.then, key), *sides)


def _by_key(leaf: _Leaf, before: list[Value], after: list[Value], strategy: Strategy) -> Iterator[_Leaf]:
    """Items with the same key are compared, wherever they are in the lists; their place is that of the list."""
    left, right = (
        {str(each.get(strategy.key)): each for each in side if isinstance(each, dict)} for side in (before, after)
    )
    for key in dict.fromkeys((*left, *right)):
        below = leaf._replace(
            subject=(*leaf.subject, key), before=left.get(key, _MISSING), after=right.get(key, _MISSING)
        )
        for each in _leaves(below, strategy.every or Strategy()):
            yield each._replace(keys=leaf.keys, then=leaf.then)


def _alike(leaf: _Leaf, before: Map, after: Map) -> Iterator[_Leaf]:
    """What differs inside of two maps with the same keys that layers can set only as a whole."""
    for key in before:
        yield from _item(leaf, key, before[key], after[key])


def _by_place(leaf: _Leaf, before: list[Value], after: list[Value]) -> Iterator[_Leaf]:
    """The added and removed items; where as many are removed as added, what differs inside of each."""
    texts = [worded(each) for each in before], [worded(each) for each in after]
    for tag, first, last, begin, end in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        if tag == "replace" and last - first == end - begin:
            for at in range(last - first):
                yield from _item(leaf, begin + at, before[first + at], after[begin + at])
        elif tag != "equal":
            yield from (
                leaf._replace(subject=(*leaf.subject, at), after=_MISSING, before=before[at])
                for at in range(first, last)
            )
            yield from (
                leaf._replace(subject=(*leaf.subject, at), before=_MISSING, after=after[at]) for at in range(begin, end)
            )


def _item(leaf: _Leaf, key: str | int, before: Value, after: Value) -> Iterator[_Leaf]:
    """What differs in a part of a value that layers can set only as a whole."""
    below = leaf._replace(subject=(*leaf.subject, key), before=before, after=after)
    for each in _leaves(below, Strategy()):
        yield each._replace(keys=leaf.keys, then=leaf.then)


def _are_cut(before: Value, after: Value) -> bool:
    return max(len(worded(before)), len(worded(after))) > SHORT


def _is_long(value: Map) -> bool:
    return len(worded(value)) > _ROOM


def _differ(before: object, after: object) -> bool:
    match before, after:
        case list(), list():
            return len(before) != len(after) or any(map(_differ, before, after))
        case dict(), dict():
            return before.keys() != after.keys() or any(_differ(each, after[key]) for key, each in before.items())
    # In Python, `True == 1`.
    return type(before) is not type(after) or before != after


def _place(leaf: _Leaf, before: Given, after: Given) -> str:
    """The place that sets the value after; for a removed value the one that removed it, or else that set it before."""
    contributions = history(after.stack, leaf.keys)
    if leaf.part == NAME:
        # The weakest layer that has the new name introduced it.
        return after.locate(contributions[-1].place)
    if leaf.after is not _MISSING:
        return after.locate(_origin(after, leaf, leaf.keys, leaf.after))
    if contributions and contributions[0].verdict in ("deletes", "removes"):
        return after.locate(contributions[0].place)
    old_place = _origin(before, leaf, leaf.then, leaf.before)
    if not is_set(after.value, leaf.keys):
        return before.locate(old_place)
    # An item was removed from a list: its layer no longer has it, or is overridden.
    dropped = any(each.place == old_place and not _has(each.value, leaf.before) for each in contributions)
    return after.locate(old_place if dropped else origin(after.stack, leaf.keys)[0])


def _origin(given: Given, leaf: _Leaf, keys: Keys, value: object) -> Place:
    """The place that sets the value at a path; for an item of a merged list, the place of the layer with the item."""
    contributions = history(given.stack, keys) if leaf.subject != leaf.keys else ()
    own = (each.place for each in contributions if _has(each.value, value))
    return next(own, None) or origin(given.stack, keys)[0]


def _has(value: Value, item: object) -> bool:
    return isinstance(value, list) and item in value
