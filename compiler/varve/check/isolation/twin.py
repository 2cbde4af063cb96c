"""Checks that no store takes the servers of two environments for replicas of each other."""

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, cast

from varve.check.isolation.replica import MISTAKEN_REPLICAS
from varve.language.address import Endpoint, endpoint_of
from varve.model.diagnostic import Note, Report
from varve.model.unit import Environment
from varve.resolve import notify
from varve.resolve.history import origin
from varve.resolve.replica import external_labels, replica, stores_with_replica

if TYPE_CHECKING:
    from varve.model.source import Map


def check(environments: Sequence[Environment], selected: Collection[str], report: Report) -> frozenset[str]:
    """Report each environment that writes to a store of an earlier one from servers of the same external labels.

    Only pairs with a selected environment are reported. The names of both are returned: whichever of them is deployed
    could be the one whose labels have changed.
    """
    writing = [(each, _stores(each)) for each in environments if writes_as_replicas(each)]
    mistaken = set[str]()
    for (before, known), (after, stores) in combinations(writing, 2):
        names = {before.name, after.name}
        shared = [] if names.isdisjoint(selected) else sorted(known.keys() & stores.keys())
        servers = next(_alike(before, after), None) if shared else None
        if servers is not None:
            _say(before, after, (servers, stores[shared[0]]), report)
            mistaken |= names
    return frozenset(mistaken)


def writes_as_replicas(environment: Environment) -> bool:
    """Whether an environment has a store that receives the label of replicas."""
    return replica(environment) is not None and bool(stores_with_replica(environment))


def _stores(environment: Environment) -> dict[Endpoint, str]:
    """The names of the stores that receive the replica label, by endpoint."""
    said = cast("dict[str, Map]", environment.platform.get("remote_write") or {})
    return {endpoint_of(str(said[name]["url"])): name for name in stores_with_replica(environment)}


def _alike(before: Environment, after: Environment) -> Iterator[str]:
    """The servers of `after` with the external labels of servers of `before`, each as a phrase."""
    known = [external_labels(before, tenant) for tenant in _owners(before)]
    for tenant in _owners(after):
        if external_labels(after, tenant) in known:
            yield f"the servers of `{tenant}`" if tenant else "its servers"


def _owners(environment: Environment) -> tuple[str | None, ...]:
    """The owners of an environment's servers: None for the shared ones, then the strict tenants."""
    return (None, *notify.maps(environment.platform, "strict"))


def _say(before: Environment, after: Environment, what: tuple[str, str], report: Report) -> None:
    servers, store = what
    place, _ = origin(after.stack, ("platform", "remote_write", store))
    other, _ = origin(before.stack, ("platform", "external_labels"))
    message = f"in `{after.name}` {servers} have the external labels of servers in `{before.name}`, for one store"
    hint = f"set a label that differs under `platform.external_labels` of `{after.name}`, such as `environment`"
    report.say(MISTAKEN_REPLICAS, message, place, Note(f"those of `{before.name}`", other), hint=hint)
