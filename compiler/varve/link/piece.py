"""The pieces of a tenant's Alertmanager file that go into the shared one: the lines of its lists, as written.

The lines that `canonical` writes for an item of a list depend only on the item and on its depth, not on what is around
it. So the file of many tenants is assembled from lines, and no tenant's line is parsed or written again.
"""

import re
from posixpath import basename
from typing import Final, NamedTuple, cast

from varve.language import canonical
from varve.link.linking import Linking, Member
from varve.model.source import Map, Value
from varve.resolve.notify import PLATFORM

FILE: Final = "alertmanager.yaml"

_KEYS: Final = (b"global", b"templates", b"route", b"receivers", b"time_intervals", b"inhibit_rules")
_HEADER: Final = re.compile(rb"(?:#[^\n]*\n)*")
_KEY: Final = re.compile(rb"\n(?=[^ \n])")
_ITEM: Final = re.compile(rb"\n(?=  - )")
_TEXT: Final = re.compile(rb"  - [a-zA-Z./]*?([a-z]{2}_[A-Z]{2}\.tmpl)")
_NO_ITEM: Final = re.compile(rb"\n(?!  - |    |\n|\Z)")
_NO_ROUTE: Final = re.compile(rb"\n(?!    - |      |\n|\Z)")
_ROUTES: Final = b"\n  routes:\n"
_PLATFORM: Final = f"  - name: {PLATFORM}\n".encode()


class Pieces(NamedTuple):
    """What a tenant's file contributes: the file names of its `texts`, and the lines of the items of each list.

    The platform's receiver is left out of `receivers`.
    """

    texts: tuple[str, ...] = ()
    routes: bytes = b""
    receivers: bytes = b""
    time_intervals: bytes = b""
    inhibit_rules: bytes = b""


def member_pieces(linking: Linking, member: Member) -> Pieces:
    """The pieces of a tenant's own file; empty if it has none, or if it cannot be parsed, which is then reported.

    A file that was written just now is cut into its lines. One from an earlier build may have any layout, so it is
    parsed.
    """
    path = next((path for path in member.files if path.split("/")[4:] == [FILE]), None)
    if path is None:
        return Pieces()
    found = cut(linking.data(path)) if member.fresh else None
    value = linking.read(path) if found is None else None
    return found or pieces(value if isinstance(value, dict) else {})


def cut(data: bytes) -> Pieces | None:
    """The pieces of a file as varve writes it; None for a file with any other layout."""
    found = {key: body.removeprefix(b" []") for key, body in (sections(data) or {}).items()}
    if not found or not all(body.startswith(b"\n") for body in found.values()):
        return None
    texts = [_TEXT.fullmatch(line) for line in found.get("templates", b"\n")[1:].splitlines()]
    routes = found.get("route", b"").partition(_ROUTES)[2]
    lists = [found.get(key, b"\n") for key in ("receivers", "time_intervals", "inhibit_rules")]
    if None in texts or _NO_ROUTE.search(b"\n" + routes) or any(map(_NO_ITEM.search, lists)):
        return None
    receivers, intervals, rules = (body[1:] for body in lists)
    named = [each + b"\n" for each in _ITEM.split(receivers[:-1]) if each]
    own = b"".join(each for each in named if not each.startswith(_PLATFORM))
    return Pieces(tuple(each[1].decode() for each in texts if each), routes, own, intervals, rules)


def sections(data: bytes) -> dict[str, bytes] | None:
    """The text after the colon of each top-level key; None if the keys are not some of `_KEYS`, in that order.

    Joined again, each after its key and a colon, the texts are the file without its leading comments.
    """
    header = _HEADER.match(data)
    parts = [each.partition(b":") for each in _KEY.split(data[header.end() if header else 0 :].removesuffix(b"\n"))]
    keys = [key for key, _, _ in parts]
    if keys != [key for key in _KEYS if key in keys]:
        return None
    return {key.decode(): body + b"\n" for key, _, body in parts}


def pieces(file: Map) -> Pieces:
    """The pieces of a parsed file, whatever its layout was."""
    receivers = cast("list[Map]", file.get("receivers") or [])
    return Pieces(
        tuple(basename(str(path)) for path in cast("list[Value]", file.get("templates") or [])),
        nodes(cast("Map", file.get("route") or {}).get("routes")),
        items([each for each in receivers if each.get("name") != PLATFORM]),
        items(file.get("time_intervals")),
        items(file.get("inhibit_rules")),
    )


def items(value: Value) -> bytes:
    """The lines of a list under a top-level key."""
    return canonical.yaml({"": value}).partition(b"\n")[2] if value else b""


def nodes(value: Value) -> bytes:
    """The lines of the routes below the root."""
    return canonical.yaml({"": {"": value}}).split(b"\n", 2)[2] if value else b""
