"""Checks that no store takes the servers of two environments for one, or for replicas of each other."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, cast

from varve.check.isolation.replica import MISTAKEN_REPLICAS
from varve.language.address import Endpoint, endpoint_of
from varve.model.diagnostic import Diagnostic, Note
from varve.model.unit import Environment
from varve.resolve import notify
from varve.resolve.history import origin
from varve.resolve.replica import external_labels, replica, stores_with_replica

if TYPE_CHECKING:
    from varve.model.source import Map


_Labels: TypeAlias = frozenset[tuple[str, str]]


class _Writing(NamedTuple):
    """The names of an environment's stores, and the owners of its servers.

    A store is known by its address, and by whether it receives the replica label: otherwise that label is a difference.
    Of servers with the same external labels only the first owner is known, None for the shared ones.
    """

    stores: Mapping[tuple[Endpoint, bool], str]
    owners: Mapping[_Labels, str | None]


def mistakes(first: Environment, second: Environment) -> Iterator[Diagnostic]:
    """What is wrong if servers of both environments write to one store with the same external labels."""
    before, after = _writing(first), _writing(second)
    shared = sorted(before.stores.keys() & after.stores.keys())
    alike = [tenant for labels, tenant in after.owners.items() if labels in before.owners] if shared else []
    if alike:
        servers = f"the servers of `{alike[0]}`" if alike[0] else "its servers"
        place, _ = origin(second.stack, ("platform", "remote_write", after.stores[shared[0]]))
        other, _ = origin(first.stack, ("platform", "external_labels"))
        message = f"in `{second.name}` {servers} have the external labels of servers in `{first.name}`, for one store"
        hint = f"set a label that differs under `platform.external_labels` of `{second.name}`, such as `environment`"
        yield Diagnostic(MISTAKEN_REPLICAS, message, place, (Note(f"those of `{first.name}`", other),), hint)


def writes(environment: Environment) -> bool:
    """Whether an environment has a store."""
    return bool(environment.platform.get("remote_write"))


def _writing(environment: Environment) -> _Writing:
    remote_writes = cast("dict[str, Map]", environment.platform.get("remote_write") or {})
    labelled = stores_with_replica(environment) if replica(environment) else ()
    stores = {(endpoint_of(str(each["url"])), name in labelled): name for name, each in remote_writes.items()}
    owners: dict[_Labels, str | None] = {}
    for tenant in (None, *notify.maps(environment.platform, "strict")):
        owners.setdefault(frozenset(external_labels(environment, tenant).items()), tenant)
    return _Writing(stores, owners)
