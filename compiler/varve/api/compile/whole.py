"""What came of a whole call, remembered as long as nothing that it looks at is changed: then nothing is read at all."""

import json
import zlib
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final

from varve.api.findings import Findings
from varve.language import said
from varve.model.diagnostic import Span
from varve.model.memory import Remembered
from varve.model.situated import Situated, Spot
from varve.model.unit import Unit
from varve.world.cache.store import Store

_FAST: Final = 1
_LINE: Final = "\n"
"""Stands between paths, of which none holds one."""


def recall(store: Store, name: str, fingerprint: str, glance: str = "") -> Any | None:  # noqa: ANN401 - JSON
    """What is remembered of a call of that name for a view of this fingerprint, as `learn` was given it; or None.

    Where something is, it is remembered too that a call which began with this glance, if with any, has found it.
    """
    key = _key(name, fingerprint)
    found = next((each.body for each in store.recall(name) if each.key == key), None)
    if found is None:
        return None
    if glance and not is_expected(store, name, glance):
        store.keep([_begun(name, glance)])
    return json.loads(zlib.decompress(found))


def learn(store: Store, name: str, fingerprint: str, found: object, glance: str = "") -> None:
    """Remember what came of a call: plain data, as JSON has it; and with which glance it began, if with any."""
    # Paths are many, and much alike.
    body = zlib.compress(json.dumps(found, separators=(",", ":")).encode(), _FAST)
    store.keep([Remembered(name, _key(name, fingerprint), (), body), *([_begun(name, glance)] if glance else [])])


def is_expected(store: Store, name: str, glance: str) -> bool:
    """Whether something is remembered of a call of that name that began with such a glance."""
    expected = _begun(name, glance)
    return any(each.key == expected.key for each in store.recall(expected.name))


def _begun(name: str, glance: str) -> Remembered:
    return Remembered(f"{name} at a glance", _key(name, glance), (), b"")


def _key(name: str, fingerprint: str) -> str:
    return sha256(f"{name}\0{fingerprint}".encode()).hexdigest()


def packed_paths(paths: Iterable[str]) -> str:
    """Paths as one text."""
    return _LINE.join(paths)


def unpacked_paths(text: str) -> tuple[str, ...]:
    """The paths that `packed_paths` was given."""
    return tuple(text.split(_LINE)) if text else ()


def packed_units(units: Iterable[Unit]) -> str:
    """Units as one text."""
    return packed_paths(f"{unit.tenant}/{unit.environment}" for unit in units)


def unpacked_units(text: str) -> tuple[Unit, ...]:
    """The units that `packed_units` was given."""
    return tuple(Unit(*each.split("/")) for each in unpacked_paths(text))


def packed_findings(findings: Findings) -> list[object]:
    """What was found, as lists and texts."""
    spots = [[_put(each.spot), [_put(note) for note in each.notes]] for each in findings.situated]
    return [said.packed(findings.diagnostics), spots]


def unpacked_findings(found: Any) -> Findings:  # noqa: ANN401 - JSON
    """The findings that `packed_findings` was given."""
    diagnostics, spots = found
    pairs = zip(said.unpacked(diagnostics), spots, strict=True)
    return Findings(tuple(Situated(each, _spot(spot), tuple(map(_spot, notes))) for each, (spot, notes) in pairs))


def _put(spot: Spot | None) -> list[object] | None:
    if spot is None:
        return None
    span = spot.span
    return [spot.file, span and [span.line, span.column, span.end], spot.line]


def _spot(found: list[Any] | None) -> Spot | None:
    if found is None:
        return None
    file, span, line = found
    return Spot(file, span and Span(*span), line)
