"""Checks that no store takes the servers of two environments for replicas of each other."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, cast

from varve.check.isolation.replica import MISTAKEN_REPLICAS
from varve.language.address import Endpoint, endpoint_of
from varve.model.diagnostic import Diagnostic, Note, Report
from varve.model.unit import Environment
from varve.resolve import notify
from varve.resolve.history import origin
from varve.resolve.replica import external_labels, replica, stores_with_replica

if TYPE_CHECKING:
    from varve.model.source import Map


_Labels: TypeAlias = frozenset[tuple[str, str]]


class _Writing(NamedTuple):
    """An environment, the names of its stores that receive the replica label, and the owners of its servers.

    Of servers with the same external labels only the first owner is known, None for the shared ones.
    """

    environment: Environment
    stores: Mapping[Endpoint, str]
    owners: Mapping[_Labels, str | None]


def check(
    environments: Sequence[Environment], selected: Collection[str], report: Report
) -> dict[str, tuple[Diagnostic, ...]]:
    """Report each environment that writes to a store of an earlier one from servers of the same external labels.

    Only pairs with a selected environment are reported. The diagnostics are returned by the names of both: whichever
    of them is deployed could be the one whose labels have changed.
    """
    writing = [_writing(each) for each in environments if writes_as_replicas(each)]
    mistaken: dict[str, list[Diagnostic]] = defaultdict(list)
    for before, after in combinations(writing, 2):
        names = {before.environment.name, after.environment.name}
        found = None if names.isdisjoint(selected) else _mistake(before, after)
        if found is not None:
            report.extend((found,))
            for name in names:
                mistaken[name].append(found)
    return {name: tuple(each) for name, each in mistaken.items()}


def writes_as_replicas(environment: Environment) -> bool:
    """Whether an environment has a store that receives the label of replicas."""
    return replica(environment) is not None and bool(stores_with_replica(environment))


def _writing(environment: Environment) -> _Writing:
    remote_writes = cast("dict[str, Map]", environment.platform.get("remote_write") or {})
    stores = {endpoint_of(str(remote_writes[name]["url"])): name for name in stores_with_replica(environment)}
    owners: dict[_Labels, str | None] = {}
    for tenant in (None, *notify.maps(environment.platform, "strict")):
        owners.setdefault(frozenset(external_labels(environment, tenant).items()), tenant)
    return _Writing(environment, stores, owners)


def _mistake(before: _Writing, after: _Writing) -> Diagnostic | None:
    """What is wrong if servers of both environments write to one store with the same external labels, or None."""
    shared = sorted(before.stores.keys() & after.stores.keys())
    alike = [tenant for labels, tenant in after.owners.items() if labels in before.owners] if shared else []
    if not alike:
        return None
    first, second = before.environment, after.environment
    servers = f"the servers of `{alike[0]}`" if alike[0] else "its servers"
    place, _ = origin(second.stack, ("platform", "remote_write", after.stores[shared[0]]))
    other, _ = origin(first.stack, ("platform", "external_labels"))
    message = f"in `{second.name}` {servers} have the external labels of servers in `{first.name}`, for one store"
    hint = f"set a label that differs under `platform.external_labels` of `{second.name}`, such as `environment`"
    return Diagnostic(MISTAKEN_REPLICAS, message, place, (Note(f"those of `{first.name}`", other),), hint)
