"""Results of whole calls, remembered as long as no file changes, so that no file needs to be read."""

import json
import zlib
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final

from varve.api.findings import Findings
from varve.language import packing
from varve.model.diagnostic import Span
from varve.model.memory import Remembered
from varve.model.situated import Situated, Spot
from varve.model.unit import Unit
from varve.world.cache.store import Store

_FASTEST: Final = 1
_LINE: Final = "\n"
"""The separator of paths, which do not contain it."""


def recall(store: Store, name: str, fingerprint: str, glance: str = "") -> Any | None:  # noqa: ANN401 - JSON
    """The remembered result of the call `name` for a view with this fingerprint, as passed to `learn`, or None.

    If there is one, the `glance` of this call, a digest of the tracked files, is remembered too, unless it is empty.
    """
    key = _key(name, fingerprint)
    found = next((each.body for each in store.recall(name) if each.key == key), None)
    if found is None:
        return None
    if glance and not is_expected(store, name, glance):
        store.keep([_glance_entry(name, glance)])
    return json.loads(zlib.decompress(found))


def learn(store: Store, name: str, fingerprint: str, found: object, glance: str = "") -> None:
    """Remember the result of a call, which JSON can represent, and its `glance`, unless that is empty."""
    # There are many paths, and they compress well.
    body = zlib.compress(json.dumps(found, separators=(",", ":")).encode(), _FASTEST)
    store.keep(
        [Remembered(name, _key(name, fingerprint), (), body), *([_glance_entry(name, glance)] if glance else [])]
    )


def is_expected(store: Store, name: str, glance: str) -> bool:
    """Whether a call of that `name` with the same glance has a remembered result."""
    expected = _glance_entry(name, glance)
    return any(each.key == expected.key for each in store.recall(expected.name))


def _glance_entry(name: str, glance: str) -> Remembered:
    return Remembered(f"{name} at a glance", _key(name, glance), (), b"")


def _key(name: str, fingerprint: str) -> str:
    return sha256(f"{name}\0{fingerprint}".encode()).hexdigest()


def packed_paths(paths: Iterable[str]) -> str:
    """Paths as one text."""
    return _LINE.join(paths)


def unpacked_paths(text: str) -> tuple[str, ...]:
    """The paths from the text of `packed_paths`."""
    return tuple(text.split(_LINE)) if text else ()


def packed_units(units: Iterable[Unit]) -> str:
    """Units as one text."""
    return packed_paths(f"{unit.tenant}/{unit.environment}" for unit in units)


def unpacked_units(text: str) -> tuple[Unit, ...]:
    """The units from the text of `packed_units`."""
    return tuple(Unit(*each.split("/")) for each in unpacked_paths(text))


def packed_findings(findings: Findings) -> list[object]:
    """Findings as lists and texts."""
    spots = [[_packed_spot(each.spot), [_packed_spot(note) for note in each.notes]] for each in findings.situated]
    return [packing.packed(findings.diagnostics), spots]


def unpacked_findings(found: Any) -> Findings:  # noqa: ANN401 - JSON
    """The findings from the lists of `packed_findings`."""
    diagnostics, spots = found
    pairs = zip(packing.unpacked(diagnostics), spots, strict=True)
    return Findings(
        tuple(Situated(each, _unpacked_spot(spot), tuple(map(_unpacked_spot, notes))) for each, (spot, notes) in pairs)
    )


def _packed_spot(spot: Spot | None) -> list[object] | None:
    if spot is None:
        return None
    span = spot.span
    return [spot.file, span and [span.line, span.column, span.end], spot.line]


def _unpacked_spot(found: list[Any] | None) -> Spot | None:
    if found is None:
        return None
    file, span, line = found
    return Spot(file, span and Span(*span), line)
