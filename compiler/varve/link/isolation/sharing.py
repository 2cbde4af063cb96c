"""The Alertmanager file that tenants share: what they bring is taken away, and what remains is the platform's to say.

What a tenant brings is proven where it stands alone. In what varve writes an item of a list is the same lines wherever
it stands in a list of that depth; so where those lines are found again, one tenant's behind the other's and nothing
beside them, they say what was proven, and only the remainder has to be read.
"""

from collections.abc import Container, Iterator, Sequence
from typing import Final, NamedTuple, cast

from varve.language import canonical
from varve.language.fault import Fault
from varve.link.isolation import alertmanager, heartbeat
from varve.link.isolation.evidence import Breach, Facts
from varve.link.isolation.shape import listed, maps, under
from varve.link.linking import Linking, Member
from varve.link.piece import FILE, Pieces, brought, sections
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
    """The file that tenants share, as far as it has to be looked at: without what those bring who are not `members`."""

    path: str
    linking: Linking
    facts: Facts
    value: Value
    members: tuple[Member, ...]

    @property
    def beats(self) -> bool:
        """Whether it tells the heartbeat."""
        return tells(self.value)


def shared(linking: Linking, path: str, facts: Facts) -> Shared:
    """The file at `path`: what remains of it, or all of it where what tenants bring is not found as it has to be."""
    members = tuple(each for each in linking.members if not each.strict)
    left = remainder(path, linking.data(path), [brought(linking, each) for each in members])
    return (
        Shared(path, linking, facts, linking.read(path), members)
        if left is None
        else Shared(path, linking, facts, left, ())
    )


def tells(value: Value) -> bool:
    """Whether a file of an Alertmanager tells the heartbeat, whatever its shape is."""
    return not alertmanager.unread(value) and heartbeat.is_told(cast("Map", value or {}))


def remainder(path: str, data: bytes, brought: Sequence[Pieces]) -> Map | None:
    """What the shared file at `path` says besides what tenants bring; None where that does not stand there, in order.

    None too where the remainder is not written as varve writes it: what follows it could be a part of something then.
    """
    bodies = sections(data) or {}
    taken = {key: b"".join(lines) for key, *lines in zip(_LISTS, *(each[1:] for each in brought), strict=True)}
    if not all(bodies.get(key, b"\n").endswith(b"\n" + lines) for key, lines in taken.items()):
        return None
    left = {key: body[: len(body) - len(taken.get(key, b""))] for key, body in bodies.items()}
    left["route"] = left["route"].removesuffix(_ROUTES[1:]) if taken["route"] else left["route"]
    kept = b"".join(key.encode() + b":" + body for key, body in left.items() if not taken.get(key) or body != b"\n")
    value = parse(Source(path, "", kept), Report())
    return value if value is not None and canonical.yaml(value) == kept else None


def breaches(shared: Shared, paths: Container[str]) -> Iterator[Breach]:
    """What of the file is no tenant's of those who share it, and not the platform's; `paths` are what is linked."""
    environment, said = shared.linking.environment, cast("Map", shared.value or {})
    tree = Fault("it has another shape") if alertmanager.unread(shared.value) else read(said)
    if isinstance(tree, Fault):
        yield Breach(f"Alertmanager would not load it: {tree.message}")
        return
    yield from heartbeat.of_due(said, tree, heartbeat_of(environment))
    if shared.beats:
        yield from heartbeat.walked(tree, environment)
    for index, text in enumerate(listed(said, "templates")):
        if f"{shared.linking.folder}/{text}" not in paths:
            yield Breach("a template file does not belong to the environment", ("templates", index))
    yield from _of_tenants(shared, said, tree)
    yield from alertmanager.of_platform(said, shared.linking.frame, fresh=True)


def _of_tenants(shared: Shared, said: Map, tree: Tree) -> Iterator[Breach]:
    tenants = tuple(each.tenant for each in shared.members if _own(shared, each) in each.files)
    beats = heartbeat_of(shared.linking.environment) is not None
    yield from alertmanager.of_names(said, set(tenants), shared.facts.secrets, beats=beats)
    yield from alertmanager.of_inhibitions(said, set(tenants))
    yield from alertmanager.of_root(tree)
    yield from alertmanager.of_nodes(tree, tenants, beats=beats)
    yield from _brought(shared, said, beats=beats)


def _own(shared: Shared, member: Member) -> str:
    return f"build/{shared.linking.environment.name}/tenants/{member.tenant}/{FILE}"


def _brought(shared: Shared, value: Map, *, beats: bool) -> Iterator[Breach]:
    """Whether the file holds what each of its members brings, and nothing else but the platform's own."""
    platform = {PLATFORM, RECEIVER} if beats else {PLATFORM}
    own = [path for each in shared.members if (path := _own(shared, each)) in each.files]
    files = [cast("Map", shared.linking.read(path) or {}) for path in own]
    for field, held in (
        ("receivers", [each for each in maps(value, "receivers") if each.get("name") not in platform]),
        ("time_intervals", maps(value, "time_intervals")),
        ("inhibit_rules", maps(value, "inhibit_rules")),
    ):
        due = [each for file in files for each in maps(file, field) if each.get("name") != PLATFORM]
        if held != due:
            yield Breach(f"`{field}` does not contain exactly what the tenants define", (field,))
    nodes = [node for file in files for node in maps(under(file, "route"), "routes")]
    if maps(under(value, "route"), "routes")[1 if beats else 0 :] != nodes:
        yield Breach("`route` does not contain exactly what the tenants define", ("route",))
