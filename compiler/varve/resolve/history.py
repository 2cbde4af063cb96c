"""The history of a value, found by asking each layer of the stack what it says of that path."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, cast

from varve.model.diagnostic import Note, Place
from varve.model.layer import Layer, Stack
from varve.model.source import Keys, Value
from varve.resolve.merge import PATCH, REMOVE, look, says

Verdict = Literal["says", "overridden", "adds", "deletes", "replaces", "removes"]

_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class Voice:
    """What one layer says of a path, where, and what came of it."""

    layer: Layer
    verdict: Verdict
    value: Value
    place: Place


def history(stack: Stack, keys: Keys) -> tuple[Voice, ...]:
    """The layers that speak of `keys`, strongest first; none of them may."""
    voices: list[Voice] = []
    for layer in reversed(stack.layers):
        voice = _deletion(layer, keys) or _voice(layer, keys, voices)
        if voice is not None:
            voices.append(voice)
    return tuple(voices)


def _voice(layer: Layer, keys: Keys, stronger: list[Voice]) -> Voice | None:
    if not says(layer.value, keys):
        return None
    value = cast("Value", look(layer.value, keys))
    verdict: Verdict = "says"
    if any(voice.verdict in ("says", "deletes", "replaces", "removes") for voice in stronger):
        verdict = "overridden"
    elif isinstance(value, dict):
        verdict = "replaces" if value.get(PATCH) == "replace" else "adds"
    return Voice(layer, verdict, value, layer.place(keys))


def _deletion(layer: Layer, keys: Keys) -> Voice | None:
    """The voice of a layer that deletes, removes or replaces the path or one above it, without saying it anew."""
    here: Value = layer.value
    for depth, key in enumerate(keys):
        if not isinstance(here, dict):
            return None
        at = keys[:depth]
        removed = here.get(REMOVE)
        if isinstance(removed, list) and key in removed:
            return Voice(layer, "removes", removed, layer.place((*at, REMOVE), "key"))
        inner = here.get(str(key))
        if isinstance(inner, dict) and inner.get(PATCH) == "delete":
            return Voice(layer, "deletes", None, layer.place((*at, key, PATCH), "key"))
        if isinstance(inner, dict) and inner.get(PATCH) == "replace" and not says(inner, keys[depth + 1 :]):
            return Voice(layer, "replaces", None, layer.place((*at, key, PATCH), "key"))
        if inner is None:
            return None
        here = inner
    return None


def origin(stack: Stack, keys: Keys) -> tuple[Place, tuple[Note, ...]]:
    """Where the value at `keys`, or the nearest one above it, was written, and whom that overrode."""
    for depth in range(len(keys), -1, -1):
        voices = [
            voice for voice in history(stack, keys[:depth]) if voice.verdict != "overridden" or depth == len(keys)
        ]
        if voices:
            first, *rest = voices
            return first.place, tuple(_overridden(rest)) if depth == len(keys) else ()
    return Place(stack.layers[-1].file if stack.layers else "varve.yaml"), ()


def _overridden(voices: list[Voice]) -> Iterator[Note]:
    for voice in voices:
        if voice.verdict == "overridden" and not isinstance(voice.value, (dict, list)):
            yield Note(f"{brief(voice.value)} was said here, and overridden", voice.place)


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
        case str() if len(value) > _SHOWN:
            return value[: _SHOWN - 1] + "…"
    return str(value)
