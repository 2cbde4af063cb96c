"""Verdicts in the form in which they are remembered: compact JSON, and back to equal values."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from varve.language import canonical, said
from varve.link.isolation.evidence import Confined
from varve.model.artifact import Proven
from varve.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from varve.model.source import Value

_FEW: Final = 128  # ways in which units are sound


class OfUnit(NamedTuple):
    """What is remembered of a unit that is sound.

    Its last questions, as many as there are `files`, ask for the artifacts that were made: it holds only where these
    stand as they were made. `excused` are the waivers that it needs, by their numbers in the library.
    """

    strict: bool
    files: int
    confined: Confined
    said: tuple[Diagnostic, ...]
    excused: tuple[int, ...]


class OfLink(NamedTuple):
    """What is remembered of an environment that was linked: `made` are the blob ids of its artifacts by path."""

    made: Mapping[str, str]
    proven: Proven
    said: tuple[Diagnostic, ...]


def of_unit(verdict: OfUnit) -> bytes:
    """The verdict about a unit as bytes."""
    proven, names = verdict.confined
    return _bytes([verdict.strict, verdict.files, [[*proven], names], said.packed(verdict.said), verdict.excused])


@lru_cache(_FEW)
def to_unit(body: bytes) -> OfUnit:
    """The verdict about a unit that `of_unit` gave; many units have the same."""
    strict, files, (proven, names), heard, excused = json.loads(body)
    confined = Confined(Proven(*proven), tuple([(of, text) for of, text in names]))
    return OfUnit(strict, files, confined, said.unpacked(heard) if heard else (), tuple(excused))


def of_link(verdict: OfLink) -> bytes:
    """The verdict about an environment as bytes."""
    return _bytes([dict(verdict.made), [*verdict.proven], said.packed(verdict.said)])


def to_link(body: bytes) -> OfLink:
    """The verdict about an environment that `of_link` gave."""
    made, proven, heard = json.loads(body)
    return OfLink(made, Proven(*proven), said.unpacked(heard))


def of_said(heard: Iterable[Diagnostic]) -> bytes:
    """What was said, as bytes."""
    return _bytes(said.packed(heard))


def to_said(body: bytes) -> tuple[Diagnostic, ...]:
    """What was said, as `of_said` gave it."""
    return said.unpacked(json.loads(body))


def _bytes(value: object) -> bytes:
    # The quick way, for all that is text; copied, as what it gives keeps the memory apart that it was written in.
    data = canonical.compact(cast("Value", value))
    return bytes(memoryview(data)) if data else json.dumps(value, separators=(",", ":")).encode()
