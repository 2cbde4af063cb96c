"""The Alertmanager that hears a tenant's alerts: its own where it is strict, else what it brings to the platform's."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple, cast

from varve.language.fault import Fault
from varve.language.same import Same
from varve.link.isolation import alertmanager, heartbeat, walk
from varve.link.isolation.evidence import Breach, Brought, File
from varve.link.isolation.shape import listed, maps, under
from varve.link.routing.alerts import alerts
from varve.link.routing.decision import Labels
from varve.link.routing.reading import read_alike
from varve.link.routing.tree import Tree
from varve.model.artifact import NOTHING, Proven
from varve.model.source import Map, Value
from varve.resolve.heartbeat import heartbeat as due_in

_RULES: Final = "rules"


class _Alerting(NamedTuple):
    """How `many` alerts there are in a file of rules, and their labels, each set of them once."""

    many: int
    labels: Sequence[Labels]


def prove(brought: Brought, files: Sequence[File]) -> tuple[Proven, tuple[Breach, ...]]:
    """How many routes of the tenant there are and how many of its alerts go through them, and what is wrong with them.

    The files are those of the tenant, and nothing is wrong with any of them by itself.
    """
    heard = _heard(brought, files)
    tree = read_alike(heard) if heard else None
    if heard is None or tree is None:
        return NOTHING, ()
    if isinstance(tree, Fault):
        return NOTHING, (Breach(f"Alertmanager would not load it: {tree.message}"),)
    alerting = [_alerting(Same(file.value)) for file in files if file.inside[0] == _RULES]
    labels = chain.from_iterable(each.labels for each in alerting)
    strays = walk.strays(tree, brought.environment, brought.member.tenant, labels)
    routes, many = walk.routes(tree.root), sum(each.many for each in alerting)
    if not brought.member.strict:
        platforms = len(listed(under(brought.frame, "route"), "routes"))
        return Proven(routes=routes - platforms, alerts=many), tuple(strays)
    told = 1 if heartbeat.is_told(heard) else 0
    return Proven(routes=routes, alerts=many + told), (*_of_server(brought, heard, tree), *strays)


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
        yield from heartbeat.walked(tree, environment, member.tenant)
    yield from alertmanager.of_platform(said, brought.frame, fresh=member.fresh)


@lru_cache(maxsize=64)
def _alerting(said: Same[Value]) -> _Alerting:
    """The alerts of a file of rules, which are the same in most environments of a tenant."""
    groups = maps(cast("Map", said.value or {}), "groups")
    return _Alerting(sum("alert" in rule for each in groups for rule in maps(each, "rules")), alerts([said.value]))
