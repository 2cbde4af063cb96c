"""The noun of this folder: one thing that a policy is asked about, what it is called, and where it is said."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from varve.language.name import dotted
from varve.model.diagnostic import Note, On, Place
from varve.model.layer import Layer, Stack
from varve.model.source import Keys, Map
from varve.resolve.history import Said, about, placed, said
from varve.resolve.merge import says

_REMEMBERED: Final = 512
"""Of how many paths is remembered where they are said; a tenant's environments say most of them in the same files."""

_TOLD_APART: Final = 16
"""For how many sets of files at once."""

_Spoken: TypeAlias = tuple[tuple[str, str, Keys], ...]
_Places: TypeAlias = dict[tuple[Keys, On], Said]
_Speaking: TypeAlias = tuple[Stack, _Places]

Known: TypeAlias = dict[_Spoken, _Places]
"""Where paths are said, by the files that alone decide it, what each may say, and where it says that."""


class Written(NamedTuple):
    """Where a file says a subject: the place of its name, and the keys below which the file says what it is made of.

    `into` is where in the subject's data that begins.
    """

    place: Place
    keys: Keys = ()
    into: Keys = ()


class Subject(NamedTuple):
    """One thing that is judged: the value of its scope's variable, and the path that leads to it.

    The path is one of the unit, or of the environment below `platform`, so that a waiver can name it. What no layer
    says is `written` in a file by itself, and has a path after that file.
    """

    data: Map
    keys: Keys
    written: Written | None = None

    @property
    def name(self) -> str:
        """What it is called: its path as people write it; a unit as a whole is called so."""
        return dotted(self.keys) or "unit"

    def path(self, at: Keys) -> Keys:
        """The path of what stands at `at` of its data."""
        return (*self.keys, *at)


@dataclass(frozen=True, slots=True)
class Origin:
    """What the values of subjects come from: the layers, and what they gave together.

    `known` remembers where a path is said, as several policies are about the same, and whoever shares files says the
    same; `spoken` which part of it is about a first key, and the layers that speak of that.
    """

    stack: Stack
    value: Map
    known: Known = field(default_factory=dict)
    spoken: dict[str | int, _Speaking] = field(default_factory=dict, init=False)


def situated(subject: Subject, at: Keys, source: Origin) -> tuple[Place, tuple[Note, ...]]:
    """Where the sources say what stands at `at` of a subject, or would say it; and whom that overrode."""
    if subject.written is not None:
        return _in_file(subject, subject.written, at), ()
    keys = subject.path(at)
    on: On = "value" if keys and at and says(source.value, keys) else "key"
    keys = keys or ("tenant",)
    return placed(source.stack, keys, _said(source, keys, on))


def _said(source: Origin, keys: Keys, on: On) -> Said:
    speaking = source.spoken.get(keys[0])
    if speaking is None:
        speaking = source.spoken[keys[0]] = _speaking(source, keys[0])
    stack, places = speaking
    found = places.get((keys, on))
    if found is None:
        if len(places) >= _REMEMBERED:
            places.clear()
        (file, way, _, span, sealed), overridden, refers = said(stack, keys)
        found = places[keys, on] = Said(Place(file, way, on, span, sealed), overridden, refers)
    return found


def _speaking(source: Origin, first: str | int) -> _Speaking:
    """The layers that speak of a first key, and what is remembered of their files."""
    whole = source.stack
    layers = about(whole, first)
    spoken = tuple(map(_speaker, layers))
    if spoken not in source.known and len(source.known) >= _TOLD_APART:
        source.known.clear()
    # The strongest come first of those that speak, and last in a stack.
    stack = whole if layers is whole.layers else Stack(layers[::-1], whole.locks)
    return stack, source.known.setdefault(spoken, {})


def _speaker(layer: Layer) -> tuple[str, str, Keys]:
    return layer.file, layer.owner, layer.into


def _in_file(subject: Subject, written: Written, at: Keys) -> Place:
    depth = len(written.into)
    if not at or at[:depth] != written.into or not says(subject.data, at):
        return written.place
    return Place(written.place.file, (*written.keys, *at[depth:]))
