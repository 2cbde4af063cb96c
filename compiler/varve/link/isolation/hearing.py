"""The Alertmanager that hears a tenant's alerts: its own where it is strict, else what it brings to the platform's."""

from collections.abc import Iterator, Sequence
from typing import Final, cast

from varve.language.fault import Fault
from varve.link.isolation import alertmanager, heartbeat, walk
from varve.link.isolation.evidence import Breach, Brought, File
from varve.link.isolation.shape import listed, maps, under
from varve.link.routing.alerts import alerts
from varve.link.routing.reading import read
from varve.link.routing.tree import Tree
from varve.model.artifact import NOTHING, Proven
from varve.model.source import Map
from varve.resolve.heartbeat import heartbeat as due_in

_RULES: Final = "rules"


def prove(brought: Brought, files: Sequence[File]) -> tuple[Proven, tuple[Breach, ...]]:
    """How many routes of the tenant there are and how many of its alerts go through them, and what is wrong with them.

    The files are those of the tenant, and nothing is wrong with any of them by itself.
    """
    heard = _heard(brought, files)
    tree = read(heard) if heard else None
    if heard is None or tree is None:
        return NOTHING, ()
    if isinstance(tree, Fault):
        return NOTHING, (Breach(f"Alertmanager would not load it: {tree.message}"),)
    labels = (each for file in files if file.inside[0] == _RULES for each in alerts([file.value]))
    strays = walk.strays(tree, brought.environment, brought.member.tenant, labels)
    if not brought.member.strict:
        platforms = len(listed(under(brought.frame, "route"), "routes"))
        return Proven(routes=walk.routes(tree.root) - platforms, alerts=_alerting(files)), tuple(strays)
    told = 1 if heartbeat.is_told(heard) else 0
    return Proven(routes=walk.routes(tree.root), alerts=_alerting(files) + told), (
        *_of_server(brought, heard, tree),
        *strays,
    )


def _heard(brought: Brought, files: Sequence[File]) -> Map | None:
    """What decides about the alerts of the tenant, in the Alertmanager that they come to; None where there is none."""
    own = next((file for file in files if file.path == brought.routes), None)
    said = cast("Map", own.value or {}) if own else {}
    if brought.member.strict:
        return said if own else None
    return walk.joined(brought.frame, said) if brought.frame else None


def _of_server(brought: Brought, said: Map, tree: Tree) -> Iterator[Breach]:
    """What of a strict tenant's server is not what the platform says; what stands may tell the heartbeat of before."""
    environment, member = brought.environment, brought.member
    if member.fresh:
        yield from heartbeat.of_due(said, tree, due_in(environment, member.tenant))
    if heartbeat.is_told(said):
        yield from heartbeat.walked(tree, environment)
    yield from alertmanager.of_platform(said, brought.frame, fresh=member.fresh)


def _alerting(files: Sequence[File]) -> int:
    """How many alerts there are in the rules of a tenant."""
    said = (cast("Map", file.value or {}) for file in files if file.inside[0] == _RULES)
    return sum("alert" in rule for each in said for group in maps(each, "groups") for rule in maps(group, "rules"))
