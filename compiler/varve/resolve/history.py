"""The history of a value, found by asking each layer of the stack for its value at that path."""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from varve.language import name
from varve.language.credential import masked
from varve.model.diagnostic import Note, Place
from varve.model.layer import Layer, Stack
from varve.model.source import Keys, Value
from varve.resolve import pattern
from varve.resolve.keyword import PATCH, REMOVE
from varve.resolve.merge import PLAIN, Strategy, is_set, value_at

Verdict = Literal["sets", "overridden", "adds", "deletes", "replaces", "removes"]

_LONGEST_SHOWN: Final = 40
_MOST_REFERENCES: Final = 8


class Contribution(NamedTuple):
    """What one layer contributes to a path: its verdict, its value, and where that is written."""

    layer: Layer
    verdict: Verdict
    value: Value
    place: Place


def history(stack: Stack, keys: Keys, strategy: Strategy = PLAIN) -> tuple[Contribution, ...]:
    """What each layer contributes to `keys`, strongest first; may be empty.

    `strategy` is that of the path: it decides whether lists add to each other.
    """
    contributions: list[Contribution] = []
    for layer in _layers_at(stack, keys):
        contribution = _deletion(layer, keys) or _contribution(layer, keys, strategy, contributions)
        if contribution is not None:
            contributions.append(contribution)
    return tuple(contributions)


def _layers_at(stack: Stack, keys: Keys) -> Iterator[Layer]:
    """The layers that set the first key or remove something at the top, strongest first."""
    return (each for each in reversed(stack.layers) if not keys or keys[0] in each.value or REMOVE in each.value)


def _contribution(layer: Layer, keys: Keys, strategy: Strategy, stronger: list[Contribution]) -> Contribution | None:
    value = value_at(layer.value, keys)
    if value is None and not is_set(layer.value, keys):
        return None
    verdict: Verdict = "sets"
    if any(_overrides(contribution, value, strategy) for contribution in stronger):
        verdict = "overridden"
    elif isinstance(value, dict) and not strategy.atom:
        verdict = "replaces" if value.get(PATCH) == "replace" else "adds"
    elif isinstance(value, list) and strategy.how != "replace" and stronger:
        verdict = "adds"
    return Contribution(layer, verdict, value, layer.place(keys))


def _overrides(stronger: Contribution, weaker: Value, strategy: Strategy) -> bool:
    """Whether a stronger layer leaves nothing of a weaker one's value; lists that add to each other both remain."""
    if strategy.how != "replace" and isinstance(weaker, list) and stronger.verdict in ("sets", "adds", "overridden"):
        return not isinstance(stronger.value, (list, dict))
    return stronger.verdict in ("sets", "deletes", "replaces", "removes")


def _deletion(layer: Layer, keys: Keys) -> Contribution | None:
    """What a layer contributes by deleting, removing or replacing the path or one above it, without setting it anew."""
    here = layer.value
    for depth, key in enumerate(keys, 1):
        removed = here.get(REMOVE)
        if isinstance(removed, list) and key in removed:
            return Contribution(layer, "removes", [key], layer.place((*keys[: depth - 1], REMOVE, removed.index(key))))
        inner = here.get(str(key))
        if not isinstance(inner, dict):
            covers = str(key) in here and depth < len(keys) and not isinstance(inner, list)
            return Contribution(layer, "replaces", None, layer.place(keys[:depth])) if covers else None
        patch = inner.get(PATCH)
        if patch == "delete":
            return Contribution(layer, "deletes", None, layer.place((*keys[:depth], PATCH), "key"))
        if patch == "replace" and not is_set(inner, keys[depth:]):
            return Contribution(layer, "replaces", None, layer.place((*keys[:depth], PATCH), "key"))
        here = inner
    return None


class Provenance(NamedTuple):
    """Where a value was written, or would be; notes on what it overrode; whether it may contain references."""

    place: Place
    overridden: tuple[Note, ...] = ()
    refers: bool = False


def origin(stack: Stack, keys: Keys) -> tuple[Place, tuple[Note, ...]]:
    """Where the value at `keys` was written, or would be, with notes on what it overrode and what it refers to."""
    return with_references(stack, keys, provenance(stack, keys))


def with_references(stack: Stack, keys: Keys, here: Provenance) -> tuple[Place, tuple[Note, ...]]:
    """The `origin` of a value whose `provenance` is already known."""
    return here.place, (*here.overridden, *_reference_notes(stack, keys, set())) if here.refers else here.overridden


def provenance(stack: Stack, keys: Keys) -> Provenance:
    """Where the value at `keys` was written, or would be; depends only on the layers `layers_setting` the first key."""
    for depth in range(len(keys), -1, -1):
        contributions = history(stack, keys[:depth])
        if contributions:
            first = contributions[0] if depth == len(keys) else _holder(contributions, depth)
            what = "deleted" if first.verdict in ("deletes", "removes") else "overridden"
            overridden = tuple(_overridden(contributions[1:], what)) if depth == len(keys) else ()
            return Provenance(first.place, overridden, _may_refer(stack, keys))
    return Provenance(Place(stack.layers[-1].file if stack.layers else "varve.yaml"))


def layers_setting(stack: Stack, key: str | int) -> tuple[Layer, ...]:
    """The layers that set a first key; all layers if none does."""
    found = tuple(_layers_at(stack, (key,)))
    return found if any(key in each.value for each in found) else stack.layers


def _holder(contributions: tuple[Contribution, ...], depth: int) -> Contribution:
    """The layer to which a missing key would belong: of several that add to the map at `depth`, the weakest.

    A tenant's own file is preferred to the platform's, and a file of the whole unit to one that is placed inside it.
    """
    if contributions[0].verdict != "adds":
        return contributions[0]
    added = [contribution for contribution in contributions if contribution.verdict != "overridden"]
    whole = [contribution for contribution in added if len(contribution.layer.into) <= depth] or added
    return ([contribution for contribution in whole if contribution.layer.owner == "tenant"] or whole)[-1]


def _overridden(contributions: tuple[Contribution, ...], what: str) -> Iterator[Note]:
    for contribution in contributions:
        if contribution.verdict == "overridden" and not isinstance(contribution.value, (dict, list)):
            yield Note(f"{brief(contribution.value)} was set here and {what}", contribution.place)


def _reference_notes(stack: Stack, keys: Keys, seen: set[Keys]) -> Iterator[Note]:
    """Notes on where the values that the value at `keys` refers to are set, and those that they refer to in turn."""
    seen.add(keys)
    for target in _targets(stack, keys):
        contributions = history(stack, target)
        if contributions and target not in seen:
            yield Note(f"`{name.dotted(target)}` is set here", contributions[0].place)
        if target not in seen and len(seen) < _MOST_REFERENCES:
            yield from _reference_notes(stack, target, seen)


def _targets(stack: Stack, keys: Keys) -> Iterator[Keys]:
    """The paths that the text at `keys` refers to.

    A text above `keys` that is only a reference may stand for a map; then the path continues inside that map.
    """
    # Looking for references at each depth is slow, and most values contain none.
    if not _may_refer(stack, keys):
        return
    for depth in range(len(keys), 0, -1):
        text = _text(stack, keys[:depth])
        for found in pattern.REFERENCE.finditer(text):
            target = name.keys(found[1]) if found[2] and not found[1].startswith("env:") else None
            if target and (depth == len(keys) or found[0] == text):
                yield (*target, *keys[depth:])


def _last(value: Value, keys: Keys) -> Value:
    """The value at `keys`; if there is none, the last value on the way there."""
    for key in keys:
        if isinstance(value, dict) and key in value:
            value = value[key]
            continue
        if not isinstance(value, list) or not isinstance(key, int) or not 0 <= key < len(value):
            break
        value = value[key]
    return value


def _may_refer(stack: Stack, keys: Keys) -> bool:
    """Whether any layer writes a reference at `keys`, or in place of a map around it."""
    found = (_last(layer.value, keys) for layer in _layers_at(stack, keys))
    return any(isinstance(value, str) and "%{" in value for value in found)


def _text(stack: Stack, keys: Keys) -> str:
    """The text that the strongest layer sets at `keys`; empty if that is not a text."""
    for layer in _layers_at(stack, keys):
        value = value_at(layer.value, keys)
        if isinstance(value, str) or value is None:
            contribution = _deletion(layer, keys) or _contribution(layer, keys, PLAIN, [])
            if contribution is None:
                continue
            value = contribution.value
        return value if isinstance(value, str) else ""
    return ""


def brief(value: Value) -> str:
    """A value in a few words."""
    match value:
        case dict():
            return f"a map of {len(value)}"
        case list():
            return f"a list of {len(value)}"
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            shown = masked(value)
            return shown if len(shown) <= _LONGEST_SHOWN else shown[: _LONGEST_SHOWN - 1] + "…"
    return str(value)
