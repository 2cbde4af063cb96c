"""The history of a value, found by asking each layer of the stack what it says of that path."""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from varve.language import name
from varve.language.credential import masked
from varve.model.diagnostic import Note, Place
from varve.model.layer import Layer, Stack
from varve.model.source import Keys, Value
from varve.resolve import pattern
from varve.resolve.merge import PLAIN, Strategy, look, says
from varve.resolve.word import PATCH, REMOVE

Verdict = Literal["says", "overridden", "adds", "deletes", "replaces", "removes"]

_SHOWN: Final = 40
_FARTHEST: Final = 8


class Voice(NamedTuple):
    """What one layer says of a path, where, and what came of it."""

    layer: Layer
    verdict: Verdict
    value: Value
    place: Place


def history(stack: Stack, keys: Keys, strategy: Strategy = PLAIN) -> tuple[Voice, ...]:
    """The layers that speak of `keys`, strongest first; none of them may.

    `strategy` is that of the path, for the voices that it lets add to each other.
    """
    voices: list[Voice] = []
    for layer in _speaking(stack, keys):
        voice = _deletion(layer, keys) or _voice(layer, keys, strategy, voices)
        if voice is not None:
            voices.append(voice)
    return tuple(voices)


def _speaking(stack: Stack, keys: Keys) -> Iterator[Layer]:
    """The layers, strongest first, but for those that say nothing of the first key."""
    return (each for each in reversed(stack.layers) if not keys or keys[0] in each.value or REMOVE in each.value)


def _voice(layer: Layer, keys: Keys, strategy: Strategy, stronger: list[Voice]) -> Voice | None:
    value = look(layer.value, keys)
    if value is None and not says(layer.value, keys):
        return None
    verdict: Verdict = "says"
    if any(_silences(voice, value, strategy) for voice in stronger):
        verdict = "overridden"
    elif isinstance(value, dict) and not strategy.atom:
        verdict = "replaces" if value.get(PATCH) == "replace" else "adds"
    elif isinstance(value, list) and strategy.how != "replace" and stronger:
        verdict = "adds"
    return Voice(layer, verdict, value, layer.place(keys))


def _silences(stronger: Voice, weaker: Value, strategy: Strategy) -> bool:
    """Whether nothing of what a weaker layer says is left; what lists add to each other is."""
    if strategy.how != "replace" and isinstance(weaker, list) and stronger.verdict in ("says", "adds", "overridden"):
        return not isinstance(stronger.value, (list, dict))
    return stronger.verdict in ("says", "deletes", "replaces", "removes")


def _deletion(layer: Layer, keys: Keys) -> Voice | None:
    """The voice of a layer that deletes, removes or replaces the path or one above it, without saying it anew."""
    here = layer.value
    for depth, key in enumerate(keys, 1):
        removed = here.get(REMOVE)
        if isinstance(removed, list) and key in removed:
            return Voice(layer, "removes", [key], layer.place((*keys[: depth - 1], REMOVE, removed.index(key))))
        inner = here.get(str(key))
        if not isinstance(inner, dict):
            covers = str(key) in here and depth < len(keys) and not isinstance(inner, list)
            return Voice(layer, "replaces", None, layer.place(keys[:depth])) if covers else None
        patch = inner.get(PATCH)
        if patch == "delete":
            return Voice(layer, "deletes", None, layer.place((*keys[:depth], PATCH), "key"))
        if patch == "replace" and not says(inner, keys[depth:]):
            return Voice(layer, "replaces", None, layer.place((*keys[:depth], PATCH), "key"))
        here = inner
    return None


class Said(NamedTuple):
    """Where a value was written, or would be; whom that overrode, and whether the value may refer to others."""

    place: Place
    overridden: tuple[Note, ...] = ()
    refers: bool = False


def origin(stack: Stack, keys: Keys) -> tuple[Place, tuple[Note, ...]]:
    """Where the value at `keys` was written, or would be; whom that overrode, and what it refers to."""
    return placed(stack, keys, said(stack, keys))


def placed(stack: Stack, keys: Keys, here: Said) -> tuple[Place, tuple[Note, ...]]:
    """The `origin` of a value, of which is known already what is `said`."""
    return here.place, (*here.overridden, *_referred(stack, keys, set())) if here.refers else here.overridden


def said(stack: Stack, keys: Keys) -> Said:
    """Where the value at `keys` was written, or would be: this rests on the layers `about` the first key alone."""
    for depth in range(len(keys), -1, -1):
        voices = history(stack, keys[:depth])
        if voices:
            first = voices[0] if depth == len(keys) else _home(voices, depth)
            what = "deleted" if first.verdict in ("deletes", "removes") else "overridden"
            overridden = tuple(_overridden(voices[1:], what)) if depth == len(keys) else ()
            return Said(first.place, overridden, _may_refer(stack, keys))
    return Said(Place(stack.layers[-1].file if stack.layers else "varve.yaml"))


def about(stack: Stack, key: str | int) -> tuple[Layer, ...]:
    """The layers that say anything of a first key; all of them where none does."""
    found = tuple(_speaking(stack, (key,)))
    return found if any(key in each.value for each in found) else stack.layers


def _home(voices: tuple[Voice, ...], depth: int) -> Voice:
    """Who made the map, or whatever else, that does not say more: where several add to it, the first to do so.

    A tenant's own file comes before the platform's, and a file of the whole unit before one that speaks of a part.
    """
    if voices[0].verdict != "adds":
        return voices[0]
    added = [voice for voice in voices if voice.verdict != "overridden"]
    whole = [voice for voice in added if len(voice.layer.into) <= depth] or added
    return ([voice for voice in whole if voice.layer.owner == "tenant"] or whole)[-1]


def _overridden(voices: tuple[Voice, ...], what: str) -> Iterator[Note]:
    for voice in voices:
        if voice.verdict == "overridden" and not isinstance(voice.value, (dict, list)):
            yield Note(f"{brief(voice.value)} was set here and {what}", voice.place)


def _referred(stack: Stack, keys: Keys, seen: set[Keys]) -> Iterator[Note]:
    """Where what the value at `keys` refers to is said, and what that refers to in turn."""
    seen.add(keys)
    for target in _targets(stack, keys):
        voices = history(stack, target)
        if voices and target not in seen:
            yield Note(f"`{name.dotted(target)}` is set here", voices[0].place)
        if target not in seen and len(seen) < _FARTHEST:
            yield from _referred(stack, target, seen)


def _targets(stack: Stack, keys: Keys) -> Iterator[Keys]:
    """The paths that the text at `keys` refers to, or those inside the map that a text above it refers to."""
    # To look for references at each depth takes long, and most values refer to nothing.
    if not _may_refer(stack, keys):
        return
    for depth in range(len(keys), 0, -1):
        text = _text(stack, keys[:depth])
        for found in pattern.REFERENCE.finditer(text):
            target = name.keys(found[1]) if found[2] and not found[1].startswith("env:") else None
            if target and (depth == len(keys) or found[0] == text):
                yield (*target, *keys[depth:])


def _last(value: Value, keys: Keys) -> Value:
    """What stands at `keys`; where nothing does, the last value on the way there."""
    for key in keys:
        if isinstance(value, dict) and key in value:
            value = value[key]
            continue
        if not isinstance(value, list) or not isinstance(key, int) or not 0 <= key < len(value):
            break
        value = value[key]
    return value


def _may_refer(stack: Stack, keys: Keys) -> bool:
    """Whether any layer writes a reference at `keys`, or in the place of a map around it."""
    found = (_last(layer.value, keys) for layer in _speaking(stack, keys))
    return any(isinstance(value, str) and "%{" in value for value in found)


def _text(stack: Stack, keys: Keys) -> str:
    """What the strongest voice says at `keys`, where that is a text; else nothing."""
    for layer in _speaking(stack, keys):
        value = look(layer.value, keys)
        if isinstance(value, str) or value is None:
            voice = _deletion(layer, keys) or _voice(layer, keys, PLAIN, [])
            if voice is None:
                continue
            value = voice.value
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
            return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
    return str(value)
