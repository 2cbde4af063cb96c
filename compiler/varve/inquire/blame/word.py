"""The words of sources: the value at the end of each path, and the sources without it or with another."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, cast

from varve.model.layer import Stack
from varve.model.source import Document, Keys, Map, Value
from varve.resolve.keyword import PATCH, REMOVE
from varve.resolve.merge import PLAIN, Strategy, is_set, value_at


class Spot(NamedTuple):
    """The place of a word in a file: the keys that lead to it."""

    file: str
    keys: Keys


class Word(NamedTuple):
    """The value that the strongest file sets at a path of a unit, or of its environment below `platform`.

    `spots` are the places in all files that set the path. A `whole` word is a map or a list that contains other words.
    """

    keys: Keys
    value: Value
    spots: tuple[Spot, ...]
    whole: bool = False


def words(stack: Stack, value: Map, strategy: Strategy) -> list[Word]:
    """The words of a stack that affect the `value` that it merges to: each once, with all files that set it.

    Words that contain no others come first, then each map and list after those inside it.
    """
    found: defaultdict[tuple[Keys, str], list[tuple[Keys, Value, Spot]]] = defaultdict(list)
    wholes: defaultdict[Keys, list[tuple[Keys, Value, Spot]]] = defaultdict(list)
    for layer in reversed(stack.layers):
        depth = len(layer.into)
        for keys, name in _ends(layer.value, (), strategy):
            if len(keys) >= depth and _counts(value, keys, name):
                found[keys[:-1] if name else keys, name].append(_occurrence(layer.file, layer.value, keys, depth))
        for keys in _wholes(layer.value, (), strategy):
            if len(keys) >= max(1, depth) and _counts(value, keys, ""):
                wholes[keys].append(_occurrence(layer.file, layer.value, keys, depth))
    ends = [_word(each) for each in found.values()]
    around = sorted(wholes.values(), key=lambda each: -len(each[0][0]))
    return ends + [_word(each)._replace(whole=True) for each in around]


def of_document(document: Document, keys: Keys = ()) -> Iterator[Word]:
    """The words directly inside a map or a list of a copied file."""
    inside = value_at(document.value, keys)
    steps: Iterable[str | int] = inside if isinstance(inside, dict) else range(len(cast("list[Value]", inside)))
    for key in steps:
        value, path = value_at(inside, (key,)), (*keys, key)
        yield Word(path, value, (Spot(document.path, path),), isinstance(value, (dict, list)) and bool(value))


def without(word: Word, documents: Mapping[str, Map]) -> dict[str, Map]:
    """The contents of the files of a word without it."""
    changed = {spot.file: documents[spot.file] for spot in word.spots}
    # The last item of a list first, so that the indices of those before it stay valid.
    for spot in sorted(word.spots, key=_position, reverse=True):
        changed[spot.file] = cast("Map", _taken(changed[spot.file], spot.keys))
    return changed


def _position(spot: Spot) -> int:
    last = spot.keys[-1] if spot.keys else 0
    return last if isinstance(last, int) else 0


def instead(word: Word, value: Value, documents: Mapping[str, Map]) -> dict[str, Map]:
    """The contents of the files of a word with another value in its place, in all of them."""
    changed = {spot.file: documents[spot.file] for spot in word.spots}
    for spot in word.spots:
        changed[spot.file] = cast("Map", _put(changed[spot.file], spot.keys, value))
    return changed


def _occurrence(file: str, value: Map, keys: Keys, depth: int) -> tuple[Keys, Value, Spot]:
    return keys, value_at(value, keys), Spot(file, keys[depth:])


def _word(occurrences: list[tuple[Keys, Value, Spot]]) -> Word:
    keys, value, _ = occurrences[0]
    return Word(keys, value, tuple(spot for _, _, spot in occurrences))


def _counts(value: Map, keys: Keys, name: str) -> bool:
    """Whether the value at a path of a layer affects the merged value; a word that removes something does."""
    return bool(name) or any(key in (PATCH, REMOVE) for key in keys) or is_set(value, keys)


def _ends(value: Value, at: Keys, strategy: Strategy) -> Iterator[tuple[Keys, str]]:
    """The paths of values that contain no other words; an item of a set is identified by its value."""
    if isinstance(value, dict) and value:
        for key, each in value.items():
            yield from _ends(each, (*at, key), strategy.at(key))
    elif isinstance(value, list) and value and strategy.how == "set":
        yield from (((*at, index), repr(each)) for index, each in enumerate(value))
    elif isinstance(value, list) and value:
        for index, each in enumerate(value):
            yield from _ends(each, (*at, index), strategy.every or PLAIN)
    else:
        yield at, ""


def _wholes(value: Value, at: Keys, strategy: Strategy) -> Iterator[Keys]:
    if isinstance(value, dict) and value:
        yield at
        for key, each in value.items():
            yield from _wholes(each, (*at, key), strategy.at(key))
    elif isinstance(value, list) and value and strategy.how != "set":
        yield at
        for index, each in enumerate(value):
            yield from _wholes(each, (*at, index), strategy.every or PLAIN)


def _taken(value: Value, keys: Keys) -> Value:
    """The value without the part at `keys`; without keys, nothing is left."""
    if not keys:
        return {}
    first, *rest = keys
    if isinstance(value, list):
        items = list(value)
        index = cast("int", first)
        items[index : index + 1] = [_taken(value[index], tuple(rest))] if rest else []
        return items
    entries, key = cast("Map", value), cast("str", first)
    if rest:
        return {**entries, key: _taken(entries[key], tuple(rest))}
    return {name: each for name, each in entries.items() if name != key}


def _put(value: Value, keys: Keys, new: Value) -> Value:
    if not keys:
        return new
    first, *rest = keys
    if isinstance(value, list):
        return [_put(each, tuple(rest), new) if index == first else each for index, each in enumerate(value)]
    entries, key = cast("Map", value), cast("str", first)
    return {**entries, key: _put(entries[key], tuple(rest), new)}
