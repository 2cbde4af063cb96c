"""Verdicts as compact JSON, the form in which they are remembered, and back to equal values."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from varve.language import canonical, packing
from varve.link.isolation.evidence import TenantProof
from varve.model.artifact import Proven
from varve.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from varve.model.source import Value

_CACHED_RESULTS: Final = 128  # few of them differ


class UnitVerdict(NamedTuple):
    """The verdict about a sound unit.

    `files` is the number of artifacts that were made. The verdict's last questions ask for these, one for each, so it
    holds only where they exist as they were made. `excused` are the waivers that the unit needs, by their positions in
    the library.
    """

    strict: bool
    files: int
    proof: TenantProof
    diagnostics: tuple[Diagnostic, ...]
    excused: tuple[int, ...]


class LinkVerdict(NamedTuple):
    """The verdict about a linked environment: `made` are the blob ids of its artifacts by path."""

    made: Mapping[str, str]
    proven: Proven
    diagnostics: tuple[Diagnostic, ...]


def pack_unit(verdict: UnitVerdict) -> bytes:
    """The verdict about a unit as bytes."""
    proven, names = verdict.proof
    return _bytes(
        [verdict.strict, verdict.files, [[*proven], names], packing.packed(verdict.diagnostics), verdict.excused]
    )


@lru_cache(_CACHED_RESULTS)
def unpack_unit(body: bytes) -> UnitVerdict:
    """The verdict about a unit from the bytes of `pack_unit`; many units have the same."""
    strict, files, (proven, names), diagnostics, excused = json.loads(body)
    proof = TenantProof(Proven(*proven), tuple([(of, text) for of, text in names]))
    return UnitVerdict(strict, files, proof, packing.unpacked(diagnostics) if diagnostics else (), tuple(excused))


def pack_link(verdict: LinkVerdict) -> bytes:
    """The verdict about an environment as bytes."""
    return _bytes([dict(verdict.made), [*verdict.proven], packing.packed(verdict.diagnostics)])


def unpack_link(body: bytes) -> LinkVerdict:
    """The verdict about an environment from the bytes of `pack_link`."""
    made, proven, diagnostics = json.loads(body)
    return LinkVerdict(made, Proven(*proven), packing.unpacked(diagnostics))


def pack_diagnostics(diagnostics: Iterable[Diagnostic]) -> bytes:
    """Diagnostics as bytes."""
    return _bytes(packing.packed(diagnostics))


def unpack_diagnostics(body: bytes) -> tuple[Diagnostic, ...]:
    """The diagnostics from the bytes of `pack_diagnostics`."""
    return packing.unpacked(json.loads(body))


def _bytes(value: object) -> bytes:
    # The fast encoder fails for some values. Its result is copied because it would keep a larger buffer alive.
    data = canonical.compact(cast("Value", value))
    return bytes(memoryview(data)) if data else json.dumps(value, separators=(",", ":")).encode()
