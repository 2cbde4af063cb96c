"""The shared Alertmanager of an environment, in which every tenant's routes are below a node of their own."""

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
    """The shared configuration, and the texts of every locale that a notification is written in.

    The frame is the platform's; a tenant adds its node, receivers, hours and inhibitions. A strict tenant has its own
    Alertmanager, which loads the tenant's own file, and shares only the texts.
    """
    files = [piece.member_pieces(linking, member) for member in linking.members]
    shared = [file for file, member in zip(files, linking.members, strict=True) if not member.strict]
    whole = f"{linking.folder}/{piece.FILE}"
    if linking.wants(whole):
        yield Artifact(whole, _joined(linking, shared))
    paths = (f"{linking.folder}/{_TEXTS}/{name}" for name in _texts(linking.frame, files))
    yield from (notification.artifact(linking, path) for path in paths if linking.wants(path))


def _joined(linking: Linking, files: list[Pieces]) -> bytes:
    """The frame with the tenants' pieces in the order of their ids; each list begins with the platform's items."""
    frame, route = linking.frame, cast("Map", linking.frame["route"])
    texts: list[Value] = [f"{_TEXTS}/{name}" for name in _texts(frame, files)]
    root = {key: each for key, each in route.items() if key != "routes"}
    rest = {key: each for key, each in frame.items() if key != "receivers"}
    head = canonical.yaml({**rest, "templates": texts, "route": root}, linking.header)
    return b"".join(
        (
            head,
            *_section(b"  routes:\n", [piece.nodes(route.get("routes")), *(each.routes for each in files)]),
            *_section(b"receivers:\n", [piece.items(frame["receivers"]), *(each.receivers for each in files)]),
            *_section(b"time_intervals:\n", [each.time_intervals for each in files]),
            *_section(b"inhibit_rules:\n", [each.inhibit_rules for each in files]),
        )
    )


def _section(key: bytes, items: Iterable[bytes]) -> Iterator[bytes]:
    """A key and the lines of its items; nothing if there are no items."""
    lines = b"".join(items)
    return iter((key, lines) if lines else ())


def _texts(frame: Map, files: Iterable[Pieces]) -> list[str]:
    """The names of the text files that the frame and the tenants use, sorted."""
    own = (basename(cast("str", path)) for path in cast("list[Value]", frame.get("templates") or []))
    return sorted({*own, *(name for each in files for name in each.texts)})
