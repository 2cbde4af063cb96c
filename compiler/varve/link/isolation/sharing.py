"""The shared Alertmanager file: the tenants' lines are removed, and what remains has to be the platform's.

A tenant's own file is proven by itself. varve writes an item with the same lines at any position of any list of
that depth. So if a list ends with the lines of all tenants, one after the other, they mean what was proven, and only
the remainder has to be parsed.
"""

from collections.abc import Container, Iterator, Sequence
from typing import Final, NamedTuple, cast

from varve.language import canonical
from varve.language.fault import Fault
from varve.link.isolation import alertmanager, heartbeat
from varve.link.isolation.evidence import Breach, Facts
from varve.link.isolation.shape import listed, maps, under
from varve.link.linking import Linking, Member
from varve.link.piece import FILE, Pieces, member_pieces, sections
from varve.link.routing.reading import read
from varve.link.routing.tree import Tree
from varve.model.diagnostic import Report
from varve.model.source import Map, Source, Value
from varve.read.parse import parse
from varve.resolve.heartbeat import RECEIVER
from varve.resolve.heartbeat import heartbeat as heartbeat_of
from varve.resolve.notify import PLATFORM

_ROUTES: Final = b"\n  routes:\n"
_LISTS: Final = ("route", "receivers", "time_intervals", "inhibit_rules")


class Shared(NamedTuple):
    """The shared file, as far as it has to be examined: without the lines of tenants that are not in `members`."""

    path: str
    linking: Linking
    facts: Facts
    value: Value
    members: tuple[Member, ...]

    @property
    def has_heartbeat(self) -> bool:
        """Whether it sends the heartbeat."""
        return sends_heartbeat(self.value)


def shared(linking: Linking, path: str, facts: Facts) -> Shared:
    """The file at `path`: its remainder, or all of it if the tenants' lines are not found as expected."""
    members = tuple(each for each in linking.members if not each.strict)
    left = remainder(path, linking.data(path), [member_pieces(linking, each) for each in members])
    return (
        Shared(path, linking, facts, linking.read(path), members)
        if left is None
        else Shared(path, linking, facts, left, ())
    )


def sends_heartbeat(value: Value) -> bool:
    """Whether an Alertmanager file of any shape sends the heartbeat."""
    return not alertmanager.shape_breaches(value) and heartbeat.is_sent(cast("Map", value or {}))


def remainder(path: str, data: bytes, tenants: Sequence[Pieces]) -> Map | None:
    """The content of the shared file at `path` without the tenants' lines, or None.

    It is None if a list does not end with these lines, in order, or if the remainder is not written as varve writes it:
    in that case the lines after it could belong to something else.
    """
    bodies = sections(data) or {}
    taken = {key: b"".join(lines) for key, *lines in zip(_LISTS, *(each[1:] for each in tenants), strict=True)}
    if not all(bodies.get(key, b"\n").endswith(b"\n" + lines) for key, lines in taken.items()):
        return None
    left = {key: body[: len(body) - len(taken.get(key, b""))] for key, body in bodies.items()}
    left["route"] = left["route"].removesuffix(_ROUTES[1:]) if taken["route"] else left["route"]
    kept = b"".join(key.encode() + b":" + body for key, body in left.items() if not taken.get(key) or body != b"\n")
    value = parse(Source(path, "", kept), Report())
    return value if value is not None and canonical.yaml(value) == kept else None


def breaches(shared: Shared, paths: Container[str]) -> Iterator[Breach]:
    """What in the file is neither the platform's nor of a tenant that shares it; `paths` are the linked files."""
    environment, value = shared.linking.environment, cast("Map", shared.value or {})
    tree = Fault("it has another shape") if alertmanager.shape_breaches(shared.value) else read(value)
    if isinstance(tree, Fault):
        yield Breach(f"Alertmanager would not load it: {tree.message}")
        return
    yield from heartbeat.due_breaches(value, tree, heartbeat_of(environment))
    if shared.has_heartbeat:
        yield from heartbeat.routing_breaches(tree, environment)
    for index, text in enumerate(listed(value, "templates")):
        if f"{shared.linking.folder}/{text}" not in paths:
            yield Breach("a template file does not belong to the environment", ("templates", index))
    yield from _tenant_breaches(shared, value, tree)
    yield from alertmanager.platform_breaches(value, shared.linking.frame, fresh=True)


def _tenant_breaches(shared: Shared, value: Map, tree: Tree) -> Iterator[Breach]:
    tenants = tuple(each.tenant for each in shared.members if _own_file(shared, each) in each.files)
    has_heartbeat = heartbeat_of(shared.linking.environment) is not None
    yield from alertmanager.name_breaches(value, set(tenants), shared.facts.secrets, has_heartbeat=has_heartbeat)
    yield from alertmanager.inhibition_breaches(value, set(tenants))
    yield from alertmanager.root_breaches(tree)
    yield from alertmanager.node_breaches(tree, tenants, has_heartbeat=has_heartbeat)
    yield from _content_breaches(shared, value, has_heartbeat=has_heartbeat)


def _own_file(shared: Shared, member: Member) -> str:
    return f"build/{shared.linking.environment.name}/tenants/{member.tenant}/{FILE}"


def _content_breaches(shared: Shared, value: Map, *, has_heartbeat: bool) -> Iterator[Breach]:
    """Breaches unless the file holds exactly the platform's own items and those of its members' files."""
    platform = {PLATFORM, RECEIVER} if has_heartbeat else {PLATFORM}
    paths = [path for each in shared.members if (path := _own_file(shared, each)) in each.files]
    files = [cast("Map", shared.linking.read(path) or {}) for path in paths]
    for field, found in (
        ("receivers", [each for each in maps(value, "receivers") if each.get("name") not in platform]),
        ("time_intervals", maps(value, "time_intervals")),
        ("inhibit_rules", maps(value, "inhibit_rules")),
    ):
        due = [each for file in files for each in maps(file, field) if each.get("name") != PLATFORM]
        if found != due:
            yield Breach(f"`{field}` does not contain exactly what the tenants define", (field,))
    nodes = [node for file in files for node in maps(under(file, "route"), "routes")]
    if maps(under(value, "route"), "routes")[1 if has_heartbeat else 0 :] != nodes:
        yield Breach("`route` does not contain exactly what the tenants define", ("route",))
