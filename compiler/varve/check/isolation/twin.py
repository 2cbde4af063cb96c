"""Servers of two environments that a store would take for replicas of each other."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, cast

from varve.check.address import Endpoint, endpoint_of
from varve.check.isolation.replica import MISTAKEN_REPLICAS
from varve.model.diagnostic import Note, Report
from varve.model.unit import Environment
from varve.resolve import notify
from varve.resolve.history import origin
from varve.resolve.replica import external_labels, replica, telling

if TYPE_CHECKING:
    from varve.model.source import Map


def check(environments: Sequence[Environment], report: Report) -> None:
    """Report each environment that writes to a store of an earlier one from servers of the same external labels."""
    writing = [(each, _stores(each)) for each in environments if replica(each)]
    for (before, known), (after, stores) in combinations(writing, 2):
        shared = sorted(known.keys() & stores.keys())
        servers = next(_alike(before, after), None) if shared else None
        if servers is not None:
            _say(before, after, (servers, stores[shared[0]]), report)


def _stores(environment: Environment) -> dict[Endpoint, str]:
    """The stores that are told which replica sends: the name of each by where it is."""
    said = cast("dict[str, Map]", environment.platform.get("remote_write") or {})
    return {endpoint_of(str(said[name]["url"])): name for name in telling(environment)}


def _alike(before: Environment, after: Environment) -> Iterator[str]:
    """Whose servers there have the external labels of servers here, as a phrase."""
    known = [external_labels(before, tenant) for tenant in _owners(before)]
    for tenant in _owners(after):
        if external_labels(after, tenant) in known:
            yield f"the servers of `{tenant}`" if tenant else "its servers"


def _owners(environment: Environment) -> tuple[str | None, ...]:
    """Whose servers an environment has: those that are shared first."""
    return (None, *notify.maps(environment.platform, "strict"))


def _say(before: Environment, after: Environment, what: tuple[str, str], report: Report) -> None:
    servers, store = what
    place, _ = origin(after.stack, ("platform", "remote_write", store))
    other, _ = origin(before.stack, ("platform", "external_labels"))
    message = f"in `{after.name}` {servers} have the external labels of servers in `{before.name}`, for one store"
    hint = f"set a label that differs under `platform.external_labels` of `{after.name}`, such as `environment`"
    report.say(MISTAKEN_REPLICAS, message, place, Note(f"those of `{before.name}`", other), hint=hint)
