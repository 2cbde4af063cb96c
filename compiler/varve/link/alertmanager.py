"""The Alertmanager of an environment: every tenant that shares it hangs under a node of its own."""

from collections.abc import Iterable, Iterator
from posixpath import basename
from typing import Final, cast

from varve.language import canonical
from varve.link import notification, piece
from varve.link.linking import Linking
from varve.link.piece import Pieces
from varve.model.artifact import Artifact
from varve.model.source import Map, Value

_TEXTS: Final = "alertmanager"


def link(linking: Linking) -> Iterator[Artifact]:
    """The shared configuration, and the texts of every locale in which somebody is told something.

    The frame is the platform's; a tenant adds its node, its receivers, its hours and its inhibitions. A strict tenant
    has an Alertmanager of its own that runs on its own file, and shares the texts only.
    """
    files = [piece.brought(linking, member) for member in linking.members]
    shared = [file for file, member in zip(files, linking.members, strict=True) if not member.strict]
    whole = f"{linking.folder}/{piece.FILE}"
    if linking.wants(whole):
        yield Artifact(whole, _joined(linking, shared))
    paths = (f"{linking.folder}/{_TEXTS}/{name}" for name in _texts(linking.frame, files))
    yield from (notification.artifact(linking, path) for path in paths if linking.wants(path))


def _joined(linking: Linking, files: list[Pieces]) -> bytes:
    """The frame, filled with what the tenants bring, in the order of their names; the platform's own comes first."""
    frame, begun = linking.frame, cast("Map", linking.frame["route"])
    texts: list[Value] = [f"{_TEXTS}/{name}" for name in _texts(frame, files)]
    root = {key: each for key, each in begun.items() if key != "routes"}
    rest = {key: each for key, each in frame.items() if key != "receivers"}
    head = canonical.yaml({**rest, "templates": texts, "route": root}, linking.header)
    return b"".join(
        (
            head,
            *_listed(b"  routes:\n", [piece.nodes(begun.get("routes")), *(each.routes for each in files)]),
            *_listed(b"receivers:\n", [piece.items(frame["receivers"]), *(each.receivers for each in files)]),
            *_listed(b"time_intervals:\n", [each.time_intervals for each in files]),
            *_listed(b"inhibit_rules:\n", [each.inhibit_rules for each in files]),
        )
    )


def _listed(key: bytes, items: Iterable[bytes]) -> Iterator[bytes]:
    """A key with the lines of all its items; nothing where there are none."""
    lines = b"".join(items)
    return iter((key, lines) if lines else ())


def _texts(frame: Map, files: Iterable[Pieces]) -> list[str]:
    """The names of the files of texts that are asked for, sorted."""
    own = (basename(cast("str", path)) for path in cast("list[Value]", frame.get("templates") or []))
    return sorted({*own, *(name for each in files for name in each.texts)})
