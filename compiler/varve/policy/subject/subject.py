"""A subject, one thing that a policy judges, and the places of its values in the sources."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from varve.language.name import dotted
from varve.model.diagnostic import Note, On, Place
from varve.model.layer import Layer, Stack
from varve.model.source import Keys, Map
from varve.resolve.history import Provenance, layers_setting, provenance, with_references
from varve.resolve.merge import is_set

_CACHE_SIZE: Final = 512
"""How many places are cached for a set of files; a tenant's environments set most paths in the same files."""

_CACHED_STACKS: Final = 16
"""For how many sets of files places are cached."""

_LayerKeys: TypeAlias = tuple[tuple[str, str, Keys], ...]
_Places: TypeAlias = dict[tuple[Keys, On], Provenance]
_SettingLayers: TypeAlias = tuple[Stack, _Places]

PlaceCache: TypeAlias = dict[_LayerKeys, _Places]
"""The places of paths, by the layers on which they depend: each with its file, owner and the keys it is placed at."""


class Written(NamedTuple):
    """Where a file contains a subject: the place of its name, and the keys in the file of its content.

    `into` are the keys of that content in the subject's data.
    """

    place: Place
    keys: Keys = ()
    into: Keys = ()


class Subject(NamedTuple):
    """One thing that is judged: the value of its scope's variable (`data`), and its path (`keys`).

    The path is one in the unit, or in the environment below `platform`, so that a waiver can name it. A subject that is
    not set by layers is `written` in a file of its own, after which its path is named.
    """

    data: Map
    keys: Keys
    written: Written | None = None

    @property
    def name(self) -> str:
        """The name in messages: the path in dotted form, or `unit` for a whole unit."""
        return dotted(self.keys) or "unit"

    def path(self, at: Keys) -> Keys:
        """The path of the value at `at` in the data."""
        return (*self.keys, *at)


@dataclass(frozen=True, slots=True)
class Origin:
    """The layers that the values of subjects come from, and the resolved value.

    `places` caches the places of paths, for several policies and for units that share files. `by_first_key` caches, for
    each first key of a path, the layers that set it and their part of `places`.
    """

    stack: Stack
    value: Map
    places: PlaceCache = field(default_factory=dict)
    by_first_key: dict[str | int, _SettingLayers] = field(default_factory=dict, init=False)


def located(subject: Subject, at: Keys, source: Origin) -> tuple[Place, tuple[Note, ...]]:
    """The place of the value at `at` of a subject, or where it would be set; and notes of what it overrode."""
    if subject.written is not None:
        return _in_file(subject, subject.written, at), ()
    keys = subject.path(at)
    on: On = "value" if keys and at and is_set(source.value, keys) else "key"
    keys = keys or ("tenant",)
    return with_references(source.stack, keys, _place(source, keys, on))


def _place(source: Origin, keys: Keys, on: On) -> Provenance:
    setting = source.by_first_key.get(keys[0])
    if setting is None:
        setting = source.by_first_key[keys[0]] = _setting_layers(source, keys[0])
    stack, places = setting
    found = places.get((keys, on))
    if found is None:
        if len(places) >= _CACHE_SIZE:
            places.clear()
        (file, way, _, span, sealed), overridden, refers = provenance(stack, keys)
        found = places[keys, on] = Provenance(Place(file, way, on, span, sealed), overridden, refers)
    return found


def _setting_layers(source: Origin, first: str | int) -> _SettingLayers:
    """The layers that set a first key, and the cached places of their files."""
    whole = source.stack
    layers = layers_setting(whole, first)
    keys = tuple(map(_layer_key, layers))
    if keys not in source.places and len(source.places) >= _CACHED_STACKS:
        source.places.clear()
    # `layers_setting` returns the strongest layers first; in a stack they are last.
    stack = whole if layers is whole.layers else Stack(layers[::-1], whole.locks)
    return stack, source.places.setdefault(keys, {})


def _layer_key(layer: Layer) -> tuple[str, str, Keys]:
    return layer.file, layer.owner, layer.into


def _in_file(subject: Subject, written: Written, at: Keys) -> Place:
    depth = len(written.into)
    if not at or at[:depth] != written.into or not is_set(subject.data, at):
        return written.place
    return Place(written.place.file, (*written.keys, *at[depth:]))
