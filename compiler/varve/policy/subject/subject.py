"""The noun of this folder: one thing that a policy is asked about, what it is called, and where it is said."""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from varve.language.name import dotted
from varve.model.diagnostic import Note, On, Place
from varve.model.layer import Stack
from varve.model.source import Keys, Map
from varve.resolve.history import origin
from varve.resolve.merge import says


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

    `known` remembers where a path is said, as several policies are about the same.
    """

    stack: Stack
    value: Map
    known: dict[Keys, tuple[Place, tuple[Note, ...]]] = field(default_factory=dict)


def situated(subject: Subject, at: Keys, source: Origin) -> tuple[Place, tuple[Note, ...]]:
    """Where the sources say what stands at `at` of a subject, or would say it; and whom that overrode."""
    if subject.written is not None:
        return _in_file(subject, subject.written, at), ()
    keys = subject.path(at)
    if keys not in source.known:
        source.known[keys] = origin(source.stack, keys or ("tenant",))
    place, notes = source.known[keys]
    on: On = "value" if keys and at and says(source.value, keys) else "key"
    return place if place.on == on else replace(place, on=on), notes


def _in_file(subject: Subject, written: Written, at: Keys) -> Place:
    depth = len(written.into)
    if not at or at[:depth] != written.into or not says(subject.data, at):
        return written.place
    return Place(written.place.file, (*written.keys, *at[depth:]))
